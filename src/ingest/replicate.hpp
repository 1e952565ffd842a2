// replicate: the verified files come to be a deposit of one location (pipeline.md 8.1): those that unpacking has staged
// there, or copies of them. A copy that nobody has read back yet.
#pragma once

#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ingest/batches.hpp"
#include "ingest/package_files.hpp"
#include "ingest/progress.hpp"
#include "ingest/rooms.hpp"
#include "ingest/stop.hpp"
#include "ports/deposit.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct ReplicateNeeds {
  WorkArea& area;
  PackageFiles& files;
  Depository& depository;
  Workers& workers;
  ProblemSink& problems;
  ProgressMeter& progress;
  const Stop& stop;
  Spread spread{};
};

/// Takes in what unpacking has staged, or writes every file, or finds identical ones, and makes the deposit durable.
/// Other content in the way is a refusal.
Result<Replicated> replicate(const ReplicateNeeds& needs, const DepositTicket& ticket, const Rooted& rooted,
                             const InventoryRef& inventory);

}  // namespace strongroom::ingest
