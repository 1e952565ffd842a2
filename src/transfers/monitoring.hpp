// Monitoring: one run of the monitor, which reports on packages and then removes what is safely stored (transfers.md
// 12).
//
// One run at a time over all instances. A run may be cut off anywhere: the next one goes on with the message that was
// not accepted yet, and nothing is removed before all were. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "transfers/removing.hpp"
#include "transfers/reporting.hpp"
#include "transfers/run_right.hpp"
#include "transfers/stocktaking.hpp"

namespace strongroom::transfers {

/// Everything outlives the monitoring.
struct MonitorNeeds {
  const WalkNeeds& walk;
  SafekeepingNeeds safekeeping;
  Owners* owners;  ///< of RunRightNeeds, as is the next
  OwnerId owner;
  ReportOutput& output;
  std::function<Result<bool>()> index_mets{};  ///< of StocktakingNeeds
};

struct MonitorSettings {
  WalkSettings walk{};
  std::vector<Adopt> adopt{};  ///< of the areas, in order
  std::string environment = "prod";
  Duration overdue_after = std::chrono::hours(48);
  bool remove = true;  ///< what is safely stored
  bool leaves_marker = false;
};

enum class RunEnd : std::uint8_t {
  done,          ///< reported, or nothing was due any more
  not_accepted,  ///< somebody did not take the report: nothing was removed
  busy,          ///< another run is under way
  stopped,       ///< asked to stop; another run goes on
};

struct MonitorRun {
  RunEnd end = RunEnd::done;
  std::optional<Report> report{};  ///< that was told, or would be
  std::size_t from = 0;            ///< messages before this one were accepted in an earlier run
  std::string refusal{};           ///< why it was not accepted
  std::vector<Removal> removals{};
  std::vector<std::string> not_swept{};  ///< areas that did not answer

  [[nodiscard]] std::size_t count(Fate fate) const;
};

class Monitoring {
 public:
  Monitoring(const MonitorNeeds& needs, const MonitorSettings& settings, std::stop_token stop);

  /// Reports and removes; with a `slot` only unless a report has begun since. An Error is the catalogue's, here and
  /// below: nothing is lost, another run goes on.
  Result<MonitorRun> run(std::optional<Instant> slot = std::nullopt);
  /// What run() would tell and remove, from what is on record and listed now; nothing is changed anywhere.
  Result<MonitorRun> rehearse();
  /// Removes what earlier reports have told to be stored, and no more.
  Result<MonitorRun> tidy();
  /// Learns once whether the areas keep conditions of removals; where not, operators are told. run() does so itself.
  Result<void> probe();
  /// When the last report that was accepted began; nothing before the first.
  Result<std::optional<Instant>> last_began();

 private:
  Result<MonitorRun> in_turn(const std::function<Result<void>(MonitorRun&)>& work);
  Result<void> report_and_remove(std::optional<Instant> slot, MonitorRun& run);
  Result<Report> compose(bool dry, Stock& stock);
  Result<void> begin_report(MonitorRun& run);
  Result<bool> is_settled(const Report& report);
  Result<void> follow_up(const Report& report);
  Result<bool> mark(const ReportEntry& entry);
  Result<void> remove_all(MonitorRun& run);
  Result<void> remove_of(const Transfer& transfer, MonitorRun& run);
  Result<void> plan_removals(const std::vector<Transfer>& found, MonitorRun& run);
  void tell(const Report& report);
  [[nodiscard]] StocktakingSettings stocktaking(bool dry) const;

  const MonitorNeeds& needs_;
  const MonitorSettings& settings_;
  const std::stop_token stop_;
  const ReportingNeeds reporting_needs_;
  Reporting reporting_;
  StillMine still_mine_;  ///< while a run is under way
  bool probed_ = false;
};

}  // namespace strongroom::transfers
