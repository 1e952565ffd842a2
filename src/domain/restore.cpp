#include "domain/restore.hpp"

#include <array>
#include <utility>

namespace strongroom {
namespace {

constexpr std::array<std::pair<RestoreState, std::string_view>, 4> kNames = {{
    {RestoreState::asking, "asking"},
    {RestoreState::waiting, "waiting"},
    {RestoreState::ready, "ready"},
    {RestoreState::ended, "ended"},
}};

}  // namespace

std::string_view name_of(RestoreState state) { return kNames.at(static_cast<std::size_t>(state)).second; }

std::optional<RestoreState> parse_restore_state(std::string_view name) {
  for (const auto& [state, text] : kNames) {
    if (text == name) return state;
  }
  return std::nullopt;
}

}  // namespace strongroom
