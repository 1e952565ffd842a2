// The command line as it is typed: what is accepted, what is refused with which exit code, and what is printed.
#include "cli/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/system_clock.hpp"
#include "api/secrets.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

class RunTest : public ::testing::Test {
 protected:
  int call(const std::vector<std::string>& arguments) {
    console_.said.clear();
    console_.complained.clear();
    return run(arguments, console_);
  }
  /// A group of `said` by a pattern.
  std::string found(const std::string& pattern) {
    std::smatch match;
    EXPECT_TRUE(std::regex_search(console_.said, match, std::regex(pattern))) << console_.said;
    return match.size() > 1 ? match[1].str() : "";
  }
  std::optional<ClientAccount> account(const std::string& id) {
    NobodyIsDead owners;
    host::SystemClock clock;
    auto catalogue = sqlite::open_sqlite_catalogue(directory_.str("data/catalogue.sqlite"), clock, owners);
    EXPECT_TRUE(catalogue);
    return catalogue.value()->find_client(*ClientId::parse(id)).value();
  }

  TemporaryDirectory directory_;
  KeptConsole console_;
};

TEST_F(RunTest, HelpTeaches) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"serve", "--help"},
                                                    {"client", "add", "--help"},
                                                    {"location", "init", "--help"},
                                                    {"ingest", "--help"}}) {
    EXPECT_EQ(call(arguments), 0);
    EXPECT_THAT(console_.said, HasSubstr("strongroom "));
    EXPECT_THAT(console_.said, HasSubstr("Exit codes:\n  0  "));
    EXPECT_EQ(console_.complained, "");
  }
}

TEST_F(RunTest, Version) {
  EXPECT_EQ(call({"--version"}), 0);
  EXPECT_TRUE(std::regex_match(console_.said, std::regex("strongroom \\d+\\.\\d+\\.\\d+\n"))) << console_.said;
}

TEST_F(RunTest, UsageErrors) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{},
        {"swerve"},
        {"serve", "--dara", "x"},
        {"serve"},
        {"client"},
        {"client", "add"},
        {"client", "add", "--data", "x"},
        {"location", "init", "x"},
        {"ingest"},
        {"ingest", "x"},
        {"client", "add", "--data", "x", "--name", "y", "--all-scopes", "--scope", "operator"},
        {"serve", "--data", "x", "--listen", "nowhere"},
        {"serve", "--data", "x", "--listen", "0.0.0.0:80"}}) {
    EXPECT_EQ(call(arguments), 2) << ::testing::PrintToString(arguments);
    EXPECT_THAT(console_.complained, HasSubstr("strongroom: "));
    EXPECT_EQ(console_.said, "");
  }
  EXPECT_FALSE(std::filesystem::exists("x")) << "something was made";
}

TEST_F(RunTest, EveryProblemOfAConfigurationIsTold) {
  directory_.write("s.toml", "listen = 1\n[retry]\ntimeLimit = \"soon\"\n");
  EXPECT_EQ(call({"serve", "--config", directory_.str("s.toml")}), 2);
  for (const char* part : {"s.toml:1: listen = 1: must be", "s.toml:3: retry.timeLimit = \"soon\": must be", "data:"}) {
    EXPECT_THAT(console_.complained, HasSubstr(part));
  }
}

TEST_F(RunTest, ClientAdd) {
  ASSERT_EQ(call({"client", "add", "--data", directory_.str("data"), "--name", "Goobi Workflow!"}), 0)
      << console_.complained;
  const std::string id = found("client_id: +(goobi-workflow-[0-9a-f]{8})\n");
  const std::string secret = found("client_secret: +([A-Za-z0-9_-]{43})\n");
  const std::optional<ClientAccount> stored = account(id);
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->name, "Goobi Workflow!");
  ASSERT_EQ(stored->secret_hashes.size(), 1U);
  EXPECT_TRUE(api::verify_secret(secret, stored->secret_hashes[0]));
  const std::vector<Grant> expected = {{"ingests:write", {}}, {"ingests:read", {}}, {"bags:read", {}}};
  EXPECT_EQ(stored->grants, expected);
}

