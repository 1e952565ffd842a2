// Stop: whether a room should leave its work where it stands.
//
// Asked between files and buffers. True when the process stops, when another location of the run has failed, or when
// the lease could not be renewed in time: a worker stops 15 s before its lease ends, by its own clock
// (pipeline.md 2.1).
#pragma once

#include <atomic>
#include <stop_token>

#include "base/result.hpp"
#include "ports/clock.hpp"

namespace strongroom::ingest {

/// Until when, in since_boot microseconds, this process may rely on its leases. Written by the heartbeat only.
using LeaseHorizon = std::atomic<std::int64_t>;

class Stop {
 public:
  Stop(std::stop_token process, std::stop_token run, Clock& clock, const LeaseHorizon& horizon)
      : process_(std::move(process)), run_(std::move(run)), clock_(clock), horizon_(horizon) {}

  [[nodiscard]] bool asked() const {
    return process_.stop_requested() || run_.stop_requested() || clock_.since_boot().count() >= horizon_.load();
  }
  /// Reason::stopped when asked.
  [[nodiscard]] Result<void> check() const {
    if (asked()) return temporary("stopped", {}, Reason::stopped);
    return {};
  }
  [[nodiscard]] std::stop_token process() const { return process_; }

 private:
  std::stop_token process_;
  std::stop_token run_;
  Clock& clock_;
  const LeaseHorizon& horizon_;
};

}  // namespace strongroom::ingest
