// Documents that several rooms show: the JSON view of an ingest, with its progress (http-api.md 4.4, 9.1).
//
// The API, the callback and the event stream must never differ in it, so it is made in one place. Pure functions; the
// texts have no insignificant whitespace.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/json_text.hpp"
#include "domain/ingest.hpp"
#include "domain/location.hpp"
#include "domain/steps.hpp"

namespace strongroom {

/// Whom a document is made for (http-api.md 4.4, `callback.url`).
enum class Reader : std::uint8_t {
  creator,  ///< the client that made the ingest, and the callback itself: the callback URL in full
  other,    ///< everybody else: query string and user information masked
};

/// How far one running step has come.
struct StepProgress {
  std::string step;  ///< `replicating to {label}`
  Progress progress;
  /// Bytes per second since the step began; absent while nothing has moved, and when an earlier attempt of the step
  /// was lost, because then nobody knows since when these bytes were moving.
  std::optional<std::uint64_t> bytes_per_second;
  std::optional<std::uint64_t> seconds_left;  ///< absent without a rate or without a total
};

/// The label of the step's location, its name when it is not configured any more; empty when the step has none.
[[nodiscard]] std::string_view label_of_location(const StepKey& key, const std::vector<LocationFacts>& locations);

/// The running steps of the current run, in their given order. `now` may lie before a step's start: clocks step back.
[[nodiscard]] std::vector<StepProgress> progress_of(const std::vector<StepRecord>& steps,
                                                    const std::vector<LocationFacts>& locations, Instant now);

struct IngestDocument {
  const Ingest& ingest;
  const std::vector<IngestEvent>& events;  ///< ascending
  Reader reader = Reader::other;
  std::string_view context_url{};           ///< `{base}/context.json`; no `@context` when empty (event bodies)
  std::vector<StepProgress> progress = {};  ///< left out when empty or when the run has ended
};

/// The document of http-api.md 4.4.
[[nodiscard]] std::string ingest_document(const IngestDocument& document);

/// `/bags/{space}/{externalIdentifier}`, percent-encoded: where a bag is below the base URL (http-api.md 5).
[[nodiscard]] std::string bag_resource(const BagId& bag);

/// `"progress":[…]` as the next member of the object that is being written.
void write_progress(JsonWriter& writer, const std::vector<StepProgress>& list);

/// The body of a `registered-bag` event, exactly as deployed (http-api.md 6.1).
[[nodiscard]] std::string registered_bag_body(const BagId& bag, Version version);

/// `{"type":"Location","provider":{…},"bucket":…,"path":…}` of a source, as value of the key written before.
void write_source_location(JsonWriter& writer, const SourceLocation& source);

}  // namespace strongroom
