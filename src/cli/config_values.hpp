// The values of a configuration as people write them: durations, sizes, addresses; and a guess at what was meant.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"

namespace strongroom::cli {

/// `15s`, `500ms`, `10min`, `24h`, `90d`; nothing for another text, or beyond a hundred years.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// `64KiB`, `1MiB`, `5GiB`, `16TiB`, or a plain number of bytes; nothing for another text, or beyond 2^63-1.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// Where to listen: a numeric address and a port.
struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;

  /// `127.0.0.1:8080`, `[::1]:8080`
  [[nodiscard]] std::string text() const;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};
/// `localhost` is 127.0.0.1; an IPv6 address stands in brackets; the port is 1 to 65535.
[[nodiscard]] std::optional<ListenAddress> parse_listen(std::string_view text);

/// An absolute http or https URL without query, fragment and slash at its end.
[[nodiscard]] bool is_base_url(std::string_view text);

/// The host of such a URL as is_loopback() takes it: without brackets, and `localhost` as 127.0.0.1.
[[nodiscard]] std::string host_of(std::string_view base_url);

/// What the names of search indexes may begin with.
[[nodiscard]] bool is_index_prefix(std::string_view text);

/// The one of `known` that `word` was probably meant to be; empty when nothing is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace strongroom::cli
