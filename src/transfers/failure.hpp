// Why a package has failed for good (transfers.md 2.2), and what archivists are told of it.
//
// The texts blame the package only where it may be at fault, and hold no address, user name or key. Pure functions,
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strongroom::transfers {

enum class FailureReason : std::uint8_t {
  gave_up,
  no_location,
  archivematica_refused,
  outcome_uncertain,
  archivematica_failed,
  archivematica_rejected,
  not_registered,
  replaced,
  vanished,
  internal,
};

/// The stable code, e.g. `gave-up`.
[[nodiscard]] std::string_view name_of(FailureReason reason);
[[nodiscard]] std::optional<FailureReason> parse_failure_reason(std::string_view name);

/// False for the reasons that are answered by no log: the successor is answered, or nothing is left to answer.
[[nodiscard]] bool has_log(FailureReason reason);

/// Sentences for the log and the API. `detail`: Archivematica's message, or the microservice it stopped in; may be
/// empty, and is escaped here.
[[nodiscard]] std::string failure_text(FailureReason reason, std::string_view detail = {});

}  // namespace strongroom::transfers
