// Goal: dry runs are bounded in every direction, nobody waits for ever, and what has ended is forgotten in time.
// Method: real threads; work that ends when the test lets it.
#include "adapters/host/thread_dry_runs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "adapters/host/kernel_entropy.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::host {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class SettableClock final : public Clock {
 public:
  Instant now() override { return Instant(Duration(boot_.load())); }
  Duration since_boot() override { return Duration(boot_.load()); }
  bool wait_until(Duration, std::stop_token) override { return true; }
  void pass(Duration time) { boot_ += time.count(); }

 private:
  std::atomic<std::int64_t> boot_{1'000'000};
};

class ThreadDryRunsTest : public ::testing::Test {
 protected:
  DryRunOrder order(const std::string& name = "a") {
    IngestRequest request{.bag = {*Space::parse("maps"), *ExternalIdentifier::parse(name)},
                          .source = {},
                          .callback_url = {},
                          .expected_version = {},
                          .client = *ClientId::parse("all")};
    return {*IngestId::parse(random_uuid(entropy_)), std::move(request), *RequestId::parse("r")};
  }

  /// Waits for the gate, then succeeds with findings of `bytes_`; gives up when it is stopped.
  std::unique_ptr<ThreadDryRuns> make(DryRunBounds bounds) {
    return std::make_unique<ThreadDryRuns>(
        [this](const DryRunOrder& order, const DryRunTold& tell, const std::stop_token& stop) -> Result<DryRunReport> {
          const std::size_t now = ++at_work_;
          most_ = std::max(most_.load(), now);
          StepRecord step;
          step.key.step = Step::verify;
          step.progress.bytes_done = 7;
          tell(step);
          while (!open_ && !stop.stop_requested()) std::this_thread::yield();
          --at_work_;
          if (stop.stop_requested()) return temporary("stopped", {}, Reason::stopped);
          DryRunReport report{new_ingest(order.id, order.request, {}, order.request_id), {}, {}, bytes_, "done"};
          auto spill = MemorySpillSpace().create().value();
          EXPECT_TRUE(spill->write(as_bytes(std::string_view("{}\n"))));
          report.findings[Step::verify] = std::move(spill);
          return report;
        },
        bounds, clock_, log_, metrics_);
  }
  void let_go() { open_ = true; }
  static DryRunView ended(ThreadDryRuns& runs, const IngestId& id) {
    for (;;) {
      const auto view = runs.find(id);
      EXPECT_TRUE(view.has_value());
      if (!view || view->has_ended()) return view.value();
      std::this_thread::yield();
    }
  }

  KernelEntropy entropy_;
  SettableClock clock_;
  test::SilentLog log_;
  NoMetrics metrics_;
  std::atomic<bool> open_ = false;
  std::atomic<std::size_t> at_work_ = 0;
  std::atomic<std::size_t> most_ = 0;
  std::atomic<std::uint64_t> bytes_ = 3;
};

TEST_F(ThreadDryRunsTest, WhoIsPatientGetsTheReport) {
  let_go();
  const auto runs = make({});
  const auto view = runs->begin(order(), seconds(60));
  ASSERT_TRUE(view);
  ASSERT_NE(view->report, nullptr);
  auto lines = runs->open_findings(*view->report, Step::verify);
  ASSERT_TRUE(lines);
  EXPECT_EQ(read_all(**lines, 100).value(), "{}\n");
  EXPECT_FALSE(runs->open_findings(*view->report, Step::unpack));
  EXPECT_FALSE(runs->find(order().id).has_value());
}

TEST_F(ThreadDryRunsTest, WhoIsNotSeesHowFarItIs) {
  const auto runs = make({});
  const auto view = runs->begin(order(), Duration::zero());
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->has_ended());
  const IngestId id = view->order.id;
  while (!runs->find(id)->running) std::this_thread::yield();
  EXPECT_EQ(runs->find(id)->running->progress.bytes_done, 7U);
  let_go();
  const DryRunView last = ended(*runs, id);
  EXPECT_NE(last.report, nullptr);
  EXPECT_FALSE(last.running.has_value());
}

