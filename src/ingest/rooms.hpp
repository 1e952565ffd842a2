// What every room knows of the run it works for: ids and facts, no ports.
// Plain values and references; any thread.
#pragma once

#include <algorithm>
#include <vector>

#include "domain/ingest.hpp"
#include "domain/layout.hpp"
#include "domain/location.hpp"
#include "domain/problem.hpp"
#include "ports/catalogue.hpp"
#include "ports/deposit.hpp"

namespace strongroom::ingest {

/// Names of the blobs that one room leaves for the next in the work area.
namespace blobs {
inline constexpr const char* kArchiveInventory = "archive-inventory";
inline constexpr const char* kInventory = "inventory";
inline constexpr const char* kFetched = "fetched";
inline constexpr const char* kBagInfo = "bag-info";
}  // namespace blobs

/// A location with what is plugged in there.
struct Place {
  LocationFacts facts;
  ObjectStore& store;
  Depository& depository;
};

/// What file names have to fit in every one of the locations (domain-rules.md 2.5).
[[nodiscard]] inline layout::KeyBudget largest_budget(const BagId& bag, const std::vector<Place>& places) {
  layout::KeyBudget largest;
  for (const Place& place : places) {
    const layout::KeyBudget budget = layout::key_budget(bag, place.facts.prefix);
    largest.bytes = std::max(largest.bytes, budget.bytes);
    largest.components = std::max(largest.components, budget.components);
  }
  return largest;
}

/// A refused version as the report has it.
[[nodiscard]] inline Problem version_problem(const Assignment& assignment) {
  Problem problem;
  problem.rule = "P6";
  problem.kind = assignment.refusal_kind;
  problem.description = assignment.refusal;
  return problem;
}

/// The depositor's to mend: the run fails with `detail` behind ` - `.
[[nodiscard]] inline Error refusal(std::string detail) { return rejected(std::move(detail)); }

}  // namespace strongroom::ingest
