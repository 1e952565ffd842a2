// What metadata.csv says a package is (transfers.md 8). Plain values.
//
// Empty values count as absent: neither sent to Archivematica nor written into tags. They are as they stand in the
// file, and legal only when the check of identifiers has found nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace strongroom::transfers {

struct PackageIdentifiers {
  std::optional<std::string> catalogue_identifier;  ///< `dc.identifier`
  std::optional<std::string> accession_number;
  std::uint64_t line = 0;  ///< of metadata.csv, where they stand; 0 when none was read

  friend bool operator==(const PackageIdentifiers&, const PackageIdentifiers&) = default;
};

}  // namespace strongroom::transfers
