// An inventory in batches of bounded size, for rooms that work on several files side by side.
// Memory stays bounded, whatever the bag holds.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "domain/inventory.hpp"
#include "domain/problem.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

/// How many files of one location are read or written at the same time.
inline constexpr std::size_t kFilesAtOnce = 16;

/// What working on one file gave: nothing to say, or a problem of that file.
using EntryFinding = std::optional<Problem>;

/// Calls `work` once for every entry of the verified inventory, several at a time, and then `found` for each problem,
/// in the inventory's order and from one thread. The first Error of `work` ends it; a damaged inventory is an Error
/// too, at the latest at the end.
Result<void> for_each_entry(WorkArea& area, const InventoryRef& inventory, Workers& workers,
                            const std::function<Result<EntryFinding>(const InventoryEntry&)>& work,
                            const std::function<Result<void>(Problem)>& found);

/// Calls `visit` for every entry of an inventory blob in order.
Result<void> visit_entries(WorkArea& area, const char* blob, const InventoryRef& inventory,
                           const std::function<Result<void>(const InventoryEntry&)>& visit);

}  // namespace strongroom::ingest
