// Goal: what operators were told of dead letters is over once the last of them was dealt with at the command line
// (transfers.md 14, 16.3). Method: the command line as it is typed, on the catalogue of a data directory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/system_clock.hpp"
#include "cli/run.hpp"
#include "cli/temporary_directory.hpp"
#include "support/fake_ports.hpp"
#include "transfers/intake.hpp"

namespace strongroom::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NotifyTest : public ::testing::Test {
 protected:
  NotifyTest() {
    directory_.write("data/empty", "");
    const auto catalogue = open();
    test::FakeEntropy entropy;
    test::FakeLog log;
    transfers::Alarm alarm({*catalogue, nullptr, clock_, entropy, log});
    transfers::DeadLetters letters(*catalogue, alarm);
    NoMetrics metrics;
    EXPECT_TRUE(
        transfers::take_in({*catalogue, letters, clock_, entropy, log, metrics}, {}, "http", R"({"Records":[7,8]})"));
  }

  std::unique_ptr<sqlite::SqliteCatalogue> open() {
    auto catalogue = sqlite::open_sqlite_catalogue(directory_.str("data/catalogue.sqlite"), clock_, owners_);
    EXPECT_TRUE(catalogue) << catalogue.error().text();
    return std::move(*catalogue);
  }
  std::vector<std::string> alerts() {
    std::vector<std::string> bodies;
    for (const OutgoingEvent& event : *open()->outgoing_after(0, 100)) bodies.push_back(event.body);
    return bodies;
  }
  int call(const std::string& what, const std::string& number) {
    return run({"notify", "dead-letters", what, number, "--data", directory_.str("data")}, console_);
  }

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  NobodyIsDead owners_;
  KeptConsole console_;
};

TEST_F(NotifyTest, DiscardingTheLastOneEndsTheProblem) {
  EXPECT_EQ(alerts().size(), 1U);
  EXPECT_EQ(call("discard", "1"), 0) << console_.complained;
  EXPECT_EQ(alerts().size(), 1U);
  EXPECT_EQ(call("replay", "2"), 1) << "it still cannot be read";
  EXPECT_EQ(alerts().size(), 1U);
  EXPECT_EQ(call("discard", "2"), 0) << console_.complained;
  EXPECT_THAT(alerts(), ElementsAre(HasSubstr(R"("over":false)"), HasSubstr(R"("over":true)")));
  EXPECT_EQ(call("discard", "2"), 2);
}

}  // namespace
}  // namespace strongroom::cli
