// What every room knows of the run it works for: ids and facts, no ports.
// Plain values and references; any thread.
#pragma once

#include <vector>

#include "domain/ingest.hpp"
#include "domain/layout.hpp"
#include "domain/location.hpp"
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

/// The depositor's to mend: the run fails with `detail` behind ` - `.
[[nodiscard]] inline Error refusal(std::string detail) { return rejected(std::move(detail)); }

}  // namespace strongroom::ingest
