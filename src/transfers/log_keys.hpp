// Where the feedback logs of a package go, and what they are called (transfers.md 5.1). Pure functions, any thread.
//
// The same package, event and result always give the same key, so that a repetition rewrites the same object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

enum class LogResult : std::uint8_t { success, failed, received, delayed };

/// `success`, `failed`, `received` or `delayed`.
[[nodiscard]] std::string_view name_of(LogResult result);

/// The settings `feedback.*`.
struct LogLayout {
  std::string separate_prefix;  ///< put in front of every key; empty: logs lie beside their packages
  bool safe_names = false;      ///< `-` for `:` in what is added to the package's key
};

/// `event_time` is verbatim, `idempotency_key` whole.
[[nodiscard]] std::string log_key(const LogLayout& layout, std::string_view package_key, LogResult result,
                                  std::string_view event_time, std::string_view idempotency_key);

/// Rejected when `separate_prefix` does not end in a slash, or begins with a prefix of packages: logs would be taken
/// for parts of packages.
[[nodiscard]] Result<void> check_layout(const LogLayout& layout, const std::vector<Prefix>& prefixes);

}  // namespace strongroom::transfers
