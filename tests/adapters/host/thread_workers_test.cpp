// Work side by side: everything is done once, never more at a time than allowed, nested calls end.
#include "adapters/host/thread_workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <set>
#include <vector>

namespace strongroom::host {
namespace {

struct Shape {
  std::size_t threads;
  std::size_t count;
  std::size_t limit;
};

class ThreadWorkersTest : public ::testing::TestWithParam<Shape> {};

TEST_P(ThreadWorkersTest, DoesEverythingOnceWithinTheLimit) {
  const Shape shape = GetParam();
  ThreadWorkers workers(shape.threads);
  std::vector<std::atomic<int>> done(shape.count);
  std::atomic<std::size_t> busy = 0;
  std::atomic<std::size_t> most = 0;
  workers.for_each(shape.count, shape.limit, [&](std::size_t i) {
    const std::size_t now = ++busy;
    std::size_t known = most.load();
    while (now > known && !most.compare_exchange_weak(known, now)) {
    }
    std::this_thread::yield();
    ++done[i];
    --busy;
  });
  for (const std::atomic<int>& times : done) EXPECT_EQ(times.load(), 1);
  EXPECT_EQ(busy.load(), 0U);
  EXPECT_LE(most.load(), std::min(shape.limit, shape.threads + 1));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ThreadWorkersTest,
                         ::testing::Values(Shape{0, 100, 8}, Shape{1, 1, 8}, Shape{4, 0, 3}, Shape{4, 1000, 1},
                                           Shape{4, 1000, 3}, Shape{4, 1000, 100}, Shape{2, 3, 2}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.threads) + "Threads" + std::to_string(shape.param.count) +
                                  "Of" + std::to_string(shape.param.limit);
                         });

// Ends only when two calls of work are under way at the same time.
TEST(ThreadWorkersTest, WorksSideBySide) {
  ThreadWorkers workers(1);
  std::latch both(2);
  workers.for_each(2, 2, [&](std::size_t) { both.arrive_and_wait(); });
  SUCCEED();
}

// Every helper is busy with an outer item when the inner calls come: they must not wait for a helper.
TEST(ThreadWorkersTest, NestedCallsEnd) {
  ThreadWorkers workers(2);
  std::atomic<int> done = 0;
  workers.for_each(8, 8, [&](std::size_t) {
    workers.for_each(8, 8, [&](std::size_t) { workers.for_each(4, 2, [&](std::size_t) { ++done; }); });
  });
  EXPECT_EQ(done.load(), 8 * 8 * 4);
}

TEST(ThreadWorkersTest, CallersDoNotDisturbEachOther) {
  ThreadWorkers workers(2);
  std::array<std::atomic<int>, 4> done{};
  {
    std::vector<std::jthread> callers;
    for (std::size_t caller = 0; caller < done.size(); ++caller) {
      callers.emplace_back([&, caller] {
        for (int round = 0; round < 50; ++round) workers.for_each(20, 3, [&](std::size_t) { ++done[caller]; });
      });
    }
  }
  for (const std::atomic<int>& count : done) EXPECT_EQ(count.load(), 1000);
}

TEST(ThreadLaneTest, DoesWhatIsPostedInItsOrder) {
  ThreadWorkers workers(0);
  const auto lane = workers.lane();
  std::vector<int> done;
  for (int i = 0; i < 1000; ++i) lane->post([&done, i] { done.push_back(i); });
  lane->drain();
  ASSERT_EQ(done.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  lane->drain();
}

TEST(ThreadLaneTest, BesideThePosterAndNotMoreThanMayWait) {
  ThreadWorkers workers(0);
  const auto lane = workers.lane();
  std::latch held(1);
  std::atomic<std::size_t> posted = 0;
  std::atomic<std::size_t> done = 0;
  std::jthread poster([&] {
    for (int i = 0; i < 50; ++i) {
      lane->post([&] {
        held.wait();
        ++done;
      });
      ++posted;
    }
  });
  while (posted < Lane::kWaitingMax) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(posted, Lane::kWaitingMax + 1) << "one is being done";
  EXPECT_EQ(done, 0U);
  held.count_down();
  poster.join();
  lane->drain();
  EXPECT_EQ(done, 50U);
}

TEST(ThreadLaneTest, ItsEndWaitsAndLanesDoNotWaitForEachOther) {
  ThreadWorkers workers(1);
  int done = 0;
  std::latch met(2);
  {
    const auto first = workers.lane();
    const auto second = workers.lane();
    first->post([&] { met.arrive_and_wait(); });
    second->post([&] { met.arrive_and_wait(); });
    for (int i = 0; i < 5; ++i) first->post([&] { ++done; });
  }
  EXPECT_EQ(done, 5);
}

}  // namespace
}  // namespace strongroom::host
