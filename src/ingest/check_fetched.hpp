// Checking in one location the files that a version takes from earlier ones (pipeline.md 8.3).
// Called by rooms, from their own thread.
#pragma once

#include "domain/inventory.hpp"
#include "ingest/check_copy.hpp"
#include "ingest/compare.hpp"
#include "ingest/rooms.hpp"

namespace strongroom::ingest {

/// Each fetched file is there with its recorded size, as listings of the version directories concerned say: one page of
/// a listing for a thousand files, no call per file. Where the location is set so and its tier allows it, their bytes
/// are read and hashed too. What is wrong is a problem each, and given back; the damage of the earlier versions' copy
/// is noted.
Result<NamedFaults> check_fetched(const CheckCopyNeeds& needs, const Place& place, const BagId& bag,
                                  const InventoryRef& fetched);

}  // namespace strongroom::ingest
