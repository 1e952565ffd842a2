// Restoration: putting into an empty catalogue what the descriptions of a location say (pipeline.md 9.3).
//
// Kept by the adapter that keeps the catalogue. Each call is one transaction; a restoration that was cut off goes on
// with the same calls. Nothing is told to the outside: no outgoing event comes of it. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/audit.hpp"
#include "domain/ingest.hpp"
#include "domain/version_row.hpp"

namespace strongroom {

/// Facts of the catalogue: the uuid of the location that a restoration comes from, and that it has ended. While there
/// is the first without the second the catalogue is not in service.
inline constexpr std::string_view kRestorationFrom = "restoration.from";
inline constexpr std::string_view kRestorationEnded = "restoration.ended";

/// A version with the ingest that brought it.
struct RestoredVersion {
  Ingest ingest;  ///< ended, with its version and locations
  std::vector<IngestEvent> events;
  VersionRow row;
};

class Restoration {
 public:
  virtual ~Restoration() = default;
  /// Begins, or goes on with what was begun from the location with this uuid. Sequences of outgoing events begin above
  /// `sequence`. Reason::conflict (rejected) when the catalogue holds ingests that did not come of that restoration.
  virtual Result<void> begin_restoration(const std::string& location_uuid, std::int64_t sequence) = 0;
  /// Once begun. The same version again is success; Reason::conflict when another ingest or another version is there.
  virtual Result<void> restore(const RestoredVersion& version) = 0;
  /// The catalogue is in service from now on: it can no longer be restored into.
  virtual Result<void> end_restoration(const Deed& deed) = 0;
};

}  // namespace strongroom
