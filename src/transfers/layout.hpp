// Whether the members of a package lie where they must (transfers.md 7.2), from their names alone.
//
// One pass over the names for each check; no state, any thread.
#pragma once

#include "transfers/finding_list.hpp"
#include "transfers/package_listing.hpp"
#include "transfers/prefixes.hpp"

namespace strongroom::transfers {

/// True when the package has a file of that name.
[[nodiscard]] bool has_file(const PackageListing& listing, std::string_view name);

/// Warnings about the package as a whole (check 1): W-OBJECTS-FOLDER, W-NO-CONTENT, W-TRAILING-DOT.
void check_content(const PackageListing& listing, FindingList& findings);

/// META-MISSING (check 2), naming what was found instead.
void check_place_of_metadata(const PackageListing& listing, FindingList& findings);

/// META-EXTRA-FILE (check 3), for every member.
void check_metadata_folder(const PackageListing& listing, FindingList& findings);

/// W-NO-RIGHTS (check 4), for a package without rights.csv; accessions need none.
void check_presence_of_rights(const PackageListing& listing, Flavour flavour, FindingList& findings);

}  // namespace strongroom::transfers
