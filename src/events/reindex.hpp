// Reindexing: `registered-bag` events of what is stored, once more (http-api.md 6.4, pipeline.md 10).
//
// request_reindex() writes down what is to be emitted; run_reindexing() emits it, batch by batch, in whichever process
// has time. Both go by the event log alone, so a reindex survives restarts. Any thread.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/event_log.hpp"
#include "ports/log.hpp"

namespace strongroom::events {

struct ReindexRequest {
  ReindexScope scope;
  ClientId client;
  RequestId request_id;
};

struct ReindexReceipt {
  std::string id;
  Instant requested;
  std::uint64_t bag_versions = 0;  ///< to be emitted
};

/// Reason::not_found (rejected) for a bag of which nothing is registered.
Result<ReindexReceipt> request_reindex(EventLog& log, Clock& clock, Entropy& entropy, const ReindexRequest& request);

/// Everything outlives the run.
struct ReindexingNeeds {
  EventLog& log;
  Catalogue& catalogue;  ///< tells when something was committed
  Clock& clock;
  Entropy& entropy;
  Log& journal;
};

/// Emits until a stop is asked for; in between the writer is left to others.
void run_reindexing(const ReindexingNeeds& needs, const std::stop_token& stop);

}  // namespace strongroom::events
