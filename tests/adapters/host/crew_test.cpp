// Loops on threads: all run side by side, all are stopped.
#include "adapters/host/crew.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "adapters/host/system_clock.hpp"

namespace strongroom::host {
namespace {

TEST(CrewTest, RunsSideBySideUntilStopped) {
  Crew crew;
  std::latch all(4);
  std::atomic<int> stopped = 0;
  SystemClock clock;
  for (int i = 0; i < 3; ++i) {
    crew.add([&](const std::stop_token& stop) {
      all.arrive_and_wait();
      if (!clock.wait_until(clock.since_boot() + std::chrono::hours(1), stop)) ++stopped;
    });
  }
  all.arrive_and_wait();
  crew.stop();
  EXPECT_EQ(stopped.load(), 3);
  crew.stop();
}

TEST(CrewTest, ItsEndIsAStop) {
  std::atomic<bool> stopped = false;
  {
    SystemClock clock;
    Crew crew;
    crew.add([&](const std::stop_token& stop) {
      stopped = !clock.wait_until(clock.since_boot() + std::chrono::hours(1), stop);
    });
  }
  EXPECT_TRUE(stopped.load());
}

}  // namespace
}  // namespace strongroom::host
