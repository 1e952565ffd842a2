// Goal: start-test puts its package into the area and refuses while another test is under way (G1); check says what is
// missing, and what to do (H3). Method: the command line as it is typed, on the embedded area of a data directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/system_clock.hpp"
#include "cli/json_tree.hpp"
#include "cli/run.hpp"
#include "cli/temporary_directory.hpp"
#include "transfers/area_conditions.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class StartTestTest : public ::testing::Test {
 protected:
  StartTestTest() {
    directory_.write("data/empty", "");
    EXPECT_TRUE(open());
  }

  std::unique_ptr<sqlite::SqliteCatalogue> open() {
    auto catalogue = sqlite::open_sqlite_catalogue(directory_.str("data/catalogue.sqlite"), clock_, owners_);
    EXPECT_TRUE(catalogue) << catalogue.error().text();
    return std::move(*catalogue);
  }
  /// A test of that key that somebody has noticed.
  void notice(const std::string& key, TransferState state) {
    Transfer transfer;
    transfer.id = "00000000-0000-4000-8000-000000000001";
    transfer.area = "local";
    transfer.bucket = "local";
    transfer.key = key;
    transfer.event = {"Observed", "2026-07-31T08:00:00.000Z", "0001", std::nullopt, "e", "sweep"};
    transfer.idempotency_key = "k";
    transfer.state = state;
    EXPECT_TRUE(open()->add_transfer({transfer, {"n", "", "{}"}}));
  }
  int call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "transfers");
    arguments.insert(arguments.end(), {"--data", directory_.str("data")});
    console_.said.clear();
    console_.complained.clear();
    return run(arguments, console_);
  }
  [[nodiscard]] bool is_there(const std::string& key) const {
    return fs::exists(directory_.str("data/transfers/" + key));
  }

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  NobodyIsDead owners_;
  KeptConsole console_;
};

TEST_F(StartTestTest, G1_Uploads) {
  EXPECT_EQ(call({"start-test"}), 0) << console_.complained;
  EXPECT_THAT(console_.said, HasSubstr("uploaded local: born-digital/test_package.zip (ETag "));
  EXPECT_TRUE(is_there("born-digital/test_package.zip"));
  EXPECT_EQ(call({"start-test", "--json", "--area", "local", "--key", "born-digital/a/b.zip"}), 0);
  const auto document = JsonTree::parse(console_.said);
  ASSERT_TRUE(document) << console_.said;
  EXPECT_EQ(document->text("key"), "born-digital/a/b.zip");
  EXPECT_EQ(document->text("outcome"), "uploaded");
  EXPECT_TRUE(is_there("born-digital/a/b.zip"));
}

TEST_F(StartTestTest, G1_RefusedWhileAnotherOneIsUnderWay) {
  notice("born-digital/test_package.zip", TransferState::accepted);
  EXPECT_EQ(call({"start-test"}), 3);
  EXPECT_THAT(console_.complained, HasSubstr("is accepted, and Archivematica might be copying it"));
  EXPECT_FALSE(is_there("born-digital/test_package.zip"));
  EXPECT_EQ(call({"start-test", "--key", "born-digital/other.zip"}), 0);
  EXPECT_EQ(call({"start-test", "--force"}), 0);
  EXPECT_TRUE(is_there("born-digital/test_package.zip"));
}

TEST_F(StartTestTest, NotRefusedOnceItIsProcessing) {
  notice("born-digital/test_package.zip", TransferState::processing);
  EXPECT_EQ(call({"start-test"}), 0);
}

TEST_F(StartTestTest, WrongWords) {
  for (const char* key : {"born-digital-accessions/a.zip", "a.zip", "born-digital/a.txt"}) {
    EXPECT_EQ(call({"start-test", "--key", key}), 2) << key;
  }
  EXPECT_EQ(call({"start-test", "--area", "other"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("there are: local"));
  for (const char* wait : {"--wait=soon", "--wait=0s"}) EXPECT_EQ(call({"start-test", wait}), 2) << wait;
  EXPECT_FALSE(is_there("born-digital/test_package.zip"));
}

TEST_F(StartTestTest, G3_NobodyWatching) {
  EXPECT_EQ(call({"start-test", "--wait=10ms"}), 4);
  EXPECT_THAT(console_.complained, HasSubstr("nobody has noticed it"));
  EXPECT_EQ(call({"start-test", "--wait=10ms", "--json"}), 4);
  const auto document = JsonTree::parse(console_.said);
  ASSERT_TRUE(document) << console_.said;
  EXPECT_EQ(document->text("outcome"), "timedOut");
}

TEST_F(StartTestTest, H3_CheckOfAnEmbeddedSetUp) {
  EXPECT_EQ(call({"check"}), 1);
  EXPECT_THAT(console_.said, HasSubstr("ok       2 catalogue: it can be written\n"));
  EXPECT_THAT(console_.said, HasSubstr("ok       3 area local: "));
  EXPECT_THAT(console_.said, HasSubstr("MISSING  6 Archivematica's dashboard: not configured"));
  EXPECT_THAT(console_.said, HasSubstr("archivematica.dashboard in the configuration\n"));
  EXPECT_THAT(console_.said, Not(HasSubstr("writing into")));
  EXPECT_EQ(call({"check", "--json", "--write-probe"}), 1);
  const auto document = JsonTree::parse(console_.said);
  ASSERT_TRUE(document) << console_.said;
  EXPECT_EQ(document->number("missing"), 2U);
  EXPECT_THAT(console_.said, HasSubstr(R"("what":"writing into area local","status":"ok")"));
  EXPECT_TRUE(fs::is_empty(directory_.str("data/transfers/born-digital")));
}

// What the monitor has found is a warning, until a probe finds otherwise.
TEST_F(StartTestTest, F8_CheckTellsOfAStoreThatIgnoresConditions) {
  EXPECT_TRUE(transfers::note_conditions(*open(), "local", false));
  EXPECT_EQ(call({"check"}), 1);
  EXPECT_THAT(console_.said, HasSubstr("warning  3 writing into area local: the store removes an object whatever"));
  EXPECT_EQ(call({"check", "--write-probe"}), 1);
  EXPECT_THAT(console_.said, HasSubstr("ok       3 writing into area local: "));
  EXPECT_EQ(call({"check"}), 1);
  EXPECT_THAT(console_.said, Not(HasSubstr("writing into")));
}

}  // namespace
}  // namespace strongroom::cli
