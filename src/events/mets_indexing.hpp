// METS indexing: the consumer of the event log that notes which bag versions hold the METS file of which Archivematica
// transfer (transfers.md 11).
//
// Begins with the first registration there ever was, so bags stored before anybody asked are known, too. What it notes
// may be noted again. Transfers that turn up in a bag are due at once. One thread.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "events/registered_version.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/sinks.hpp"
#include "ports/transfers.hpp"

namespace strongroom::events {

/// Everything outlives the indexing.
struct MetsIndexingNeeds {
  EventLog& log;
  Sinks& sinks;
  Transfers& transfers;
  VersionNeeds versions;
  Clock& clock;
};

/// Name of its place among the sinks.
inline constexpr char kMetsIndexing[] = "mets names";

class MetsIndexing {
 public:
  MetsIndexing(const MetsIndexingNeeds& needs, std::stop_token stop);

  /// Notes what stands behind the place, one page of the log. False when there was nothing. An Error leaves the place
  /// behind what was noted.
  Result<bool> index_some();
  /// index_some() until there is nothing: what is registered now is known then.
  Result<void> catch_up();
  /// index_some() again and again until a stop is asked for, with pauses while there is trouble.
  void run();

 private:
  Result<void> index(const LoggedEvent& logged);
  Result<void> wake(const std::string& name);

  const MetsIndexingNeeds& needs_;
  const std::stop_token stop_;
  std::int64_t seen_ = 0;  ///< of the log; the place that is kept may be a little behind
};

}  // namespace strongroom::events
