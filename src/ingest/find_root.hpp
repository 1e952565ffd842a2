// find_root: which directory of the package is the bag (pipeline.md 5).
// A room: called by doors only.
#pragma once

#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

/// Reads the archive's inventory. A refusal carries the event's detail.
Result<Rooted> find_root(WorkArea& area, const Unpacked& unpacked, ProblemSink& problems);

}  // namespace strongroom::ingest
