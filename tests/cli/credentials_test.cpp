// Credentials: which of options, environment and login file goes first, and to whom a kept secret is never given.
//
// Real files in a temporary directory, whose modes are changed as careless people do.
#include "cli/credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

class CredentialsTest : public ::testing::Test {
 protected:
  CredentialsTest() { console_.variables["XDG_CONFIG_HOME"] = directory_.str("config"); }

  std::string file() { return login_file(console_).value(); }
  void log_in() { ASSERT_TRUE(write_login(file(), {"https://kept/v1", "kept", "kept secret"})); }
  static std::string text_of(const Result<Credentials>& found) {
    if (!found) return found.error().what;
    return found->url + " " + found->client_id + " " + found->client_secret;
  }
  std::string found(const ServiceOptions& options) { return text_of(find_credentials(options, console_)); }

  TemporaryDirectory directory_;
  KeptConsole console_;
};

TEST_F(CredentialsTest, OptionsThenEnvironmentThenLogin) {
  EXPECT_THAT(found({}), HasSubstr("a client is needed for http://127.0.0.1:8080/storage/v1: use `strongroom login`"));
  log_in();
  EXPECT_EQ(found({}), "https://kept/v1 kept kept secret");
  console_.variables["STRONGROOM_CLIENT_ID"] = "named";
  console_.variables["STRONGROOM_CLIENT_SECRET"] = "told";
  console_.variables["STRONGROOM_URL"] = "http://env/";
  EXPECT_EQ(found({}), "http://env named told");
  EXPECT_EQ(found({"http://given/v1//", "i", "s", {}}), "http://given/v1 i s");
  EXPECT_EQ(found({{}, {}, "s", {}}), "http://env named s");
}

TEST_F(CredentialsTest, AKeptSecretGoesNowhereElse) {
  log_in();
  EXPECT_THAT(found({"https://other/v1", {}, {}, {}}), HasSubstr("a client is needed for https://other/v1"));
  EXPECT_THAT(found({{}, "another", {}, {}}), HasSubstr("the secret of another is needed"));
  EXPECT_EQ(found({"https://kept/v1/", {}, {}, {}}), "https://kept/v1 kept kept secret");
  EXPECT_EQ(found({{}, "kept", {}, {}}), "https://kept/v1 kept kept secret");
}

TEST_F(CredentialsTest, SecretsFromFiles) {
  directory_.write("secret", "from a file\r\nsecond line\n");
  directory_.write("empty", "\nx");
  EXPECT_EQ(found({"http://a", "i", {}, directory_.str("secret")}), "http://a i from a file");
  EXPECT_THAT(found({"http://a", "i", {}, directory_.str("empty")}), HasSubstr("first line must be the secret"));
  EXPECT_THAT(found({"http://a", "i", {}, directory_.str("none")}), HasSubstr("cannot be read"));
  EXPECT_THAT(found({"http://a", "i", {}, directory_.path().string()}), HasSubstr("cannot be read"));
}

TEST_F(CredentialsTest, WrongUrlsAreRefused) {
  for (const char* url : {"here", "ftp://a", "http://a?b", ""}) {
    EXPECT_THAT(found({url, "i", "s", {}}), HasSubstr("must be an http or https URL")) << url;
  }
}

TEST_F(CredentialsTest, TheFileIsItsOwnersAlone) {
  log_in();
  struct stat info{};
  ASSERT_EQ(stat(file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  ASSERT_EQ(stat(directory_.str("config/strongroom").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700U);
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(chmod(file().c_str(), mode), 0);
    EXPECT_THAT(found({}), HasSubstr("can be read or changed by others")) << mode;
    EXPECT_THAT(found({}), HasSubstr("chmod 600")) << mode;
  }
  // Written anew it is safe again.
  log_in();
  EXPECT_EQ(found({}), "https://kept/v1 kept kept secret");
  const auto in = std::filesystem::directory_iterator(directory_.str("config/strongroom"));
  EXPECT_EQ(std::distance(begin(in), end(in)), 1) << "something unfinished was left";
}

TEST_F(CredentialsTest, DamagedOnesAreNotOverlooked) {
  for (const char* text : {"", "{}", "x", R"({"url":"https://a","client_id":"b"})",
                           R"({"url":"ftp://a","client_id":"b","client_secret":"c"})"}) {
    directory_.write("config/strongroom/credentials.json", text);
    ASSERT_EQ(chmod(file().c_str(), 0600), 0);
    EXPECT_THAT(found({}), HasSubstr("damaged")) << text;
  }
}

TEST_F(CredentialsTest, LogoutRemovesIt) {
  log_in();
  EXPECT_EQ(remove_login(file()).value(), true);
  EXPECT_FALSE(read_login(file()).value().has_value());
  EXPECT_EQ(remove_login(file()).value(), false);
}

TEST_F(CredentialsTest, WhereItLies) {
  console_.variables = {{"HOME", "/somewhere"}};
  EXPECT_EQ(file(), "/somewhere/.config/strongroom/credentials.json");
  console_.variables["XDG_CONFIG_HOME"] = "relative";
  EXPECT_EQ(file(), "/somewhere/.config/strongroom/credentials.json");
  console_.variables.clear();
  EXPECT_FALSE(login_file(console_));
}

}  // namespace
}  // namespace strongroom::cli
