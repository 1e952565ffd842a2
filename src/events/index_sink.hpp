// The index sink: the consumer of the event log that keeps the search server outside up to date (search-index.md).
//
// Each change of an ingest gives a document of the ingest, each registered version one of its bag and one for each
// payload file that is new in it. Its place in the log is durable and goes on only when every document up to there was
// taken or refused: a sink that is killed at any moment misses nothing. One thread.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "domain/location.hpp"
#include "events/bulk_writer.hpp"
#include "events/registered_version.hpp"
#include "ports/event_log.hpp"

namespace strongroom::events {

struct IndexSinkSettings {
  std::string name;    ///< of its place, index_sink_name()
  std::string prefix;  ///< of the indexes' names
  BulkSettings bulk;
};

/// Everything outlives the sink.
struct IndexSinkNeeds {
  IndexServer& server;
  Sinks& sinks;
  EventLog& log;
  VersionNeeds versions;
  const std::vector<LocationFacts>& locations;
  Clock& clock;
  Metrics& metrics;
};

/// Another server, or other indexes, are another sink: it begins before the first event.
[[nodiscard]] std::string index_sink_name(const std::string& url, const std::string& prefix);

/// Broken, with what to do about it, when one of the indexes is not there.
Result<void> require_indexes(IndexServer& server, const std::string& prefix);

class IndexSink {
 public:
  IndexSink(const IndexSinkNeeds& needs, const IndexSinkSettings& settings, std::stop_token stop);

  /// Takes in what stands behind the place, one page of the log. False when there was nothing. An Error leaves the
  /// place where it was.
  Result<bool> take_some();
  /// take_some() again and again until a stop is asked for. Waits while an index is missing: a server that makes one by
  /// itself would guess its mapping.
  void run();

 private:
  Result<void> take(const LoggedEvent& logged);
  Result<void> take_version(const LoggedEvent& logged);
  Result<void> add(IndexDocument document, std::int64_t sequence);
  Result<void> settle(const BulkOutcome& outcome);

  const IndexSinkNeeds& needs_;
  const IndexSinkSettings& settings_;
  const std::stop_token stop_;
  BulkWriter writer_;
  std::int64_t complete_ = 0;  ///< every document of the events up to here was given to the writer
};

}  // namespace strongroom::events
