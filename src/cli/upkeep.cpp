#include "cli/upkeep.hpp"

#include <algorithm>

namespace strongroom::cli {
namespace {

constexpr Duration kPause = std::chrono::minutes(1);
/// Uploads a round: removing a few thousand directories must not hold up the rest.
constexpr std::size_t kUploadsMax = 1000;
/// Events of a transaction, and transactions a round: in between the writer is left to others.
constexpr std::size_t kUpdatesAtOnce = 1000;
constexpr int kUpdateBatchesMax = 100;
constexpr Duration kBreath = std::chrono::milliseconds(5);
/// Events about transfers and for operators, at least (transfers.md 16.1).
constexpr Duration kTransferUpdatesKept = std::chrono::hours(24 * 90);
/// Named in a warning; the command line lists all.
constexpr std::size_t kStuckMax = 10;

class Round {
 public:
  Round(const UpkeepNeeds& needs, const UpkeepSettings& settings) : needs_(needs), settings_(settings) {}

  void run() {
    const Instant now = needs_.clock.now();
    tell("tokens_not_dropped", needs_.catalogue.drop_expired_tokens(now));
    tell("keys_not_dropped", needs_.catalogue.forget_keys(now - settings_.keys_kept));
    const Duration transfers_kept = std::max(settings_.updates_kept, kTransferUpdatesKept);
    tell("events_not_dropped", drop_old_events(&EventLog::drop_updates, now - settings_.updates_kept));
    tell("events_not_dropped", drop_old_events(&EventLog::drop_transfer_updates, now - transfers_kept));
    for (const auto& [area, keep] : settings_.areas) tell("uploads_not_removed", remove_spent(area, now - keep));
    tell("stuck_not_looked_for", warn_of_stuck(now));
    tell("checkpoint_failed", needs_.catalogue.checkpoint());
  }

 private:
  template <class T>
  void tell(std::string_view event, const Result<T>& result) {
    if (!result) needs_.log.write(LogLevel::warning, event, {{"error", result.error().text()}});
  }

  using Drop = Result<std::uint64_t> (EventLog::*)(Instant instant, std::size_t limit);

  Result<void> drop_old_events(Drop drop, Instant before) {
    std::uint64_t dropped = 0;
    for (int batch = 0; batch < kUpdateBatchesMax; ++batch) {
      EventLog& log = needs_.catalogue;
      TRY(const std::uint64_t some, (log.*drop)(before, kUpdatesAtOnce));
      dropped += some;
      if (some < kUpdatesAtOnce) break;
      needs_.clock.wait_until(needs_.clock.since_boot() + kBreath, {});
    }
    if (dropped > 0) needs_.log.write(LogLevel::info, "events_dropped", {{"events", std::to_string(dropped)}});
    return ok();
  }

  /// The file goes before its line in the ledger: what is struck is certainly gone.
  Result<void> remove_spent(const std::string& area, Instant before) {
    TRY(const std::vector<UploadEntry> spent, needs_.catalogue.spent_uploads(area, before, kUploadsMax));
    for (const UploadEntry& upload : spent) {
      TRY_VOID(needs_.uploads.remove(upload.area, upload.path));
      TRY_VOID(needs_.catalogue.strike_upload(upload));
      needs_.log.write(LogLevel::info, "upload_removed", {{"area", upload.area}, {"path", upload.path}});
    }
    return ok();
  }

  Result<void> warn_of_stuck(Instant now) {
    TRY(const std::vector<StuckIngest> stuck, needs_.catalogue.stuck_since(now - settings_.stuck_after, kStuckMax));
    for (const StuckIngest& one : stuck) {
      needs_.log.write(
          LogLevel::warning, "ingest_stuck",
          {{"ingest", one.ingest.str()}, {"bag", one.bag.str()}, {"noNewsSince", format_instant(one.since)}});
    }
    return ok();
  }

  const UpkeepNeeds& needs_;
  const UpkeepSettings& settings_;
};

}  // namespace

void keep_up(const UpkeepNeeds& needs, const UpkeepSettings& settings) { Round(needs, settings).run(); }

void run_upkeep(const UpkeepNeeds& needs, const UpkeepSettings& settings, std::stop_token stop) {
  while (needs.clock.wait_until(needs.clock.since_boot() + kPause, stop)) keep_up(needs, settings);
}

}  // namespace strongroom::cli
