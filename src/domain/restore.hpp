// A restore: the files of one version made readable for a while where a location keeps them in an archive tier
// (http-api.md 9.5). Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "domain/identifiers.hpp"

namespace strongroom {

enum class RestoreState : std::uint8_t {
  asking,   ///< the provider is being asked for one file after the other
  waiting,  ///< asked for all of them, not all can be read yet
  ready,    ///< all can be read, until `expires`
  ended,    ///< that time is over
};
[[nodiscard]] std::string_view name_of(RestoreState state);
[[nodiscard]] std::optional<RestoreState> parse_restore_state(std::string_view name);

struct Restore {
  std::string id;  ///< UUID
  BagId bag;
  Version version;
  std::string location_uuid;
  Instant created;
  ClientId client;
  RestoreState state = RestoreState::asking;
  /// Payload and tag files of the version, wherever in the bag's versions they lie.
  std::uint64_t files_total = 0;
  std::uint64_t files_asked = 0;      ///< so many from the beginning of the description
  std::uint64_t files_ready = 0;      ///< so many from the beginning of the description
  std::optional<Instant> ready_by{};  ///< as a rule; nothing before the first was asked for
  std::optional<Instant> expires{};   ///< nothing before the first could be read
  std::string detail{};               ///< what went wrong last, while it does
  friend bool operator==(const Restore&, const Restore&) = default;
};

}  // namespace strongroom
