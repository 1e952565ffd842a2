// An inventory in batches of bounded size, for rooms that work on several files side by side.
// Memory stays bounded, whatever the bag holds.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "domain/inventory.hpp"
#include "domain/location.hpp"
#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

/// How the work on many files is spread over threads.
struct Spread {
  std::size_t at_once = 16;   ///< how many are worked on at the same time
  std::size_t together = 64;  ///< how many small files that follow each other are one piece of work, at most
};

/// What suits a location: files of a directory are asked for together, objects of a provider each by itself, since
/// every one of them is waited for.
[[nodiscard]] inline Spread spread_of(const LocationFacts& facts) {
  return facts.provider == Provider::filesystem ? Spread{} : Spread{facts.requests_at_once, 1};
}

/// What working on one file gave: nothing to say, or a problem of that file.
using EntryFinding = std::optional<Problem>;

/// Calls `work` once for every entry of an inventory blob, several at a time as `spread` says, and then `found` for
/// each problem, in the inventory's order and from one thread. The first Error of `work` ends it; a damaged inventory
/// is an Error too, at the latest at the end.
Result<void> for_each_entry(WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers,
                            const Spread& spread,
                            const std::function<Result<EntryFinding>(const InventoryEntry&)>& work,
                            const std::function<Result<void>(Problem)>& found);

/// Files below this size are worked on together.
inline constexpr std::uint64_t kTogetherSize = 16 << 10;

/// As for_each_entry(); `work` is given a group, and what came of it is in `findings`, in the same order.
Result<void> for_each_group(
    WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers, const Spread& spread,
    const std::function<void(std::span<const InventoryEntry> entries, std::span<Result<EntryFinding>> findings)>& work,
    const std::function<Result<void>(Problem)>& found);

/// Calls `visit` for every file of the version in order of name: its own and those it takes from earlier versions.
Result<void> visit_merged(WorkArea& area, const Verified& verified,
                          const std::function<Result<void>(const InventoryEntry&)>& visit);

/// Calls `visit` for every entry of an inventory blob in order.
Result<void> visit_entries(WorkArea& area, const char* blob, const InventoryRef& inventory,
                           const std::function<Result<void>(const InventoryEntry&)>& visit);

}  // namespace strongroom::ingest
