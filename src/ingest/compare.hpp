// Comparing what a location lists with the inventory, both ways (pipeline.md 8.2): nothing missing, nothing extra.
// Called by rooms, from their own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/sorter.hpp"
#include "domain/inventory.hpp"
#include "domain/problem.hpp"
#include "ports/deposit.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

/// Names of the first few files of a kind, for an event text, and how many there are.
struct NamedFaults {
  std::uint64_t count = 0;
  std::string first;
  std::string names;  ///< in the order added, joined by `, `, as far as an event could show them
  void add(std::string_view name);
};

struct ListingDifference {
  NamedFaults faulty;      ///< missing, or of another size
  NamedFaults unexpected;  ///< not in the inventory
  [[nodiscard]] bool none() const { return faulty.count == 0 && unexpected.count == 0; }
};

/// Every difference is also a problem (K2 missing-file, K1 wrong-length as `wrong-checksum`'s cheap form, L2
/// unlisted-file).
Result<ListingDifference> compare_listing(Deposit& deposit, WorkArea& area, const InventoryRef& inventory,
                                          ProblemSink& problems);

/// Calls `found` for every file of the deposit that the inventory does not have.
Result<void> visit_unexpected(Deposit& deposit, WorkArea& area, const InventoryRef& inventory,
                              const std::function<Result<void>(std::string_view name)>& found);

/// The text of rule K, or of L2 when nothing is faulty (bag-acceptance.md 6).
[[nodiscard]] std::string difference_text(const ListingDifference& difference);

}  // namespace strongroom::ingest
