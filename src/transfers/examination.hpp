// The verdict on a package: all checks of transfers.md 7.1 on what was read of it.
//
// A pure function of key, names and bytes: the same package always gets the same findings, in the same order. All
// checks are made even when earlier ones fail, as far as there is something to check. Any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transfers/finding_codes.hpp"
#include "transfers/finding_list.hpp"
#include "transfers/package_identifiers.hpp"
#include "transfers/package_listing.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

/// What the checks depend on beside the package.
struct CheckSettings {
  std::vector<Prefix> prefixes = default_prefixes();
  std::vector<std::string> known_grant_notes;
};

/// What the checks have said: all that logs need to know of them.
struct CheckReport {
  FindingList findings;                              ///< by check, file and line
  std::array<std::string, kChecks.size()> not_made;  ///< by check: why it was not made; empty when it was

  /// Warnings alone never reject.
  [[nodiscard]] bool rejected() const { return findings.problems() > 0; }
  /// Adds what was found later (KEY-NESTED, KEY-CASE, W-SAME-CONTENT) at its place.
  void add(Finding finding);

  friend bool operator==(const CheckReport&, const CheckReport&) = default;
};

struct Examination {
  CheckReport report;
  std::optional<Prefix> prefix;  ///< flavour and processing configuration; nothing with KEY-PREFIX
  PackageIdentifiers identifiers;
  std::string expected_space;  ///< empty when there is no prefix or no identifier
};

[[nodiscard]] Examination examine(const CheckSettings& settings, std::string_view key, const PackageContents& contents);

}  // namespace strongroom::transfers
