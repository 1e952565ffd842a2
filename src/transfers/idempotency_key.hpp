// The key under which Archivematica takes a package once, however often it is sent (transfers.md 10.4).
//
// Lower-case hex SHA-256 of a JSON text that the services before this one composed in the same way, so that a package
// met by both yields one transfer. Plain values and pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace strongroom::transfers {

/// How a package was noticed: of one event there is one package. The event's time is not part of it.
struct EventIdentity {
  std::string bucket;  ///< of a filesystem area its name
  std::string event_name;
  std::string object_key;  ///< decoded, UTF-8
  std::string sequencer;
  std::optional<std::string> version_id;

  friend bool operator==(const EventIdentity&, const EventIdentity&) = default;
};

/// The JSON text that is digested. `resubmission` counts the new submissions an operator ordered: 0 for the first.
[[nodiscard]] std::string idempotency_text(const EventIdentity& event, std::uint64_t resubmission = 0);

/// 64 lower-case hex digits.
[[nodiscard]] std::string idempotency_key(const EventIdentity& event, std::uint64_t resubmission = 0);

}  // namespace strongroom::transfers
