// What is told of a new born-digital bag to those who build on it (transfers.md 14).
//
// A pure function of the event, the time of sending included: every repetition has the same bytes. Any thread.
#pragma once

#include <string>

#include "ports/event_log.hpp"

namespace strongroom::events {

/// The listener: of its place in the log, in metrics and of what it set aside.
inline constexpr char kBornDigital[] = "born-digital";

/// The message of a `registered-bag` event: `identifier`, `space`, `version`, `origin`, `timeSent`. Rejected when the
/// event's body is not what such a body must be.
[[nodiscard]] Result<std::string> born_digital_message(const LoggedEvent& logged);

}  // namespace strongroom::events
