// Goal: a test is refused while another one may be copied, started by a first sweep that holds all else, and followed
// to its end with the right verdict (G1 to G3). Method: the small world; changes come while the follower waits.
#include "transfers/test_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "transfers/test_package.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using transfers::TestEnd;

const std::string kKey(transfers::kTestKey);
constexpr const char* kArea = "main";

/// Something happens each time somebody waits, and time passes.
class EventfulClock final : public Clock {
 public:
  explicit EventfulClock(FakeClock& real) : real_(real) {}
  std::function<void()> then{};

  Instant now() override { return real_.now(); }
  Duration since_boot() override { return real_.since_boot(); }
  bool wait_until(Duration until, std::stop_token) override {
    real_.pass(std::max(until - real_.since_boot(), Duration::zero()));
    if (then) then();
    return true;
  }

 private:
  FakeClock& real_;
};

class TestRunTest : public ::testing::TestWithParam<memory::AreaKind> {
 protected:
  static std::string package(int run = 1) { return transfers::test_package("run " + std::to_string(run)); }
  transfers::TestUpload upload(int run = 1) {
    auto made = transfers::upload_test(world_.transfers, world_.areas.front(), kKey, package(run));
    EXPECT_TRUE(made) << made.error().text();
    return *made;
  }
  transfers::Swept sweep(transfers::Adopt adopt = transfers::Adopt::hold) {
    world_.clock.pass(std::chrono::minutes(20));
    const auto swept = transfers::Sweeping({world_.transfers, world_.clock, world_.entropy, world_.log},
                                           world_.settings, world_.areas.front(), adopt, {})
                           .sweep();
    EXPECT_TRUE(swept) << swept.error().text();
    return *swept;
  }
  Transfer only() {
    const auto all = world_.transfers.transfers_of_key(kArea, kKey).value();
    EXPECT_EQ(all.size(), 1U);
    return all.front();
  }
  transfers::TestOutcome follow(const transfers::TestUpload& upload, Duration limit = std::chrono::hours(6)) {
    told_.clear();
    const auto outcome = transfers::follow_test(
        {world_.transfers, clock_, limit, [&](const TransferRemark& change) { told_.push_back(change.description); },
         [&] { ++unnoticed_; }},
        upload, stop_.get_token());
    EXPECT_TRUE(outcome) << outcome.error().text();
    return *outcome;
  }
  /// A bag that holds the transfer.
  void register_bag(const std::string& transfer_id, const char* space, const char* identifier) {
    EXPECT_TRUE(world_.transfers.add_mets_names(
        {*Space::parse(space), *ExternalIdentifier::parse(identifier)}, Version(1),
        {"data/objects/submissionDocumentation/transfer-test-" + transfer_id + "/METS.xml"}));
  }

  TransferWorld world_{GetParam()};
  EventfulClock clock_{world_.clock};
  std::stop_source stop_;
  std::vector<std::string> told_;
  int unnoticed_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Areas, TestRunTest,
                         ::testing::Values(memory::AreaKind{}, memory::AreaKind{.versions = true},
                                           memory::AreaKind{.dates_tagging = true}));

TEST_P(TestRunTest, OnlyKeysOfCataloguedPackages) {
  const auto prefixes = transfers::default_prefixes();
  EXPECT_TRUE(transfers::check_test_key(prefixes, kKey));
  EXPECT_TRUE(transfers::check_test_key(prefixes, "born-digital/a/b.ZIP"));
  for (const char* key : {"born-digital-accessions/a.zip", "a.zip", "born-digital/a.tar", "born-digital/.zip", ""}) {
    EXPECT_FALSE(transfers::check_test_key(prefixes, key)) << key;
  }
}

// transfers.md 13, 17.
TEST_P(TestRunTest, G1_AFirstSweepStartsItAndHoldsTheOthers) {
  world_.area.place("born-digital/old.zip", TransferWorld::package());
  upload();
  EXPECT_EQ(sweep().adopted, 1U);
  EXPECT_FALSE(only().held);
  EXPECT_TRUE(world_.transfers.transfers_of_key(kArea, "born-digital/old.zip")->front().held);
}

TEST_P(TestRunTest, AnotherObjectWithItsKeyIsHeld) {
  upload();
  std::string other = package(2);
  ASSERT_EQ(other.size(), package().size());
  world_.area.place(kKey, other);
  sweep();
  EXPECT_TRUE(only().held);
}

TEST_P(TestRunTest, G1_TwoRunsAreTwoPackages) {
  EXPECT_FALSE(transfers::test_under_way(world_.transfers, kArea, kKey).value());
  const transfers::TestUpload first = upload(1);
  sweep();
  const auto under_way = transfers::test_under_way(world_.transfers, kArea, kKey).value();
  ASSERT_TRUE(under_way);
  world_.work();
  EXPECT_EQ(only().state, TransferState::accepted);
  EXPECT_EQ(only().findings.size(), 1U);
  EXPECT_TRUE(transfers::test_under_way(world_.transfers, kArea, kKey).value()) << "Archivematica may copy it";
  world_.archivematica.statuses["T-1"] = {.status = "PROCESSING"};
  world_.live(std::chrono::minutes(5));
  EXPECT_EQ(only().state, TransferState::processing);
  EXPECT_FALSE(transfers::test_under_way(world_.transfers, kArea, kKey).value());
  const transfers::TestUpload second = upload(2);
  EXPECT_NE(first.object.etag, second.object.etag);
  EXPECT_FALSE(transfers::find_test(world_.transfers, second).value()) << "the one before is not taken for it";
  sweep();
  const auto found = transfers::find_test(world_.transfers, second).value();
  ASSERT_TRUE(found);
  EXPECT_NE(found->id, under_way->id);
}

