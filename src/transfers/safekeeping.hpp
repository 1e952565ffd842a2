// Safekeeping: whether a bag version lies verified in every location that its space requires (transfers.md 12.2).
//
// Told by the catalogue alone: a version is registered with the locations in which each of its files was read back and
// found right. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/location.hpp"
#include "ports/catalogue.hpp"
#include "ports/transfers.hpp"

namespace strongroom::transfers {

/// The name of the fact (of Transfers) that the copy of a version in a location was found damaged, in words; empty
/// again once it has been repaired.
[[nodiscard]] std::string damaged_fact(std::string_view location_uuid, const BagId& bag, Version version);

/// Everything outlives who asks.
struct SafekeepingNeeds {
  Catalogue& catalogue;
  Transfers& transfers;
  const std::vector<LocationFacts>& locations;  ///< as configured, with their uuids
};

/// False, too, when no location serves the space. An Error is the catalogue's.
[[nodiscard]] Result<bool> is_safely_stored(const SafekeepingNeeds& needs, const TransferBag& stored);

}  // namespace strongroom::transfers
