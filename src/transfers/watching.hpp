// Watching: the workers that carry packages on, and the sweepers that find them (transfers.md 2, 3).
//
// As many workers as are wanted, in as many processes; the catalogue sees to it that each package is in one hand. One
// thread each.
#pragma once

#include <set>
#include <stop_token>
#include <string>

#include "ports/area_watch.hpp"
#include "transfers/sweeping.hpp"
#include "transfers/walk.hpp"

namespace strongroom::transfers {

class Worker {
 public:
  /// `only_area`: leaves packages of all others to others; empty for none.
  Worker(const WalkNeeds& needs, const WalkSettings& settings, std::string only_area, std::stop_token stop)
      : needs_(needs), settings_(settings), only_area_(std::move(only_area)), stop_(std::move(stop)) {}

  /// Carries on the package that has been due longest; false when none is. An Error is the catalogue's.
  Result<bool> work_once();
  /// work_once() again and again until a stop is asked for.
  void run();

 private:
  Result<std::optional<TransferClaim>> claim();
  Result<std::optional<TransferClaim>> claim_in_area();

  const WalkNeeds& needs_;
  const WalkSettings& settings_;
  const std::string only_area_;
  const std::stop_token stop_;
};

struct SweeperSettings {
  Duration every = std::chrono::hours(1);
  Adopt adopt = Adopt::hold;
};

class Sweeper {
 public:
  /// Everything outlives it. With a `watch`, which may be null, packages are seen between sweeps, too.
  Sweeper(const SweepingNeeds& needs, Alarm& alarm, const WalkSettings& settings, const AreaInUse& area,
          const SweeperSettings& times, AreaWatch* watch, std::stop_token stop);

  /// One sweep; trouble of the area is told to operators. False when it did not come to its end.
  bool sweep_once();
  /// At once, and then at each interval, until a stop is asked for.
  void run();

 private:
  void watch_until(Duration until);
  void look_at_moving();

  const SweepingNeeds& needs_;
  Alarm& alarm_;
  const AreaInUse& area_;
  const SweeperSettings times_;
  AreaWatch* const watch_;
  const std::stop_token stop_;
  Sweeping sweeping_;
  std::set<std::string> moving_;  ///< keys that changed, and have to lie still for a while
};

}  // namespace strongroom::transfers
