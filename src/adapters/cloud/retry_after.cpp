#include "adapters/cloud/retry_after.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::cloud {

std::optional<int> retry_after(const WebAnswer& answer, Instant now) {
  constexpr std::int64_t kLongest = 3600;
  const std::string said = answer.header("Retry-After");
  std::int64_t seconds = 0;
  if (const auto number = parse_number(said)) {
    seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(*number, kLongest));
  } else if (const auto date = parse_http_date(said)) {
    seconds = std::chrono::ceil<std::chrono::seconds>(*date - now).count();
  } else {
    return std::nullopt;
  }
  return static_cast<int>(std::clamp<std::int64_t>(seconds, 0, kLongest));
}

}  // namespace strongroom::cloud
