#include "ports/event_log.hpp"

#include <algorithm>

namespace strongroom {

bool EventFilter::passes(std::string_view kind, std::string_view of_space) const {
  if (!kinds.empty() && std::ranges::find(kinds, kind) == kinds.end()) return false;
  if (space && *space != of_space) return false;
  return !allowed_spaces || std::ranges::find(*allowed_spaces, of_space) != allowed_spaces->end();
}

}  // namespace strongroom
