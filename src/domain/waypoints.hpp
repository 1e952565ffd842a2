// Waypoints: what one room hands the next. Small typed values, facts and references, never lists of files; encoded as
// JSON of at most 16 KiB for the catalogue. Each carries `"v":1`, so that an older one is still read after an upgrade.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/identifiers.hpp"
#include "domain/inventory.hpp"
#include "domain/location.hpp"

namespace strongroom {

/// What tells one archive from another that lies at the same place later (CORRECTNESS 2.4).
struct SourceIdentity {
  std::string tag;  ///< ETag or version id; size, modification time and inode on a filesystem
  std::uint64_t size = 0;
  friend bool operator==(const SourceIdentity&, const SourceIdentity&) = default;
};

/// unpack: the archive's files lie in working storage, listed in archive order.
struct Unpacked {
  InventoryRef inventory;
  SourceIdentity source;
  std::string media_type{};  ///< `application/gzip` …; empty in what an earlier release has written
};

/// find_root: the directory of the archive that is the bag.
struct Rooted {
  std::string root;  ///< empty, or a directory name ending in `/`
};

/// verify: accepted; the verified inventory lists the bag's files by name with every digest its manifests hold.
struct Verified {
  InventoryRef inventory;
  std::string bagit_version;
  std::vector<Algorithm> payload_algorithms;
  std::vector<Algorithm> tag_algorithms;
  std::uint64_t payload_files = 0;
  std::uint64_t payload_bytes = 0;
  std::string bag_info_sha256;  ///< of the `bag-info` blob in working storage: bag-info may be 16 MiB
  /// The files that fetch.txt takes from earlier versions, each with its path; by name.
  InventoryRef fetched{};
};

/// assign_version.
struct Versioned {
  Version version;
};

/// replicate: the location holds a sealed copy that nobody has read back yet.
struct Replicated {
  bool already_stored = false;  ///< identical content lay at the final keys before
};

/// confirm and commit: the copy is right, as `check` has looked at it; commit looks at names and sizes only.
struct Confirmed {
  Instant verified;
  CopyCheck check = CopyCheck::full;
};

/// register_bag, first half: the description exists, spooled, and may never be made again (CORRECTNESS 1.2).
struct Described {
  std::string sha256;
  std::uint64_t size = 0;
  Instant created;           ///< createdDate of the version
  std::string index_sha256;  ///< of the sparse index blob in working storage
  std::uint64_t file_count = 0;
  std::uint64_t byte_count = 0;
};

[[nodiscard]] std::string encode(const Unpacked&);
[[nodiscard]] std::string encode(const Rooted&);
[[nodiscard]] std::string encode(const Verified&);
[[nodiscard]] std::string encode(const Versioned&);
[[nodiscard]] std::string encode(const Replicated&);
[[nodiscard]] std::string encode(const Confirmed&);
[[nodiscard]] std::string encode(const Described&);

/// Reads back what encode() wrote; anything else is Reason::corrupt.
template <class Waypoint>
Result<Waypoint> decode_waypoint(std::string_view json);

}  // namespace strongroom
