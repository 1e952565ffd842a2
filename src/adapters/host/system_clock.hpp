// The machine's own time: CLOCK_REALTIME in microseconds and CLOCK_BOOTTIME, which counts suspends.
//
// Any thread may call. A wait ends within a millisecond or so of a stop, and at most some seconds late when the machine
// was suspended meanwhile.
#pragma once

#include "ports/clock.hpp"

namespace strongroom::host {

class SystemClock final : public Clock {
 public:
  Instant now() override;
  Duration since_boot() override;
  bool wait_until(Duration until, std::stop_token stop) override;
};

}  // namespace strongroom::host
