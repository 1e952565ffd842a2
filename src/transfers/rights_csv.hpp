// rights.csv: which rights hold in which files of a package (transfers.md 9).
//
// All problems are reported, each with its line. Linear in the rows and the members; memory beside the text is some 30
// bytes a row. Pure function, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transfers/finding_list.hpp"
#include "transfers/package_listing.hpp"

namespace strongroom::transfers {

/// Check 4 but for W-NO-RIGHTS. `known_grant_notes` may be empty: then grant notes are not judged.
void check_rights_csv(std::string_view bytes, const PackageListing& listing,
                      const std::vector<std::string>& known_grant_notes, FindingList& findings);

}  // namespace strongroom::transfers
