// Writing tar (POSIX.1-2001 pax interchange format): the blocks around the bytes of regular files.
//
// Pure functions, and the same arguments always give the same bytes: files are 0644, belong to 0, and have no names of
// users. What a ustar header cannot say (long names, names beyond ASCII, files from 8 GiB) stands in a pax header
// before it. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace strongroom::archive {

/// What stands before the `size` bytes of a file. `modified` counts in whole seconds, not before 1970.
[[nodiscard]] std::string tar_file_header(std::string_view name, std::uint64_t size, Instant modified);
/// What stands behind them: zeros up to the next block.
[[nodiscard]] std::string tar_file_padding(std::uint64_t size);
/// What stands behind the last file of an archive that has `size` bytes so far: zeros, up to a whole record.
[[nodiscard]] std::string tar_end(std::uint64_t size);

}  // namespace strongroom::archive
