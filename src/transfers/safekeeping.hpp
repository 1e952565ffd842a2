// Safekeeping: whether a bag version lies verified in every location that its space requires (transfers.md 12.2).
//
// Told by the catalogue alone: a version is registered with the locations in which each of its files was read back and
// found right, and what reading has found damaged since is known. Any thread.
#pragma once

#include <vector>

#include "domain/location.hpp"
#include "ports/catalogue.hpp"
#include "ports/damage.hpp"
#include "ports/transfers.hpp"

namespace strongroom::transfers {

/// Everything outlives who asks.
struct SafekeepingNeeds {
  Catalogue& catalogue;
  KnownDamage& damage;
  const std::vector<LocationFacts>& locations;  ///< as configured, with their uuids
};

/// False, too, when no location serves the space. An Error is the catalogue's: in doubt nobody may say that it is safe.
[[nodiscard]] Result<bool> is_safely_stored(const SafekeepingNeeds& needs, const TransferBag& stored);

}  // namespace strongroom::transfers
