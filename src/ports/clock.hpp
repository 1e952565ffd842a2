// Time, as the core may know it. Simulated in tests: nothing in the core waits or reads a clock any other way.
// All calls may come from any thread.
#pragma once

#include <chrono>
#include <stop_token>

#include "base/instant.hpp"

namespace strongroom {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall-clock time in UTC. May step back.
  virtual Instant now() = 0;
  /// Time since the machine started, suspend included (CLOCK_BOOTTIME); never steps back. Any thread.
  virtual Duration since_boot() = 0;
  /// Waits until since_boot() reaches `until` or a stop is asked for; true when not stopped. Any thread.
  virtual bool wait_until(Duration until, std::stop_token stop) = 0;
};

}  // namespace strongroom
