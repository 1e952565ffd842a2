#include "ports/event_log.hpp"

#include <algorithm>

namespace strongroom {

namespace {

bool is_among(const std::optional<std::vector<std::string>>& spaces, std::string_view space) {
  return !spaces || std::ranges::find(*spaces, space) != spaces->end();
}

}  // namespace

bool EventFilter::passes(std::string_view kind, std::string_view of_space) const {
  if (!kinds.empty() && std::ranges::find(kinds, kind) == kinds.end()) return false;
  if (space && *space != of_space) return false;
  const auto right = std::ranges::find(rights, kind, &KindRight::kind);
  return is_among(allowed_spaces, of_space) && (right == rights.end() || is_among(right->spaces, of_space));
}

}  // namespace strongroom
