// The monitor as the configuration has it, for the service and for the command alike (transfers.md 12).
//
// Several may run at once: the catalogue sees to it that one run is under way at a time. One thread.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "cli/companions.hpp"
#include "cli/report_outputs.hpp"
#include "ports/damage.hpp"
#include "transfers/monitor.hpp"

namespace strongroom::cli {

/// Everything outlives the service.
struct MonitorServiceNeeds {
  const Companions& companions;
  Catalogue& catalogue;
  KnownDamage& damage;
  const std::vector<LocationFacts>& locations;  ///< as configured, with their uuids
  Owners& owners;                               ///< by which the death of other runs is told
  OwnerId owner;                                ///< of this process
  transfers::ReportOutput& output;
  /// Notes more METS files, false when all are; empty where the process does so anyway.
  std::function<Result<bool>()> index_mets{};
};

class MonitorService {
 public:
  /// Broken when the schedule cannot be read.
  static Result<std::unique_ptr<MonitorService>> make(const MonitorServiceNeeds& needs);

  /// A run at each slot, until a stop is asked for.
  void run(const std::stop_token& stop);
  /// One report now, whatever the schedule.
  Result<transfers::MonitorRun> run_once(const std::stop_token& stop);
  /// What that would tell and remove.
  Result<transfers::MonitorRun> rehearse();

 private:
  MonitorService(const MonitorServiceNeeds& needs, transfers::Schedule schedule);

  const transfers::MonitorNeeds needs_;
  const transfers::MonitorSettings settings_;
  const transfers::Schedule schedule_;
};

}  // namespace strongroom::cli
