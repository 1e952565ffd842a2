#include "cli/config_values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::cli {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// A whole number and one of the units; the unit may be left out where `bare` has a factor.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, const std::vector<Unit>& units, std::uint64_t max) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::uint64_t> number = parse_number(text.substr(0, digits));
  const std::string_view name = text.substr(digits);
  const auto unit = std::ranges::find(units, name, &Unit::name);
  if (!number || unit == units.end() || *number > max / unit->factor) return std::nullopt;
  return *number * unit->factor;
}

bool is_numeric_address(const std::string& host, int family) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, host.c_str(), bytes.data()) == 1;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  static const std::vector<Unit> kUnits = {
      {"ms", 1'000}, {"s", 1'000'000}, {"min", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}};
  constexpr std::uint64_t kCentury = 36'525ULL * 86'400'000'000ULL;
  const std::optional<std::uint64_t> microseconds = parse_with_unit(text, kUnits, kCentury);
  if (!microseconds) return std::nullopt;
  return Duration(static_cast<std::int64_t>(*microseconds));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static const std::vector<Unit> kUnits = {
      {"", 1}, {"KiB", limits::kKiB}, {"MiB", limits::kMiB}, {"GiB", limits::kGiB}, {"TiB", limits::kTiB}};
  return parse_with_unit(text, kUnits, std::numeric_limits<std::int64_t>::max());
}

std::string ListenAddress::text() const {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::optional<std::uint64_t> port = parse_number(text.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (!is_numeric_address(host, AF_INET6)) return std::nullopt;
  } else if (!is_numeric_address(host, AF_INET)) {
    return std::nullopt;
  }
  return ListenAddress{std::move(host), static_cast<std::uint16_t>(*port)};
}

bool is_base_url(std::string_view text) {
  const std::string_view scheme = text.starts_with("https://")  ? "https://"
                                  : text.starts_with("http://") ? "http://"
                                                                : "";
  if (scheme.empty()) return false;
  const std::string_view rest = text.substr(scheme.size());
  if (rest.empty() || rest.front() == '/' || rest.back() == '/') return false;
  return std::ranges::all_of(rest, [](char c) {
    return c > 0x20 && c < 0x7F && std::string_view("?#\"<>\\^`{|}@").find(c) == std::string_view::npos;
  });
}

std::string host_of(std::string_view base_url) {
  const std::size_t slashes = base_url.find("//");
  std::string_view host = slashes == std::string_view::npos ? base_url : base_url.substr(slashes + 2);
  host = host.substr(0, host.find('/'));
  if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
  host = host.substr(0, host.find(':'));
  return to_lower_ascii(host) == "localhost" ? "127.0.0.1" : std::string(host);
}

bool is_index_prefix(std::string_view text) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
  if (text.empty() || text.size() > 64 || kFirst.find(text.front()) == std::string_view::npos) return false;
  return std::ranges::all_of(text,
                             [&](char c) { return kFirst.find(c) != std::string_view::npos || c == '-' || c == '_'; });
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t corner = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
        corner = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
      }
    }
    return row[b.size()];
  };
  const std::string lower = to_lower_ascii(word);
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t steps = distance(lower, to_lower_ascii(candidate));
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

}  // namespace strongroom::cli
