// Indexing: the consumer of the event log that fills the search index (http-api.md 9.3).
//
// It keeps its own place in the log, in the index itself, so an index that was removed is filled anew from the first
// event on. Each registered version is taken in from its stored description. One thread.
#pragma once

#include <stop_token>
#include <vector>

#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/log.hpp"
#include "ports/object_store.hpp"
#include "ports/search_index.hpp"

namespace strongroom::events {

/// Everything outlives the run.
struct IndexingNeeds {
  SearchIndex& index;
  EventLog& log;
  Catalogue& catalogue;
  ObjectStore& records;
  const std::vector<ObjectStore*>& locations;
  Clock& clock;
  Log& journal;
};

/// Takes in what stands behind the index's place, one page of the log. False when there was nothing.
Result<bool> index_some(const IndexingNeeds& needs);

/// index_some() again and again until a stop is asked for. A version whose description cannot be read is tried again:
/// what is not found must not look as if it were not there.
void run_indexing(const IndexingNeeds& needs, const std::stop_token& stop);

}  // namespace strongroom::events
