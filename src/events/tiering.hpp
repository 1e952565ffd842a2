// Tiering: the consumer of the event log that moves registered versions of one location into its provider's archive
// tier (pipeline.md 7.3).
//
// It keeps two places in the log: up to the first everything was asked to be moved, up to the second everything is
// moved, and the version is known to be (archived_fact). Both go on only when that is so; asking again does no harm.
// What is not registered is never touched, and the description of a version stays readable. One thread.
#pragma once

#include <stop_token>
#include <string>

#include "domain/location.hpp"
#include "domain/version_row.hpp"
#include "ports/archiver.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/sinks.hpp"

namespace strongroom::events {

/// Everything outlives the tiering.
struct TieringNeeds {
  Catalogue& catalogue;
  Sinks& sinks;
  EventLog& log;
  Archiver& archiver;
  Clock& clock;
  Metrics& metrics;
  Log& journal;
};

class Tiering {
 public:
  Tiering(const TieringNeeds& needs, const LocationFacts& location, std::stop_token stop);

  /// Asks for the next version to be moved. False when there was none.
  Result<bool> ask_next();
  /// Looks whether the next version that was asked for has been moved, and remembers it. False when there is none, or
  /// the provider is still at it.
  Result<bool> confirm_next();
  /// Both again and again until a stop is asked for.
  void run();

 private:
  struct Next;
  Result<Next> next_behind(std::int64_t position, std::int64_t up_to);
  Result<std::size_t> visit_unmoved(const std::string& prefix, bool asks);
  Result<void> settle(const std::string& place, std::int64_t position);

  const TieringNeeds& needs_;
  const LocationFacts& location_;
  const std::string asked_;  ///< names of the two places
  const std::string moved_;
  std::stop_token stop_;
};

}  // namespace strongroom::events
