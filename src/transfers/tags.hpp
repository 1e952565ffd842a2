// The tags that tie a package to its transfer (transfers.md 10.7). Pure functions, any thread.
//
// The same pairs stand on the package and on its success log, and in the catalogue where a store has no tags.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transfers/package_identifiers.hpp"

namespace strongroom::transfers {

inline constexpr char kTransferIdTag[] = "Archivematica-TransferId";
inline constexpr char kProcessingConfigTag[] = "Archivematica-ProcessingConfig";
inline constexpr char kAccessionNumberTag[] = "Archivematica-AccessionNumber";
inline constexpr char kCatalogueIdentifierTag[] = "Archivematica-CatalogueIdentifier";
inline constexpr char kEventTimeTag[] = "Archivematica-S3EventTime";

/// Name and value.
using Tag = std::pair<std::string, std::string>;

/// The whole tag set, in the order above; what has no value is left out.
[[nodiscard]] std::vector<Tag> tags_of(const std::string& transfer_id, const std::string& processing_config,
                                       const PackageIdentifiers& identifiers, const std::string& event_time);

}  // namespace strongroom::transfers