TEST_F(RunTest, ClientAddWithScopesAndSpaces) {
  ASSERT_EQ(call({"client", "add", "--data", directory_.str("data"), "--name", "\xC3\xA9\xC3\xA9", "--scope",
                  "bags:read", "--scope", "bags:content", "--scope", "bags:read", "--space", "maps", "--json"}),
            0)
      << console_.complained;
  const std::optional<ClientAccount> stored = account(found("\"client_id\":\"([0-9a-f]{8})\""));
  ASSERT_TRUE(stored.has_value());
  const std::vector<std::string> maps = {"maps"};
  const std::vector<Grant> expected = {{"bags:read", maps}, {"bags:content", maps}};
  EXPECT_EQ(stored->grants, expected);
  EXPECT_THAT(console_.said, HasSubstr(R"("grants":[{"scope":"bags:read","spaces":["maps"]},)"));
}

TEST_F(RunTest, ClientAddWithAllScopes) {
  ASSERT_EQ(call({"client", "add", "--data", directory_.str("data"), "--name", "op", "--all-scopes"}), 0);
  EXPECT_EQ(account(found("client_id: +(\\S+)\n"))->grants.size(), 8U);
}

TEST_F(RunTest, ClientAddRefuses) {
  const std::string data = directory_.str("data");
  EXPECT_EQ(call({"client", "add", "--data", data, "--name", "x", "--scope", "bags:rede"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("did you mean bags:read?"));
  EXPECT_EQ(call({"client", "add", "--data", data, "--name", "x", "--space", "a/b"}), 2);
  EXPECT_EQ(call({"client", "add", "--data", data, "--name", "a\nb"}), 2);
  EXPECT_FALSE(std::filesystem::exists(data));
  directory_.write("file", "");
  EXPECT_EQ(call({"client", "add", "--data", directory_.str("file"), "--name", "x"}), 2);
}

TEST_F(RunTest, LocationInitOnce) {
  const std::string path = directory_.str("vault");
  ASSERT_EQ(call({"location", "init", path, "--label", "the vault"}), 0) << console_.complained;
  const std::string uuid = found("location the vault at .*: ([0-9a-f-]{36})\n");
  EXPECT_TRUE(std::filesystem::exists(path + "/_strongroom/location.json"));
  EXPECT_EQ(call({"location", "init", path, "--label", "again"}), 2);
  ASSERT_EQ(call({"location", "init", path, "--label", "inner", "--prefix", "a/"}), 0) << console_.complained;
  EXPECT_NE(found("location inner at .*: ([0-9a-f-]{36})\n"), uuid);
  EXPECT_EQ(call({"location", "init", directory_.str("b"), "--label", "b", "--prefix", "a"}), 2);
  EXPECT_EQ(call({"location", "init", directory_.str("b"), "--label", ""}), 2);
}

TEST_F(RunTest, IngestNeedsAClient) {
  directory_.write("b.tar.gz", "x");
  EXPECT_EQ(call({"ingest", directory_.str("b.tar.gz"), "--space", "maps"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("STRONGROOM_CLIENT_ID"));
  EXPECT_EQ(call({"ingest", directory_.str("b.tar.gz"), "--space", "maps", "--url", "here"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("--url here"));
}

TEST_F(RunTest, IngestChecksBeforeItSends) {
  console_.variables = {
      {"STRONGROOM_CLIENT_ID", "a"}, {"STRONGROOM_CLIENT_SECRET", "b"}, {"STRONGROOM_URL", "http://127.0.0.1:1/"}};
  directory_.write("plain/a.txt", "x");
  directory_.write("b.tar.gz", "x");
  const std::string bag = directory_.str("b.tar.gz");
  EXPECT_EQ(call({"ingest", directory_.str("none.tar.gz"), "--space", "maps"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("none.tar.gz"));
  EXPECT_EQ(call({"ingest", directory_.str("plain"), "--space", "maps", "--identifier", "b1"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("is not a bag"));
  EXPECT_EQ(call({"ingest", bag, "--space", "maps"}), 2);
  EXPECT_EQ(call({"ingest", bag, "--space", "a/b", "--identifier", "b1"}), 2);
  EXPECT_EQ(call({"ingest", bag, "--space", "maps", "--identifier", "b//1"}), 2);
  EXPECT_EQ(call({"ingest", bag, "--space", "maps", "--identifier", "b1", "--area", "no/area"}), 2);
}

// Port 1 of this machine has no service.
TEST_F(RunTest, NoServiceThere) {
  directory_.write("b.tar.gz", "x");
  EXPECT_EQ(call({"ingest", directory_.str("b.tar.gz"), "--space", "maps", "--identifier", "b1", "--url",
                  "http://127.0.0.1:1", "--client-id", "a", "--client-secret", "b"}),
            3);
  EXPECT_THAT(console_.complained, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace strongroom::cli
