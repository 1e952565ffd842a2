// The monitor as a service: a run at each slot of its schedule (transfers.md 12.1).
//
// A slot that was missed is made up once. What could not be reported is tried again after an hour, for a day; what
// could not be removed, too, for as long as the service runs. Several may run: the catalogue sees to it that a slot is
// reported once. One thread.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "transfers/monitoring.hpp"
#include "transfers/schedule.hpp"

namespace strongroom::transfers {

class Monitor {
 public:
  /// Everything outlives it.
  Monitor(const MonitorNeeds& needs, const MonitorSettings& settings, const Schedule& schedule, std::stop_token stop);

  /// Until a stop is asked for.
  void run();
  /// Does what is due now; how long until there may be more. An Error is the catalogue's.
  Result<Duration> look();

 private:
  Result<std::optional<Instant>> missed_slot();
  Result<std::optional<Duration>> make_up(Instant slot);
  Result<void> tidy();
  void plan_tidying(const MonitorRun& run);

  const MonitorNeeds& needs_;
  const Schedule& schedule_;
  const std::stop_token stop_;
  Monitoring monitoring_;
  std::optional<Duration> tidy_at_;  ///< since_boot
};

}  // namespace strongroom::transfers
