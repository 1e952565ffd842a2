// The real clock: instants move with the machine's, waits end at their time or when a stop is asked for.
#include "adapters/host/system_clock.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <thread>

namespace strongroom::host {
namespace {

TEST(SystemClockTest, TellsTheMachinesTime) {
  SystemClock clock;
  const std::time_t before = std::time(nullptr);
  const Instant now = clock.now();
  const std::time_t after = std::time(nullptr);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  EXPECT_GE(seconds, before - 1);
  EXPECT_LE(seconds, after + 1);
}

TEST(SystemClockTest, TimeSinceBootNeverStepsBack) {
  SystemClock clock;
  Duration last = clock.since_boot();
  EXPECT_GT(last, Duration::zero());
  for (int i = 0; i < 1000; ++i) {
    const Duration next = clock.since_boot();
    ASSERT_GE(next, last);
    last = next;
  }
}

TEST(SystemClockTest, WaitsUntilItsTime) {
  SystemClock clock;
  const Duration until = clock.since_boot() + std::chrono::milliseconds(20);
  EXPECT_TRUE(clock.wait_until(until, {}));
  EXPECT_GE(clock.since_boot(), until);
}

TEST(SystemClockTest, AWaitForThePastIsOver) {
  SystemClock clock;
  EXPECT_TRUE(clock.wait_until(Duration::zero(), {}));
}

// A wait of hours that ends at all ended because of the stop.
TEST(SystemClockTest, AStopEndsAWait) {
  SystemClock clock;
  std::stop_source source;
  bool reached = true;
  std::thread waiter(
      [&] { reached = clock.wait_until(clock.since_boot() + std::chrono::hours(5), source.get_token()); });
  source.request_stop();
  waiter.join();
  EXPECT_FALSE(reached);
}

TEST(SystemClockTest, AStopBeforeTheWaitCounts) {
  SystemClock clock;
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(clock.wait_until(clock.since_boot() + std::chrono::hours(5), source.get_token()));
}

}  // namespace
}  // namespace strongroom::host
