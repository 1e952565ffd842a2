// An inventory in batches of bounded size, for rooms that work on several files side by side.
// Memory stays bounded, whatever the bag holds.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "domain/inventory.hpp"
#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

/// How many files of one location are read or written at the same time.
inline constexpr std::size_t kFilesAtOnce = 16;

/// What working on one file gave: nothing to say, or a problem of that file.
using EntryFinding = std::optional<Problem>;

/// Calls `work` once for every entry of an inventory blob, several at a time, and then `found` for each problem,
/// in the inventory's order and from one thread. The first Error of `work` ends it; a damaged inventory is an Error
/// too, at the latest at the end.
Result<void> for_each_entry(WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers,
                            const std::function<Result<EntryFinding>(const InventoryEntry&)>& work,
                            const std::function<Result<void>(Problem)>& found);

/// Files that are worked on together: one of some size, or several small ones.
inline constexpr std::size_t kTogetherMax = 64;
inline constexpr std::uint64_t kTogetherSize = 16 << 10;

/// As for_each_entry(); `work` is given a group, and what came of it is in `findings`, in the same order.
Result<void> for_each_group(
    WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers,
    const std::function<void(std::span<const InventoryEntry> entries, std::span<Result<EntryFinding>> findings)>& work,
    const std::function<Result<void>(Problem)>& found);

/// Calls `visit` for every file of the version in order of name: its own and those it takes from earlier versions.
Result<void> visit_merged(WorkArea& area, const Verified& verified,
                          const std::function<Result<void>(const InventoryEntry&)>& visit);

/// Calls `visit` for every entry of an inventory blob in order.
Result<void> visit_entries(WorkArea& area, const char* blob, const InventoryRef& inventory,
                           const std::function<Result<void>(const InventoryEntry&)>& visit);

}  // namespace strongroom::ingest
