// Whether the identifiers of metadata.csv can be stored (transfers.md 9.4): as names of bags, and as tags of objects.
//
// Every broken rule is named in the archivist's words, with its place. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transfers/finding_list.hpp"
#include "transfers/package_identifiers.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

/// Check 6: META-IDENTIFIER, TAG-VALUE, W-ACCESSION-DC. Absent values are not judged.
void check_identifiers(const PackageIdentifiers& identifiers, Flavour flavour, FindingList& findings);

/// Every rule that `value` breaks as the identifier of a bag, in words, with the place; empty for a legal one.
[[nodiscard]] std::string identifier_faults(std::string_view value);

/// What the bag will be called: `dc.identifier` where there is one, else the accession number.
[[nodiscard]] std::optional<std::string> bag_identifier(const PackageIdentifiers& identifiers);

}  // namespace strongroom::transfers
