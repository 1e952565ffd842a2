// The proof that a location is itself: the content of `_strongroom/location.json` (CORRECTNESS 1.9).
// Plain values and pure functions: any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace strongroom {

struct LocationMarker {
  std::string uuid;
  std::string label;
};

/// As it is stored: one line of JSON.
[[nodiscard]] std::string marker_text(const LocationMarker& marker);
/// Reason::corrupt (temporary: a wrong disk may be put right) for anything else.
[[nodiscard]] Result<LocationMarker> parse_marker(std::string_view text);

}  // namespace strongroom
