#include "transfers/monitoring.hpp"

#include <algorithm>
#include <set>

#include "transfers/area_conditions.hpp"
#include "transfers/report_message.hpp"

namespace strongroom::transfers {
namespace {

constexpr const char* kLastReport = "monitor.lastReport";
/// Where logs go by default when they do not lie beside packages.
constexpr const char* kProbePrefix = "feedback/";
constexpr std::size_t kPage = 500;

bool is_removable(const Transfer& transfer) {
  return transfer.state == TransferState::stored && transfer.reported_stored && !transfer.cleaned_up;
}

/// Nothing of it is left for another run.
bool is_over(const std::vector<Removal>& removals) {
  return std::ranges::none_of(removals,
                              [](const Removal& one) { return one.fate == Fate::held || one.fate == Fate::failed; });
}

/// `Removed from the area: package, success log`; empty when nothing was.
std::string removed_text(const std::vector<Removal>& removals) {
  std::string text;
  for (const Removal& removal : removals) {
    if (removal.fate != Fate::removed) continue;
    const bool is_log = removal.kind != "package" && removal.kind != "twin";
    text += (text.empty() ? "Removed from the area: " : ", ") + removal.kind + (is_log ? " log" : "");
  }
  return text;
}

}  // namespace

std::size_t MonitorRun::count(Fate fate) const {
  return static_cast<std::size_t>(std::ranges::count(removals, fate, &Removal::fate));
}

Monitoring::Monitoring(const MonitorNeeds& needs, const MonitorSettings& settings, std::stop_token stop)
    : needs_(needs),
      settings_(settings),
      stop_(std::move(stop)),
      reporting_needs_{needs.walk.transfers, needs.walk.clock, needs.walk.journal},
      reporting_(reporting_needs_) {}

StocktakingSettings Monitoring::stocktaking(bool dry) const {
  return {settings_.walk, settings_.adopt, settings_.overdue_after, dry};
}

Result<std::optional<Instant>> Monitoring::last_began() {
  TRY(const std::string kept, needs_.walk.transfers.transfer_fact(kLastReport));
  return parse_instant(kept);
}

// ---- the run --------------------------------------------------------------------------------------------------------

Result<MonitorRun> Monitoring::in_turn(const std::function<Result<void>(MonitorRun&)>& work) {
  const WalkNeeds& walk = needs_.walk;
  const RunRightNeeds right_needs{
      needs_.safekeeping.catalogue, walk.transfers, walk.clock, walk.entropy, needs_.owners, needs_.owner};
  MonitorRun run;
  TRY(auto right, RunRight::take(right_needs));
  if (!right) {
    run.end = RunEnd::busy;
    return run;
  }
  still_mine_ = [&]() -> Result<void> {
    if (stop_.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
    return right->renew();
  };
  const Result<void> worked = work(run);
  still_mine_ = nullptr;
  const Result<void> given = right->give_back();
  if (worked) {
    if (!given) return given.error();
    return run;
  }
  const Reason reason = worked.error().reason;
  if (reason != Reason::stopped && reason != Reason::stale_lease) return worked.error();
  run.end = reason == Reason::stopped ? RunEnd::stopped : RunEnd::busy;
  return run;
}

Result<MonitorRun> Monitoring::run(std::optional<Instant> slot) {
  return in_turn([&](MonitorRun& run) { return report_and_remove(slot, run); });
}

Result<MonitorRun> Monitoring::tidy() {
  return in_turn([&](MonitorRun& run) -> Result<void> {
    TRY(const auto unfinished, reporting_.unfinished());
    if (unfinished) {
      TRY(const bool settled, is_settled(*unfinished));
      if (settled) TRY_VOID(follow_up(*unfinished));
    }
    return remove_all(run);
  });
}

/// All of it was accepted, and that is on record.
Result<bool> Monitoring::is_settled(const Report& report) {
  TRY(const auto last, last_began());
  return last && *last >= report.began;
}

Result<void> Monitoring::report_and_remove(std::optional<Instant> slot, MonitorRun& run) {
  TRY(const auto last, last_began());
  // Another instance may have made it meanwhile.
  if (slot && last && *last >= *slot) return {};
  TRY(run.report, reporting_.unfinished());
  if (run.report) {
    TRY(const bool settled, is_settled(*run.report));
    if (settled) {
      TRY_VOID(follow_up(*run.report));
      run.report.reset();
    }
  }
  if (!run.report) TRY_VOID(begin_report(run));
  TRY(run.from, reporting_.accepted(*run.report));
  TRY(const auto refused, reporting_.send(*run.report, needs_.output, still_mine_, stop_));
  if (refused) {
    run.end = RunEnd::not_accepted;
    run.refusal = *refused;
    needs_.walk.alarm.raise(problem::kReport, "the report on packages could not be delivered: " + *refused);
    return {};
  }
  needs_.walk.alarm.over(problem::kReport);
  TRY_VOID(needs_.walk.transfers.set_transfer_fact(kLastReport, format_instant(run.report->began)));
  TRY_VOID(follow_up(*run.report));
  return remove_all(run);
}

Result<Report> Monitoring::compose(bool dry, Stock& stock) {
  const StocktakingNeeds stock_needs{needs_.walk, needs_.safekeeping, needs_.index_mets};
  const StocktakingSettings stock_settings = stocktaking(dry);
  TRY(stock, Stocktaking(stock_needs, stock_settings, dry ? [] { return ok(); } : still_mine_, stop_).take());
  TRY(const auto last, last_began());
  Report report{.id = random_uuid(needs_.walk.entropy), .began = needs_.walk.clock.now()};
  report.days = report_days(last, report.began);
  report.entries = stock.entries;
  report.messages = report_messages(
      stock.entries,
      {.environment = settings_.environment, .days = report.days, .several_areas = needs_.walk.areas.size() > 1});
  return report;
}

/// Composed once, and kept before anything of it is sent.
Result<void> Monitoring::begin_report(MonitorRun& run) {
  TRY_VOID(probe());
  Stock stock;
  TRY(run.report, compose(false, stock));
  run.not_swept = std::move(stock.not_swept);
  tell(*run.report);
  return reporting_.keep(*run.report);
}

void Monitoring::tell(const Report& report) {
  for (const ReportEntry& entry : report.entries) {
    if (entry.kind == ReportClass::in_progress || entry.kind == ReportClass::stored) continue;
    needs_.walk.journal.write(LogLevel::warning, "package_" + std::string(name_of(entry.kind)),
                              {{"transfer", entry.id},
                               {"area", entry.area},
                               {"key", entry.key},
                               {"transferId", entry.transfer_id},
                               {"reason", entry.remark}});
  }
}

/// Tells operators where something that comes at the last moment could be removed.
Result<void> Monitoring::probe() {
  if (probed_ || !settings_.remove) return {};
  probed_ = true;
  const std::string& prefix = settings_.walk.feedback_prefix;
  for (const AreaInUse& area : needs_.walk.areas) {
    const auto keeps = area.store->keeps_conditions((prefix.empty() ? kProbePrefix : prefix) + "strongroom-check-" +
                                                    random_uuid(needs_.walk.entropy) + ".tmp");
    if (keeps) TRY_VOID(note_conditions(needs_.walk.transfers, area.name, *keeps));
    if (keeps && *keeps) continue;
    needs_.walk.journal.write(
        LogLevel::warning, keeps ? "conditions_ignored" : "conditions_unknown",
        {{"area", area.name},
         {"error", keeps ? "the store removes an object whatever it is: only looking just before protects a new upload"
                         : keeps.error().text()}});
  }
  return {};
}

// ---- once everything was accepted -----------------------------------------------------------------------------------

/// What was told is not told again. May be repeated.
Result<void> Monitoring::follow_up(const Report& report) {
  bool all = true;
  for (const ReportEntry& entry : report.entries) {
    if (entry.kind != ReportClass::stored && !entry.told_gone) continue;
    TRY_VOID(still_mine_());
    TRY(const bool marked, mark(entry));
    all = all && marked;
  }
  if (!all) {
    // Then the next run does, before it tells anything.
    needs_.walk.journal.write(LogLevel::warning, "report_unmarked", {{"report", report.id}});
    return {};
  }
  return reporting_.finish();
}

/// False when a worker has it for so long.
Result<bool> Monitoring::mark(const ReportEntry& entry) {
  Transfers& transfers = needs_.walk.transfers;
  TRY(const auto kept, transfers.find_transfer(entry.id));
  const bool is_stored = entry.kind == ReportClass::stored;
  const auto is_marked = [&](const Transfer& one) { return is_stored ? one.reported_stored : one.reported_gone; };
  if (!kept || is_marked(*kept)) return true;
  TRY(auto claim, claim_soon(transfers, needs_.walk.clock, entry.id, stop_));
  if (!claim) return false;
  Transfer& transfer = claim->transfer;
  TransferSave save{.transfer = {}, .fence = claim->fence, .notice = std::nullopt, .release = true};
  if (is_stored) {
    transfer.reported_stored = true;
  } else if (transfer.state == TransferState::failed) {
    transfer.reported_gone = true;
    transfer.resolved = true;
  }
  save.transfer = std::move(transfer);
  TRY_VOID(transfers.save_transfer(save, needs_.walk.clock.now()));
  return true;
}

Result<void> Monitoring::remove_all(MonitorRun& run) {
  if (!settings_.remove) return {};
  std::optional<TransferPlace> place;
  do {
    TRY_VOID(still_mine_());
    const TransferFilter filter{.states = {TransferState::stored}};
    TRY(const TransferPage page, needs_.walk.transfers.find_transfers(filter, place, kPage));
    for (const Transfer& transfer : page.transfers) {
      if (!is_removable(transfer)) continue;
      TRY_VOID(still_mine_());
      TRY_VOID(remove_of(transfer, run));
    }
    place = page.next;
  } while (place);
  return {};
}

Result<void> Monitoring::remove_of(const Transfer& transfer, MonitorRun& run) {
  const WalkNeeds& walk = needs_.walk;
  TRY(auto claim, claim_soon(walk.transfers, walk.clock, transfer.id, stop_));
  if (!claim) {
    run.removals.push_back(
        {transfer.id, transfer.area, transfer.key, std::nullopt, "package", Fate::held, "it is being worked on"});
    return {};
  }
  const std::optional<Instant> due = claim->transfer.due;
  const AreaInUse nowhere{.name = transfer.area, .bucket = transfer.bucket};
  InHand hand(walk, settings_.walk, nowhere, std::move(*claim));
  if (is_removable(hand.record())) {
    const RemovingNeeds removing{walk.transfers, walk.areas, needs_.safekeeping, walk.clock, walk.journal};
    TRY(auto removals, Removing(removing, {settings_.leaves_marker, false}).remove(hand.record()));
    hand.record().cleaned_up = is_over(removals);
    TRY_VOID(hand.keep(removed_text(removals)));
    std::ranges::move(removals, std::back_inserter(run.removals));
  }
  if (due) hand.wait_until(*due);
  return hand.let_go();
}

// ---- rehearsal ------------------------------------------------------------------------------------------------------

Result<MonitorRun> Monitoring::rehearse() {
  MonitorRun run;
  Stock stock;
  TRY(run.report, reporting_.unfinished());
  if (run.report) {
    TRY(const bool settled, is_settled(*run.report));
    if (settled) run.report.reset();
  }
  if (!run.report) {
    TRY(run.report, compose(true, stock));
  }
  TRY(run.from, reporting_.accepted(*run.report));
  run.not_swept = std::move(stock.not_swept);
  TRY_VOID(plan_removals(stock.found_stored, run));
  return run;
}

/// Of what earlier reports or this one have told to be stored. `found`: packages that would be recorded so.
Result<void> Monitoring::plan_removals(const std::vector<Transfer>& found, MonitorRun& run) {
  if (!settings_.remove) return {};
  std::set<std::string> told;
  for (const ReportEntry& entry : run.report->entries) {
    if (entry.kind == ReportClass::stored) told.insert(entry.id);
  }
  const WalkNeeds& walk = needs_.walk;
  const RemovingNeeds removing{walk.transfers, walk.areas, needs_.safekeeping, walk.clock, walk.journal};
  const auto plan = [&](Transfer transfer) -> Result<void> {
    transfer.reported_stored = transfer.reported_stored || told.contains(transfer.id);
    if (!is_removable(transfer)) return {};
    TRY(auto removals, Removing(removing, {settings_.leaves_marker, true}).remove(transfer));
    std::ranges::move(removals, std::back_inserter(run.removals));
    return {};
  };
  for (const Transfer& transfer : found) TRY_VOID(plan(transfer));
  std::optional<TransferPlace> place;
  do {
    const TransferFilter filter{.states = {TransferState::stored}};
    TRY(TransferPage page, walk.transfers.find_transfers(filter, place, kPage));
    for (Transfer& transfer : page.transfers) TRY_VOID(plan(std::move(transfer)));
    place = page.next;
  } while (place);
  return {};
}

}  // namespace strongroom::transfers
