#include "cli/upkeep.hpp"

namespace strongroom::cli {
namespace {

constexpr Duration kPause = std::chrono::minutes(1);

}  // namespace

void keep_up(sqlite::SqliteCatalogue& catalogue, Clock& clock, Log& log) {
  const Result<std::uint64_t> dropped = catalogue.drop_expired_tokens(clock.now());
  if (!dropped) log.write(LogLevel::warning, "tokens_not_dropped", {{"error", dropped.error().text()}});
  const Result<void> emptied = catalogue.checkpoint();
  if (!emptied) log.write(LogLevel::warning, "checkpoint_failed", {{"error", emptied.error().text()}});
}

void run_upkeep(sqlite::SqliteCatalogue& catalogue, Clock& clock, Log& log, std::stop_token stop) {
  while (clock.wait_until(clock.since_boot() + kPause, stop)) keep_up(catalogue, clock, log);
}

}  // namespace strongroom::cli
