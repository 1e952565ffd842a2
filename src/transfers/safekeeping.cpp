#include "transfers/safekeeping.hpp"

#include <algorithm>

namespace strongroom::transfers {

std::string damaged_fact(std::string_view location_uuid, const BagId& bag, Version version) {
  return "damaged " + std::string(location_uuid) + " " + bag.str() + "/" + version.str();
}

Result<bool> is_safely_stored(const SafekeepingNeeds& needs, const TransferBag& stored) {
  TRY(Space space, Space::parse(stored.space));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(stored.external_identifier));
  const BagId bag{std::move(space), std::move(identifier)};
  const auto version = Version::parse(stored.version);
  if (!version) return broken("a package is stored in no version", stored.version, Reason::corrupt);
  TRY(const auto row, needs.catalogue.find_registered(bag, *version));
  if (!row || !row->registration) return false;
  const std::vector<std::string>& verified = row->registration->location_uuids;
  bool is_kept = false;
  for (const LocationFacts& location : needs.locations) {
    if (!location.serves(stored.space)) continue;
    if (location.uuid.empty() || std::ranges::find(verified, location.uuid) == verified.end()) return false;
    TRY(const std::string damage, needs.transfers.transfer_fact(damaged_fact(location.uuid, bag, *version)));
    if (!damage.empty()) return false;
    is_kept = true;
  }
  return is_kept;
}

}  // namespace strongroom::transfers
