// Every code that checking a package can give: what it means, how it is mended, and a sample of wrong and right.
//
// The one table of them: logs take their samples from it, and docs/transfer-findings.md is held against it. Codes are
// stable. Tables and pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "transfers/finding.hpp"

namespace strongroom::transfers {

/// The checks of transfers.md 7.1, in their order.
enum class Check : std::uint8_t { zip = 1, metadata_place, metadata_folder, rights, metadata, identifiers };

inline constexpr std::array kChecks = {Check::zip,    Check::metadata_place, Check::metadata_folder,
                                       Check::rights, Check::metadata,       Check::identifiers};

/// As it stands in logs, e.g. `rights.csv is valid`.
[[nodiscard]] std::string_view name_of(Check check);

struct FindingCode {
  std::string_view code;
  Check check = Check::zip;
  std::string_view meaning;  ///< what is wrong, for any package
  std::string_view remedy;   ///< what the archivist does about it
  std::string_view wrong;    ///< sample, at most five lines; warnings may have none
  std::string_view right;
};

/// By check, problems before warnings.
[[nodiscard]] std::span<const FindingCode> finding_codes();
[[nodiscard]] const FindingCode* find_code(std::string_view code);

/// The check that makes a finding; of a code that two checks make, the one of its file.
[[nodiscard]] Check check_of(const Finding& finding);

}  // namespace strongroom::transfers
