// register: the description is made once, kept, written to every location and read back there; then one transaction
// makes the version visible (pipeline.md 9, CORRECTNESS 1.2).
//
// Two halves, because what the first makes is recorded before the second begins: from the first description in a
// location on, the run can only succeed.
#pragma once

#include "domain/description.hpp"
#include "domain/waypoints.hpp"
#include "ingest/rooms.hpp"
#include "ports/clock.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct DescribeNeeds {
  WorkArea& area;
  ObjectStore& records;
};

/// What the description says that is not in the work area.
struct DescribeTask {
  std::string context_url;
  Ingest ingest;
  Version version;
  Instant created;
  std::uint64_t source_size = 0;
  Verified verified;
  std::vector<DescribedLocation> locations;
  std::vector<IngestEvent> events;  ///< of the ingest; cut after `Register started`
};

/// Makes the description and its sparse index, and keeps both in the records store.
Result<Described> describe(const DescribeNeeds& needs, const DescribeTask& task);

/// Writes the description to every place that lacks it and reads it back from each. A different one there, looked for
/// in every place before anything is written, is a refusal (`a different description of … is already stored at …`).
Result<void> publish(ObjectStore& records, const std::vector<Place>& places, const BagId& bag, Version version,
                     const Described& described);

}  // namespace strongroom::ingest
