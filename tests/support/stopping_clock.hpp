// StoppingClock: another clock, whose waits are written down; after so many of them it asks for a stop.
// One thread.
#pragma once

#include <utility>
#include <vector>

#include "ports/clock.hpp"

namespace strongroom::test {

class StoppingClock final : public Clock {
 public:
  /// Both outlive it.
  StoppingClock(Clock& inner, std::stop_source& source, std::size_t waits)
      : inner_(inner), source_(source), waits_(waits) {}
  Instant now() override { return inner_.now(); }
  Duration since_boot() override { return inner_.since_boot(); }
  bool wait_until(Duration until, std::stop_token stop) override {
    pauses.push_back(until - since_boot());
    if (pauses.size() == waits_) source_.request_stop();
    return inner_.wait_until(until, std::move(stop));
  }

  std::vector<Duration> pauses;

 private:
  Clock& inner_;
  std::stop_source& source_;
  const std::size_t waits_;
};

}  // namespace strongroom::test
