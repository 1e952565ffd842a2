// unpack: the package is read once, as a stream; its files come to lie in the staging of every location at once, or in
// working storage where no location stages, hashed as they are written (pipeline.md 4, CORRECTNESS 4.2).
#pragma once

#include "archive/unpack.hpp"
#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ingest/progress.hpp"
#include "ingest/rooms.hpp"
#include "ingest/stop.hpp"
#include "ports/sources.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct UnpackNeeds {
  Sources& sources;
  WorkArea& area;
  const std::vector<Place>& places;
  Workers* workers;  ///< null: everything in the caller's thread
  ProblemSink& problems;
  ProgressMeter& progress;
  const Stop& stop;
};

struct UnpackTask {
  SourceLocation source;
  archive::ArchiveLimits limits;
  /// Of an earlier attempt of this run: the package must still give the same files (CORRECTNESS 2.4).
  std::optional<InventoryRef> expected;
  std::optional<StagingTicket> staging{};  ///< absent: into working storage alone
};

/// Begins with an empty tree. A refusal carries the event's detail.
Result<Unpacked> unpack(const UnpackNeeds& needs, const UnpackTask& task);

}  // namespace strongroom::ingest
