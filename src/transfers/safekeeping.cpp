#include "transfers/safekeeping.hpp"

#include <algorithm>

namespace strongroom::transfers {

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
    TRY(const bool is_damaged, needs.damage.is_copy_damaged(location.uuid, bag, *version));
    if (is_damaged) return false;
    is_kept = true;
  }
  return is_kept;
}

}  // namespace strongroom::transfers
