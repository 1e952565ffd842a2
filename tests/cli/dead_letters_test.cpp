// Goal: a notification that was set aside is taken in again once it can be read, as one of the kind it came by, and is
// no longer set aside then (transfers.md 3.1, 3.3; cases A12, G5). Method: the command line as it is typed, on messages
// of a real catalogue, as versions before this one may have left them there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/system_clock.hpp"
#include "base/digest.hpp"
#include "cli/run.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// A notification of one upload into the configured area. `rest`: what its object has beside its key.
std::string notification(const std::string& key, const std::string& rest = R"(,"sequencer":"0001")") {
  return R"({"Records":[{"eventName":"ObjectCreated:Put","eventTime":"2026-07-31T08:00:00.000Z","s3":{"bucket":)"
         R"({"name":"transfer-source"},"object":{"key":")" +
         key + "\"" + rest + "}}}]}";
}

class DeadLettersTest : public ::testing::Test {
 protected:
  DeadLettersTest() {
    directory_.write("data/empty", "");
    directory_.write("strongroom.toml",
                     "[[areas]]\nname = \"main\"\nbucket = \"transfer-source\"\nregion = \"eu-west-1\"\n");
  }

  std::unique_ptr<sqlite::SqliteCatalogue> open() {
    auto catalogue = sqlite::open_sqlite_catalogue(directory_.str("data/catalogue.sqlite"), clock_, owners_);
    EXPECT_TRUE(catalogue) << catalogue.error().text();
    return std::move(*catalogue);
  }
  /// The number under which it is set aside.
  std::string set_aside(const std::string& source, const std::string& body) {
    const auto catalogue = open();
    const MessageAside message{
        0, source, digest_of(Algorithm::sha256, body).hex(), body, "it could not be read then", clock_.now()};
    EXPECT_TRUE(catalogue->set_aside(message).value());
    return std::to_string(catalogue->messages_aside(0, 100)->back().number);
  }
  std::size_t left() { return open()->messages_aside(0, 100)->size(); }
  std::vector<Transfer> of_key(const std::string& key) {
    return open()->find_transfers({.key = key}, std::nullopt, 100)->transfers;
  }
  int call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"notify", "dead-letters"});
    arguments.insert(arguments.end(),
                     {"--config", directory_.str("strongroom.toml"), "--data", directory_.str("data")});
    console_.said.clear();
    console_.complained.clear();
    return run(arguments, console_);
  }

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  NobodyIsDead owners_;
  KeptConsole console_;
};

TEST_F(DeadLettersTest, A12_WhatCanBeReadByNowIsTakenIn) {
  for (const std::string source : {"http", "sqs"}) {
    const std::string key = "born-digital/" + source + ".zip";
    const std::string number = set_aside(source, notification(key));
    EXPECT_EQ(call({"replay", number}), 0) << console_.complained;
    EXPECT_EQ(console_.said, "message " + number + " was taken in\n");
    const std::vector<Transfer> found = of_key(key);
    ASSERT_EQ(found.size(), 1U) << source;
    EXPECT_EQ(found[0].state, TransferState::received);
    EXPECT_EQ(found[0].area, "main");
    EXPECT_EQ(found[0].event.source, source) << "as it came the first time";
    EXPECT_EQ(left(), 0U);
    EXPECT_EQ(call({"replay", number}), kUsage) << "it is set aside no longer";
    EXPECT_THAT(console_.complained, HasSubstr("no message " + number));
  }
}

// Its sender had repeated it by then.
TEST_F(DeadLettersTest, A5_WhatIsKnownByNowChangesNothing) {
  const std::string key = "born-digital/pkg.zip";
  EXPECT_EQ(call({"replay", set_aside("http", notification(key))}), 0);
  EXPECT_EQ(call({"replay", set_aside("sqs", notification(key))}), 0) << console_.complained;
  ASSERT_EQ(of_key(key).size(), 1U);
  EXPECT_EQ(of_key(key).front().event.source, "http");
  EXPECT_EQ(left(), 0U);
}

TEST_F(DeadLettersTest, A12_WhatStillCannotBeReadStays) {
  for (const std::string source : {"http", "sqs"}) {
    const std::string number = set_aside(source, notification("born-digital/" + source + ".zip", ""));
    EXPECT_EQ(call({"replay", number}), kFailed);
    EXPECT_THAT(console_.complained, HasSubstr("it still cannot be read: s3.object.sequencer is missing"));
    EXPECT_THAT(of_key("born-digital/" + source + ".zip"), ::testing::IsEmpty());
  }
  EXPECT_EQ(left(), 2U) << "and each is there once";
}

TEST_F(DeadLettersTest, WhatConcernsNoAreaStays) {
  const std::string number = set_aside("http", notification("born-digital/pkg.zip"));
  directory_.write("strongroom.toml", "[[areas]]\nname = \"main\"\nbucket = \"another\"\nregion = \"eu-west-1\"\n");
  EXPECT_EQ(call({"replay", number}), kFailed);
  EXPECT_THAT(console_.complained, HasSubstr("no package in an area of this configuration"));
  EXPECT_EQ(left(), 1U);
  EXPECT_EQ(call({"discard", number}), 0) << console_.complained;
  EXPECT_EQ(left(), 0U);
}

}  // namespace
}  // namespace strongroom::cli
