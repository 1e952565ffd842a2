// metadata.csv: the one row that says what the package is (transfers.md 8).
//
// Nothing is trimmed or guessed; hints say what was probably meant. Memory does not grow with the number of columns or
// rows. Pure functions, any thread.
#pragma once

#include <string_view>

#include "transfers/finding_list.hpp"
#include "transfers/package_identifiers.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

/// Check 5. Adds what is wrong; gives the identifiers when the file has exactly one row, whatever else is wrong.
[[nodiscard]] PackageIdentifiers check_metadata_csv(std::string_view bytes, Flavour flavour, FindingList& findings);

}  // namespace strongroom::transfers
