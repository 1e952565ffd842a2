// What is done about stored files that are known to be damaged: operators are alerted as long as there are any, they
// are counted for those who watch the service, and read again every hour, in case they have been put back.
//
// Part of the wiring; one loop a process, on a thread of its own.
#pragma once

#include <stop_token>

#include "care/rechecking.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "transfers/alarm.hpp"

namespace strongroom::cli {

/// Everything outlives the loop.
struct DamageWatchNeeds {
  care::RecheckNeeds recheck;
  transfers::Alarm& alarm;
  Clock& clock;
  Metrics& metrics;
  Log& log;
};

/// Looks at the register every minute until a stop is asked for.
void watch_damage(const DamageWatchNeeds& needs, const std::stop_token& stop);

}  // namespace strongroom::cli
