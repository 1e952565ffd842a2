// The text of one log line, in logfmt or as a JSON object. Pure functions; any thread.
//
// Whatever a field holds, the line stays one line of valid UTF-8 without control characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "ports/log.hpp"

namespace strongroom::host {

enum class LogFormat : std::uint8_t { logfmt, json };

/// A value longer than this many bytes is cut, and says so.
inline constexpr std::size_t kLogValueMax = 2048;

[[nodiscard]] std::string_view name_of(LogLevel level);

/// `time`, `level`, `event`, then the fields in their order; without a line end. logfmt quotes a value where it must.
[[nodiscard]] std::string format_log_line(LogFormat format, Instant time, LogLevel level, std::string_view event,
                                          LogFields fields);

}  // namespace strongroom::host
