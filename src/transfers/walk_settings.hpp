// How packages are treated on their way, as far as an operator can choose (transfers.md 1.2).
//
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

/// What becomes of packages whose extension is not in lower case (transfers.md 10.6).
enum class OtherCaseZip : std::uint8_t { twin, submit, reject };
/// When notices are written beside a package (transfers.md 1.2).
enum class Notices : std::uint8_t { always, slow, never };

/// What the first sweep of an area does with packages that nobody has answered.
enum class Adopt : std::uint8_t { hold, start };

struct WalkSettings {
  std::vector<Prefix> prefixes = default_prefixes();
  Notices notices = Notices::always;
  std::string feedback_prefix{};  ///< of the keys of logs; empty: beside the package
  bool safe_names = false;        ///< no `:` in the names of logs
  std::vector<std::string> known_grant_notes{};
  Duration retry_for = std::chrono::hours(72);
};

}  // namespace strongroom::transfers
