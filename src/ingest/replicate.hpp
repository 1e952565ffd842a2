// replicate: the verified files from working storage to one location (pipeline.md 8.1). A copy that nobody has read
// back yet.
#pragma once

#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ingest/progress.hpp"
#include "ingest/rooms.hpp"
#include "ingest/stop.hpp"
#include "ports/deposit.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct ReplicateNeeds {
  WorkArea& area;
  Depository& depository;
  Workers& workers;
  ProblemSink& problems;
  ProgressMeter& progress;
  const Stop& stop;
};

/// Writes every file, or finds identical ones, and makes the deposit durable. Other content in the way is a refusal.
/// The inventory's names lie below the root in the work area.
Result<Replicated> replicate(const ReplicateNeeds& needs, const DepositTicket& ticket, const Rooted& rooted,
                             const InventoryRef& inventory);

}  // namespace strongroom::ingest
