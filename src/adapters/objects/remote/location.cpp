#include "adapters/objects/remote/location.hpp"

#include "adapters/objects/remote/identity.hpp"
#include "domain/layout.hpp"

namespace strongroom::remote {

Result<std::unique_ptr<Location>> Location::open(std::unique_ptr<RemoteStore> store, const std::string& expected_uuid) {
  TRY(LocationMarker marker, read_marker(*store));
  if (!expected_uuid.empty() && marker.uuid != expected_uuid) {
    return temporary("another location lies where this one should be", layout::location_marker_key(), Reason::conflict);
  }
  TRY_VOID(probe_create_only(*store));
  return std::unique_ptr<Location>(new Location(std::move(store), std::move(marker.uuid), true));
}

std::unique_ptr<Location> Location::expect(std::unique_ptr<RemoteStore> store, std::string uuid) {
  return std::unique_ptr<Location>(new Location(std::move(store), std::move(uuid), false));
}

}  // namespace strongroom::remote
