// doors: calls the room behind a door with what it needs, and gives back what the settle of that door has to record.
//
// The only place where rooms are called. Nothing is recorded here; repeating a call is always allowed.
#pragma once

#include <string>
#include <vector>

#include "archive/unpack.hpp"
#include "domain/version_row.hpp"
#include "ingest/progress.hpp"
#include "ingest/report.hpp"
#include "ingest/rooms.hpp"
#include "ingest/stop.hpp"
#include "ingest/verify.hpp"
#include "ports/clock.hpp"
#include "ports/damage.hpp"
#include "ports/disk_gauge.hpp"
#include "ports/log.hpp"
#include "ports/sources.hpp"
#include "ports/version_index.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct DoorSettings {
  archive::ArchiveLimits archive;
  std::uint64_t min_free = limits::kMinFree;  ///< bytes the catalogue's filesystem must have left (CORRECTNESS 1.11)
  std::string context_url;                    ///< `{base}/context.json` as fixed at first start
  SpaceProfiles profiles;
};

/// The ports the rooms use. All are thread-safe.
struct DoorNeeds {
  Catalogue& catalogue;
  Sources& sources;
  ObjectStore& records;
  Workers& workers;
  Clock& clock;
  DiskGauge& gauge;
  WorkingStorage& working;
  Log& log;
  VersionIndex* versions = nullptr;  ///< beside the catalogue, where there is one
  DamageNotes* damage = nullptr;     ///< null: nobody keeps what is found of stored files
};

/// The run a door belongs to.
struct DoorContext {
  Lease lease;
  std::optional<Fence> adopt;
  RunView view;
  std::vector<Place> places;  ///< of the run
  WorkArea& area;
  const Stop& stop;
};

/// What was behind a door.
struct Passed {
  std::string waypoint;
  std::string detail;                        ///< behind `succeeded - `
  std::optional<Assignment> assignment;      ///< of assign_version
  std::optional<Registration> registration;  ///< of register
};

/// What came of a door: passed or an Error, and in either case the report.
struct DoorOutcome {
  Result<Passed> result;
  ReportWriter::Summary report;
};

/// Enters one door. Exceptions of libraries end here as broken Errors.
DoorOutcome enter_door(const DoorNeeds& needs, const DoorSettings& settings, const DoorContext& context,
                       const StepKey& key);

/// The first half of register: the description's waypoint, to be recorded before register is entered again.
Result<std::string> describe_version(const DoorNeeds& needs, const DoorSettings& settings, const DoorContext& context);

}  // namespace strongroom::ingest
