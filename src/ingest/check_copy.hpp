// check_copy: every file of a copy against the inventory, and its listing both ways (pipeline.md 8.2, CORRECTNESS 4.3,
// 4.4). Its bytes are read from the medium, unless the location is trusted to have computed their digests itself.
#pragma once

#include "ingest/batches.hpp"
#include "ingest/compare.hpp"
#include "ingest/package_files.hpp"
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
  /// With it what the location's provider has computed is believed (CopyCheck::server_checksum); digests of parts are
  /// compared with those of its files. Null: everything is read back.
  PackageFiles* package = nullptr;

  [[nodiscard]] CopyCheck check() const { return package == nullptr ? CopyCheck::full : CopyCheck::server_checksum; }
};

/// Reads staging before commit, the final keys of what is already stored. Each faulty file is counted once.
Result<ListingDifference> check_copy(const CheckCopyNeeds& needs, Deposit& deposit, const InventoryRef& inventory);

}  // namespace strongroom::ingest
