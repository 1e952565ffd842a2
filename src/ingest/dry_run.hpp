// dry_run: what would come of an ingest, without making one (http-api.md 9.2). A front of this layer.
//
// Calls the rooms unpack, find_root and verify and the choice of a version with what their doors would give them, in a
// work area of its own that is gone afterwards. No lease, no write to the catalogue or to a location. Any
// thread; one call at a time for one id.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "archive/unpack.hpp"
#include "base/limits.hpp"
#include "ingest/rooms.hpp"
#include "ingest/verify.hpp"
#include "ports/clock.hpp"
#include "ports/damage.hpp"
#include "ports/disk_gauge.hpp"
#include "ports/dry_runs.hpp"
#include "ports/log.hpp"
#include "ports/object_store.hpp"
#include "ports/sources.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct DryRunNeeds {
  Catalogue& catalogue;  ///< read only
  Sources& sources;
  Clock& clock;
  DiskGauge& gauge;
  WorkingStorage& working;  ///< of dry runs, never that of ingests
  const std::vector<Place>& places;
  ObjectStore& records;
  Log& log;
  DamageNotes* damage = nullptr;  ///< null: nobody keeps what is found of stored files
};

struct DryRunSettings {
  archive::ArchiveLimits archive;
  std::uint64_t min_free = limits::kMinFree;
  SpaceProfiles profiles;
};

/// A package that would be refused is a report, with all that was found. An Error is trouble: temporary, stopped among
/// it, or broken; then nothing is known about the package.
Result<DryRunReport> dry_run(const DryRunNeeds& needs, const DryRunSettings& settings, const DryRunOrder& order,
                             const DryRunTold& tell, const std::stop_token& stop);

}  // namespace strongroom::ingest
