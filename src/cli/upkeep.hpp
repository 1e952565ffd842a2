// What the catalogue needs now and then: its write-ahead log emptied, tokens that have expired dropped.
//
// SQLite does neither by itself here (CORRECTNESS 3.3). One loop a process, on a thread of its own.
#pragma once

#include <stop_token>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"

namespace strongroom::cli {

/// One round. What does not work is logged and tried again in the next.
void keep_up(sqlite::SqliteCatalogue& catalogue, Clock& clock, Log& log);

/// A round a minute until a stop is asked for.
void run_upkeep(sqlite::SqliteCatalogue& catalogue, Clock& clock, Log& log, std::stop_token stop);

}  // namespace strongroom::cli
