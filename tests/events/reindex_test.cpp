// Goal: what was asked for is emitted in the background until it is done, whoever runs it and however often it stops.
// Method: the loop of the service over the memory catalogue, in threads that are stopped and started.
#include "events/reindex.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "adapters/catalogue/memory/catalogue.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::events {
namespace {

/// Time passes while somebody waits. Any thread.
class WaitingClock final : public Clock {
 public:
  Instant now() override { return Instant(Duration(1'714'555'800'000'000 + boot_.load())); }
  Duration since_boot() override { return Duration(boot_.load()); }
  bool wait_until(Duration until, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    std::int64_t before = boot_.load();
    while (before < until.count() && !boot_.compare_exchange_weak(before, until.count())) {
    }
    std::this_thread::yield();
    return !stop.stop_requested();
  }

 private:
  std::atomic<std::int64_t> boot_{1'000'000};
};

class ReindexTest : public testing::Test {
 protected:
  /// `count` bags of one version each.
  void store(int count) {
    const OwnerId owner{"boot", "worker"};
    for (int i = 0; i < count; ++i) {
      IngestRequest asked{IngestType::create,
                          {Space::parse("maps").value(), ExternalIdentifier::parse(std::to_string(i)).value()},
                          {Provider::filesystem, "uploads", "x"},
                          {},
                          {},
                          *ClientId::parse("goobi")};
      const auto id = IngestId::parse(random_uuid(entropy_));
      ASSERT_TRUE(
          catalogue_.accept({*id, std::move(asked), *RequestId::parse("r"), clock_.now(), random_uuid(entropy_)}));
      const auto claim = catalogue_.claim(owner);
      ASSERT_TRUE(claim && *claim);
      VersionRow row{Version(1), VersionState::registered, *id, true, Registration{}};
      IngestChange change(catalogue_.find_ingest(*id).value().value());
      change.add_event("Register succeeded (completed)", clock_.now());
      ASSERT_TRUE(change.set_status(Status::succeeded));
      ASSERT_TRUE(catalogue_.settle(
          {.lease = (*claim)->lease,
           .ingest = *id,
           .run = 1,
           .now = clock_.now(),
           .writes = {SaveVersion{row}, SaveIngest{change.ingest(), change.events(), random_uuid(entropy_)}},
           .afterwards = Afterwards::release,
           .due = {}}));
    }
  }
  std::size_t emitted() {
    return catalogue_.events_after(0, {.kinds = {"registered-bag"}}, 100'000, 100'000)->events.size();
  }

  WaitingClock clock_;
  NobodyIsDead owners_;
  memory::MemoryCatalogue catalogue_{clock_, owners_};
  test::FakeEntropy entropy_;
  test::FakeLog journal_;
};

TEST_F(ReindexTest, TheReceiptCountsAndTheDeedIsRecorded) {
  store(3);
  const auto receipt =
      request_reindex(catalogue_, clock_, entropy_,
                      {{Space::parse("maps").value(), {}}, *ClientId::parse("all"), *RequestId::parse("q")});
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->bag_versions, 3U);
  const Deed deed = catalogue_.deeds().back();
  EXPECT_EQ(deed.agent, "all");
  EXPECT_EQ(deed.action, "reindex.requested");
  EXPECT_EQ(deed.object, "space maps");
  EXPECT_EQ(deed.request_id, "q");
}

TEST_F(ReindexTest, L4_StoppedAndStartedItEmitsEverythingOnce) {
  constexpr int kBags = 1'700;  // some batches
  store(kBags);
  ASSERT_TRUE(request_reindex(catalogue_, clock_, entropy_, {{}, *ClientId::parse("all"), *RequestId::parse("q")}));
  const ReindexingNeeds needs{catalogue_, catalogue_, clock_, entropy_, journal_};
  for (int round = 0; round < 100'000 && emitted() < kBags; ++round) {
    const std::size_t before = emitted();
    std::jthread runner([&](const std::stop_token& stop) { run_reindexing(needs, stop); });
    while (emitted() == before) std::this_thread::yield();
    runner.request_stop();
  }
  EXPECT_EQ(emitted(), static_cast<std::size_t>(kBags));
  {
    std::jthread runner([&](const std::stop_token& stop) { run_reindexing(needs, stop); });
    test::FakeEntropy own;  // the runner has the other one
    while (catalogue_.continue_reindex(clock_.now(), {random_uuid(own)})->has_value()) std::this_thread::yield();
  }
  EXPECT_EQ(emitted(), static_cast<std::size_t>(kBags));
}

}  // namespace
}  // namespace strongroom::events
