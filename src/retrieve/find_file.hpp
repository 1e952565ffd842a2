// Looking up one file of a stored version (http-api.md 5.4), whatever the number of its files.
//
// The sparse index leads to a stretch of at most 1,000 lines of the description. Of a large description only that
// stretch is read, so its digest cannot be checked; but a name that seems to be missing is believed only after the
// whole description has been read and found right, and what a file holds is checked by its own digest. Any thread.
#pragma once

#include <optional>
#include <string>

#include "domain/description.hpp"
#include "retrieve/description.hpp"

namespace strongroom::retrieve {

struct FoundFile {
  DescribedFile file;
  Digest shown;  ///< the checksum that the bag's document has (http-api.md 5.1)
};

/// Nothing when the version has no such file. `row` is registered.
Result<std::optional<FoundFile>> find_file(const DescriptionNeeds& needs, const BagId& bag, const VersionRow& row,
                                           const std::string& name);

}  // namespace strongroom::retrieve
