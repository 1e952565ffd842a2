// The watch over transfer areas, for the service and for the command alike: queues and areas read, packages carried on
// (transfers.md 1.1, 3).
//
// Several may run at once, on one machine or many: the catalogue sees to it that each package is in one hand.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "adapters/host/crew.hpp"
#include "cli/companions.hpp"
#include "transfers/queue_intake.hpp"
#include "transfers/watching.hpp"

namespace strongroom::cli {

/// What notifications are taken in for, as configured.
[[nodiscard]] transfers::IntakeSettings intake_settings(const Config& config);

class PackageWatch {
 public:
  /// `only_area` is the name of one of the areas, or empty for all. The companions outlive the watch.
  PackageWatch(const Companions& companions, std::string only_area);

  /// Adds its loops, each on a thread of its own; the watch outlives the crew.
  void join(host::Crew& crew);
  /// What is queued, swept or due now, as far as it goes without waiting. The catalogue's Error, or the first one of an
  /// area or a queue once everything else has been done.
  Result<void> work_once(const std::stop_token& stop);

 private:
  /// One watched area.
  struct Watched {
    const TransferAreaSetting* setting;
    const transfers::AreaInUse* area;
    std::unique_ptr<MessageQueue> queue;  ///< null without one
    std::unique_ptr<AreaWatch> changes;   ///< null for a bucket
  };

  [[nodiscard]] transfers::SweeperSettings times_of(const Watched& watched) const;
  Result<void> notice_all(const std::stop_token& stop);

  const Companions& companions_;
  const std::string only_area_;
  const transfers::IntakeSettings intake_settings_;
  const transfers::IntakeNeeds intake_needs_;
  const transfers::SweepingNeeds sweeping_needs_;
  std::vector<Watched> watched_;
};

}  // namespace strongroom::cli
