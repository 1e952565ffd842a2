#include "api/byte_range.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::string_view kUnit = "bytes=";

/// A number however large, the greatest there is standing for all beyond; nothing when it is none.
std::optional<std::uint64_t> position(std::string_view text) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (kMax - digit) / 10 ? kMax : value * 10 + digit;
  }
  return value;
}

/// Nothing when it is not of the form of one range.
std::optional<RangeRequest> parse_range(std::string_view text, std::uint64_t size) {
  using Kind = RangeRequest::Kind;
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, dash);
  const std::string_view behind = text.substr(dash + 1);
  const auto last = position(behind);
  if (before.empty()) {
    if (!last) return std::nullopt;
    const std::uint64_t length = std::min(*last, size);
    if (length == 0) return RangeRequest{Kind::unsatisfiable};
    return RangeRequest{Kind::part, size - length, length};
  }
  const auto first = position(before);
  if (!first || (!behind.empty() && !last) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return RangeRequest{Kind::unsatisfiable};
  return RangeRequest{Kind::part, *first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

}  // namespace

RangeRequest range_of(const HttpHeaders& headers, std::uint64_t size, std::string_view tag) {
  const auto sent = find_header(headers, "Range");
  if (!sent || count_headers(headers, "Range") != 1) return {};
  if (const auto condition = find_header(headers, "If-Range"); condition && trim_blanks(*condition) != tag) return {};
  const std::string_view text = trim_blanks(*sent);
  if (to_lower_ascii(text.substr(0, kUnit.size())) != kUnit) return {};
  const std::string_view ranges = trim_blanks(text.substr(kUnit.size()));
  if (ranges.find(',') != std::string_view::npos) return {};
  return parse_range(ranges, size).value_or(RangeRequest{});
}

}  // namespace strongroom::api
