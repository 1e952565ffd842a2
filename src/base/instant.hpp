// Instants and durations: UTC, in microseconds, as the catalogue and every document hold them (CORRECTNESS 2.5).
// Plain values and pure functions: any thread. No clock is read here; instants come from the port Clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace strongroom {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// `YYYY-MM-DDThh:mm:ss.ffffffZ`, always six fraction digits (http-api.md 1.5).
[[nodiscard]] std::string format_instant(Instant instant);

/// `Sun, 06 Nov 1994 08:49:37 GMT`, in whole seconds (RFC 9110 5.6.7).
[[nodiscard]] std::string format_http_date(Instant instant);
/// Reads that form only.
[[nodiscard]] std::optional<Instant> parse_http_date(std::string_view text);

/// Reads any RFC 3339 instant (any offset, 0 to 9 fraction digits, digits beyond six dropped); nothing when malformed.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

/// True for a real calendar date `YYYY-MM-DD`.
[[nodiscard]] bool is_date(std::string_view text);

[[nodiscard]] inline std::int64_t microseconds_of(Instant instant) { return instant.time_since_epoch().count(); }
[[nodiscard]] inline Instant instant_of(std::int64_t microseconds) { return Instant(Duration(microseconds)); }

}  // namespace strongroom
