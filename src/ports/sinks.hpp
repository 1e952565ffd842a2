// Sinks: how far each consumer outside of the house has come in the event log, and what it did not take
// (search-index.md).
//
// Kept by the adapter that keeps the catalogue, beside the event log. A sink is known by its name, which tells where it
// writes to; a new name begins before the first event, or where its consumer
// settles it first. Two workers that serve one sink do no harm: places never go
// back, and what a sink writes may be written twice. All calls may come from any thread; each is atomic. Errors as the
// catalogue's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom {

/// A document as its index knows it.
struct DocumentKey {
  std::string index;
  std::string id;
  friend auto operator<=>(const DocumentKey&, const DocumentKey&) = default;
};

/// A document that the other side will not take, however often it is sent. It can be made again from the event.
struct RefusedDocument {
  DocumentKey key;
  std::int64_t version = 0;
  std::int64_t sequence = 0;  ///< of the event it was made for; 0 when it was made without one
  std::string reason;         ///< as the other side gave it
  Instant refused;
};

/// What has come of documents that were sent.
struct SinkSettle {
  std::string sink;
  std::int64_t position = 0;             ///< everything up to here was taken or refused; a lower one changes nothing
  std::vector<DocumentKey> taken{};      ///< refused no longer, if they were
  std::vector<RefusedDocument> refused;  ///< each replaces what was known of its document
};

struct SinkState {
  std::int64_t position = 0;
  std::uint64_t refused = 0;
  bool is_known = false;  ///< it has been settled before
};

class Sinks {
 public:
  virtual ~Sinks() = default;

  virtual Result<SinkState> sink_state(const std::string& sink) = 0;
  virtual Result<void> settle_sink(const SinkSettle& settle) = 0;
  /// The next `limit` behind `after` by index and id.
  virtual Result<std::vector<RefusedDocument>> refused_documents(const std::string& sink, const DocumentKey& after,
                                                                 std::size_t limit) = 0;
};

}  // namespace strongroom
