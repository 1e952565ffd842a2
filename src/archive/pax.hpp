// Pax records: the "length key=value" lines of extended headers (POSIX.1-2001 pax, and GNU tar's sparse keys). Pure.
// Private to the archive readers; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/tar_header.hpp"

namespace strongroom::archive {

/// What this program uses of the records. Everything else is checked for form and ignored.
struct PaxRecords {
  std::optional<std::string> path;
  std::optional<std::uint64_t> size;  ///< of what is stored; over the header's

  // Sparse files of GNU tar: 0.0 (one record per number), 0.1 (`map`), 1.0 (map in front of the data).
  bool sparse = false;
  std::optional<std::uint64_t> sparse_major;
  std::optional<std::uint64_t> sparse_minor;
  std::optional<std::uint64_t> sparse_size;  ///< of the whole file
  std::optional<std::uint64_t> sparse_blocks;
  std::optional<std::string> sparse_name;  ///< the true name, over `path`
  std::vector<Extent> extents;
};

/// Reads records over what is there already; an empty value takes a record back. False when the form is broken.
[[nodiscard]] bool parse_pax(std::string_view body, PaxRecords& records);

}  // namespace strongroom::archive
