#include "adapters/host/system_clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>

#include "base/check.hpp"

namespace strongroom::host {
namespace {

Duration read_clock(clockid_t id) {
  timespec time{};
  CHECK(clock_gettime(id, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec / 1000);
}

/// Condition variables count CLOCK_MONOTONIC, which stands still while the machine sleeps: longer waits are taken in
/// pieces, so that a wait is never late by more than this.
constexpr Duration kPiece = std::chrono::seconds(5);

}  // namespace

Instant SystemClock::now() { return Instant(read_clock(CLOCK_REALTIME)); }

Duration SystemClock::since_boot() { return read_clock(CLOCK_BOOTTIME); }

bool SystemClock::wait_until(Duration until, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any nobody_wakes;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    const Duration left = until - since_boot();
    if (left <= Duration::zero()) return true;
    nobody_wakes.wait_for(lock, stop, std::min(left, kPiece), [] { return false; });
  }
  return false;
}

}  // namespace strongroom::host
