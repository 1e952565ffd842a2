// The version index: one row for each version of a bag that points at its description, in a database of its own beside
// the catalogue (pipeline.md 16).
//
// A row is written when the version can no longer fail, before the catalogue makes it visible, and never changed.
// Readers of the API go by the catalogue: what is not registered yet is nowhere to be seen. All calls may come from any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/version_row.hpp"

namespace strongroom {

struct VersionEntry {
  Version version;
  IngestId ingest;
  Instant created;  ///< when it was registered
  std::string description_sha256;
  std::uint64_t description_size = 0;
  std::uint64_t file_count = 0;
  std::uint64_t byte_count = 0;
  std::vector<std::string> location_uuids;  ///< each has the description below `_strongroom/manifests/`
  friend bool operator==(const VersionEntry&, const VersionEntry&) = default;
};

/// The entry of a registered row.
[[nodiscard]] VersionEntry version_entry(const VersionRow& row);

class VersionIndex {
 public:
  virtual ~VersionIndex() = default;
  /// Temporary or broken, with what to do, unless rows can be kept there.
  virtual Result<void> check() = 0;
  /// Where there is none, or the same: Reason::conflict (rejected) when there is another one, which stays.
  virtual Result<void> put(const BagId& bag, const VersionEntry& entry) = 0;
  virtual Result<std::optional<VersionEntry>> find(const BagId& bag, Version version) = 0;
  /// Up to `limit`, newest first, below `before` when given. What was put before is there.
  virtual Result<std::vector<VersionEntry>> list(const BagId& bag, std::optional<Version> before,
                                                 std::size_t limit) = 0;
};

}  // namespace strongroom
