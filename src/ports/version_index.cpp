#include "ports/version_index.hpp"

#include "base/check.hpp"

namespace strongroom {

VersionEntry version_entry(const VersionRow& row) {
  CHECK(row.registration.has_value());
  const Registration& registration = *row.registration;
  return {row.version,
          row.ingest,
          registration.created,
          registration.description_sha256,
          registration.description_size,
          registration.file_count,
          registration.byte_count,
          registration.location_uuids};
}

}  // namespace strongroom
