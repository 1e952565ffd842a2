#include "cli/damage_watch.hpp"

#include <set>
#include <string>

namespace strongroom::cli {
namespace {

constexpr Duration kPause = std::chrono::minutes(1);
constexpr Duration kBetweenRechecks = std::chrono::hours(1);

/// Each location's number of damaged files, and the alert about them. `well`: those about which it is over.
Result<void> tell(const DamageWatchNeeds& needs, std::set<std::string>& well) {
  for (const LocationFacts& location : needs.recheck.facts) {
    TRY(const std::uint64_t files, needs.recheck.known.count_damage(location.uuid));
    needs.metrics.set(metric::kDamagedFiles, {location.name.str()}, static_cast<double>(files));
    const std::string problem = "copies in " + location.name.str();
    if (files == 0) {
      // Once: it may have been on when the process began, and each time costs a transaction.
      if (well.insert(problem).second) needs.alarm.over(problem);
    } else {
      well.erase(problem);
      // Without their number, which would make another alert of each.
      needs.alarm.raise(problem, "stored files are missing or damaged in the location " + location.name.str() +
                                     ": file.copy_damaged in the log names them; put good copies there");
    }
  }
  return {};
}

}  // namespace

void watch_damage(const DamageWatchNeeds& needs, const std::stop_token& stop) {
  care::Rechecking rechecking(needs.recheck);
  std::set<std::string> well;
  Duration next = needs.clock.since_boot() + kBetweenRechecks;
  do {
    Result<void> done = tell(needs, well);
    if (done && needs.clock.since_boot() >= next) {
      done = rechecking.round(stop);
      if (done) done = tell(needs, well);
      next = needs.clock.since_boot() + kBetweenRechecks;
    }
    if (!done && done.error().reason != Reason::stopped) {
      needs.log.write(LogLevel::warning, "damage_not_looked_at", {{"error", done.error().text()}});
    }
  } while (needs.clock.wait_until(needs.clock.since_boot() + kPause, stop));
}

}  // namespace strongroom::cli
