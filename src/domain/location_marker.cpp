#include "domain/location_marker.hpp"

#include "base/json_text.hpp"
#include "domain/json_members.hpp"
#include "domain/layout.hpp"

namespace strongroom {

std::string marker_text(const LocationMarker& marker) {
  std::string text;
  JsonWriter(text).begin_object().member("uuid", marker.uuid).member("label", marker.label).end_object();
  return text + "\n";
}

Result<LocationMarker> parse_marker(std::string_view text) {
  const auto members = JsonMembers::parse(text);
  const auto uuid = members ? members->text("uuid") : Result<std::string>(members.error());
  const auto label = members ? members->text("label") : Result<std::string>(members.error());
  if (!uuid || !label) {
    return temporary("the location's marker cannot be understood", layout::location_marker_key(), Reason::corrupt);
  }
  return LocationMarker{*uuid, *label};
}

}  // namespace strongroom
