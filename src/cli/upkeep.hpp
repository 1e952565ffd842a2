// What the installation needs now and then: the catalogue's write-ahead log emptied, tokens and keys that have expired
// dropped, spent uploads removed, and a warning about ingests that do not move.
//
// One loop a process, on a thread of its own; what does not work is logged and tried again in the next round.
#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/sources.hpp"

namespace strongroom::cli {

struct UpkeepSettings {
  Duration keys_kept = std::chrono::hours(24 * 90);
  Duration stuck_after = std::chrono::hours(1);
  Duration updates_kept = std::chrono::hours(24 * 90);    ///< `ingest-update` events
  std::vector<std::pair<std::string, Duration>> areas{};  ///< that take uploads, and how long they stay
};

struct UpkeepNeeds {
  sqlite::SqliteCatalogue& catalogue;
  Uploads& uploads;
  Clock& clock;
  Log& log;
};

/// One round.
void keep_up(const UpkeepNeeds& needs, const UpkeepSettings& settings);

/// A round a minute until a stop is asked for.
void run_upkeep(const UpkeepNeeds& needs, const UpkeepSettings& settings, std::stop_token stop);

}  // namespace strongroom::cli
