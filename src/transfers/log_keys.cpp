#include "transfers/log_keys.hpp"

#include <algorithm>

namespace strongroom::transfers {
namespace {

constexpr std::size_t kKeyDigits = 12;

}  // namespace

std::string_view name_of(LogResult result) {
  switch (result) {
    case LogResult::success:
      return "success";
    case LogResult::failed:
      return "failed";
    case LogResult::received:
      return "received";
    case LogResult::delayed:
      return "delayed";
  }
  return {};
}

std::string log_key(const LogLayout& layout, std::string_view package_key, LogResult result,
                    std::string_view event_time, std::string_view idempotency_key) {
  std::string added = ".";
  added.append(name_of(result)).append(".").append(event_time).append(".");
  added.append(idempotency_key.substr(0, kKeyDigits)).append(".log");
  // The package's own key stays as it is: a log is found by it.
  if (layout.safe_names) std::replace(added.begin(), added.end(), ':', '-');
  return layout.separate_prefix + std::string(package_key) + added;
}

Result<void> check_layout(const LogLayout& layout, const std::vector<Prefix>& prefixes) {
  const std::string& separate = layout.separate_prefix;
  if (separate.empty()) return {};
  if (!separate.ends_with('/')) return rejected("feedback.prefix must end in a slash", separate);
  for (const Prefix& prefix : prefixes) {
    if (separate.starts_with(prefix.prefix)) {
      return rejected("feedback.prefix must not lie in the prefix of packages " + prefix.prefix, separate);
    }
  }
  return {};
}

}  // namespace strongroom::transfers
