// check_copy: every byte of a copy, from the medium, against the inventory, and its listing both ways (pipeline.md 8.2,
// CORRECTNESS 4.3, 4.4).
#pragma once

#include "ingest/batches.hpp"
#include "ingest/compare.hpp"
#include "ingest/progress.hpp"
#include "ingest/stop.hpp"
#include "ports/damage.hpp"
#include "ports/deposit.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct CheckCopyNeeds {
  WorkArea& area;
  Workers& workers;
  ProblemSink& problems;
  ProgressMeter& progress;
  const Stop& stop;
  Spread spread{};
  DamageNotes* damage = nullptr;  ///< of files that earlier versions hold; null: nobody keeps what is found
};

/// Reads staging before commit, the final keys of what is already stored. Each faulty file is counted once.
Result<ListingDifference> check_copy(const CheckCopyNeeds& needs, Deposit& deposit, const InventoryRef& inventory);

}  // namespace strongroom::ingest