TEST_P(TestRunTest, IsFoundWhenItHasBeenTaggedBeforeAnybodyLooked) {
  const transfers::TestUpload made = upload();
  sweep();
  world_.work();
  ASSERT_TRUE(only().tagged);
  const auto found = transfers::find_test(world_.transfers, made).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, only().id);
}

TEST_P(TestRunTest, G2_StoredInItsSpace) {
  const transfers::TestUpload made = upload();
  sweep();
  clock_.then = [&] {
    world_.work();
    if (only().state == TransferState::accepted) register_bag("T-1", "testing", "archivematica-dev/TEST/1");
  };
  const auto outcome = follow(made);
  EXPECT_EQ(outcome.end, TestEnd::stored);
  EXPECT_EQ(outcome.transfer->label(), "stored v1");
  EXPECT_EQ(told_.front(), "Received");
  EXPECT_GE(told_.size(), 4U);
  EXPECT_EQ(unnoticed_, 0);
}

TEST_P(TestRunTest, G3_StoredElsewhere) {
  const transfers::TestUpload made = upload();
  sweep();
  clock_.then = [&] {
    world_.work();
    if (only().state == TransferState::accepted) register_bag("T-1", "born-digital", "archivematica-dev/TEST/1");
  };
  const auto outcome = follow(made);
  EXPECT_EQ(outcome.end, TestEnd::negative);
  EXPECT_THAT(transfers::test_failure(*outcome.transfer), HasSubstr("born-digital/archivematica-dev/TEST/1"));
}

TEST_P(TestRunTest, G3_FailedInArchivematica) {
  world_.archivematica.statuses["T-1"] = {.status = "FAILED", .microservice = "Scan for viruses"};
  const transfers::TestUpload made = upload();
  sweep();
  clock_.then = [&] { world_.work(); };
  const auto outcome = follow(made);
  EXPECT_EQ(outcome.end, TestEnd::negative);
  EXPECT_THAT(transfers::test_failure(*outcome.transfer), HasSubstr("Scan for viruses"));
}

TEST_P(TestRunTest, G3_RejectedAndReplaced) {
  transfers::TestUpload made = upload();
  // As if somebody had put a bad package in its place, and its notification came first.
  clock_.then = [&] {
    if (!world_.transfers.transfers_of_key(kArea, kKey)->empty()) return;
    TransferEvent event{"ObjectCreated:Put",    "2026-07-31T08:00:00.000Z", "7",
                        made.object.version_id, made.object.etag,           "http"};
    EXPECT_TRUE(world_.transfers.add_transfer(
        transfers::newly(transfers::arrived(world_.areas.front(), kKey, event, world_.settings.prefixes,
                                            world_.clock.now(), world_.entropy),
                         world_.entropy)));
    world_.area.place(kKey, TransferWorld::package());
    if (GetParam().versions) return;
    world_.work();
  };
  if (GetParam().versions) {
    // A version can still be read; that it is not the current one shows before it is submitted.
    const auto before = clock_.then;
    clock_.then = [&, before] {
      before();
      world_.work();
    };
  }
  const auto outcome = follow(made);
  EXPECT_EQ(outcome.end, TestEnd::negative);
  EXPECT_EQ(outcome.transfer->reason->code, transfer_reason::kReplaced);
}

TEST_P(TestRunTest, G3_RejectedWithItsLog) {
  const std::string key = "born-digital/TEST.ZIP";
  world_.area.place("born-digital/TEST.zip", "somebody else's");
  const auto made = transfers::upload_test(world_.transfers, world_.areas.front(), key, package());
  ASSERT_TRUE(made) << made.error().text();
  sweep();
  clock_.then = [&] { world_.work(); };
  const auto outcome = follow(*made);
  EXPECT_EQ(outcome.end, TestEnd::negative);
  EXPECT_EQ(outcome.transfer->state, TransferState::rejected);
  EXPECT_FALSE(transfers::test_failure(*outcome.transfer).empty());
  const auto log = std::ranges::find(outcome.transfer->logs, "failed", &TransferLog::result);
  ASSERT_NE(log, outcome.transfer->logs.end());
  EXPECT_THAT(log->text, HasSubstr("[KEY-CASE]"));
}

TEST_P(TestRunTest, G3_TheLimitAndNobodyWatching) {
  const transfers::TestUpload made = upload();
  EXPECT_EQ(follow(made, std::chrono::minutes(4)).end, TestEnd::timed_out);
  EXPECT_EQ(unnoticed_, 0);
  const auto outcome = follow(made, std::chrono::minutes(10));
  EXPECT_EQ(outcome.end, TestEnd::timed_out);
  EXPECT_FALSE(outcome.transfer);
  EXPECT_EQ(unnoticed_, 1);
}

TEST_P(TestRunTest, G3_DelaysAreToldOnceAndWaitingCanBeStopped) {
  world_.archivematica.lookups_fail = temporary("Archivematica's dashboard cannot be reached");
  const transfers::TestUpload made = upload();
  sweep();
  int waits = 0;
  clock_.then = [&] {
    world_.work();
    if (++waits == 200) stop_.request_stop();
  };
  const auto outcome = follow(made);
  EXPECT_EQ(outcome.end, TestEnd::stopped);
  EXPECT_EQ(outcome.transfer->state, TransferState::submitting);
  const auto is_delay = [](const std::string& text) { return text.starts_with("Delayed: "); };
  EXPECT_EQ(std::ranges::count_if(told_, is_delay), 1);
}

}  // namespace
}  // namespace strongroom::test