TEST_F(ThreadDryRunsTest, OnlySoManyRunAndWait) {
  const auto runs = make({.at_once = 2, .queued = 3});
  std::vector<IngestId> ids;
  // Two at work first, so that the queue is what is full.
  for (int i = 0; i < 2; ++i) ids.push_back(runs->begin(order(), Duration::zero())->order.id);
  while (at_work_ < 2) std::this_thread::yield();
  for (int i = 0; i < 3; ++i) ids.push_back(runs->begin(order(), Duration::zero())->order.id);
  const auto refused = runs->begin(order(), seconds(60));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::limit);
  EXPECT_EQ(refused.error().act, Act::temporary);
  let_go();
  for (const IngestId& id : ids) EXPECT_NE(ended(*runs, id).report, nullptr);
  EXPECT_EQ(most_, 2U);
}

TEST_F(ThreadDryRunsTest, OnlySoManyCallersAreKeptWaiting) {
  const auto runs = make({.at_once = 1, .patient = 1});
  auto first = std::async(std::launch::async, [&] { return runs->begin(order(), hours(1)); });
  while (at_work_ < 1) std::this_thread::yield();
  // The one place to wait is taken: the next is told at once where to ask.
  const auto second = runs->begin(order("b"), hours(1));
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->has_ended());
  let_go();
  EXPECT_NE(first.get()->report, nullptr);
}

TEST_F(ThreadDryRunsTest, OldReportsAreForgotten) {
  let_go();
  const auto runs = make({.kept = 2, .kept_for = hours(1)});
  std::vector<IngestId> ids;
  for (int i = 0; i < 3; ++i) {
    const auto view = runs->begin(order(), seconds(60));
    ASSERT_TRUE(view);
    ids.push_back(view->order.id);
    clock_.pass(seconds(1));
  }
  EXPECT_FALSE(runs->find(ids[0]).has_value());
  EXPECT_TRUE(runs->find(ids[1]).has_value());
  clock_.pass(hours(1) - seconds(2));
  EXPECT_FALSE(runs->find(ids[1]).has_value());
  EXPECT_TRUE(runs->find(ids[2]).has_value());
  clock_.pass(seconds(1));
  EXPECT_FALSE(runs->find(ids[2]).has_value());
}

TEST_F(ThreadDryRunsTest, LargeReportsAreForgottenEarlier) {
  let_go();
  bytes_ = 60;
  const auto runs = make({.kept_bytes = 100});
  const IngestId first = runs->begin(order(), seconds(60))->order.id;
  const IngestId second = runs->begin(order(), seconds(60))->order.id;
  EXPECT_FALSE(runs->find(first).has_value());
  EXPECT_TRUE(runs->find(second).has_value());
  // One that is too large by itself is shown all the same.
  bytes_ = 1000;
  const IngestId third = runs->begin(order(), seconds(60))->order.id;
  EXPECT_FALSE(runs->find(second).has_value());
  EXPECT_TRUE(runs->find(third).has_value());
}

TEST_F(ThreadDryRunsTest, AStopEndsWhatRunsAndWhatWaits) {
  const auto runs = make({});
  auto patient = std::async(std::launch::async, [&] { return runs->begin(order(), hours(1)); });
  while (at_work_ < 1) std::this_thread::yield();
  const auto waiting = runs->begin(order("b"), Duration::zero());
  ASSERT_TRUE(waiting);
  runs->stop();
  const auto told = patient.get();
  ASSERT_TRUE(told);
  ASSERT_TRUE(told->trouble.has_value());
  EXPECT_EQ(told->trouble->reason, Reason::stopped);
  EXPECT_EQ(runs->find(waiting->order.id)->trouble->reason, Reason::stopped);
  EXPECT_FALSE(runs->begin(order(), hours(1)));
  runs->stop();
}

}  // namespace
}  // namespace strongroom::host
