// Files of a directory, listed and packed as tar.gz while they are read.
//
// Nothing is written to disk; memory is a buffer and the list of names. One thread at a time.
#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace strongroom::cli {

struct ListedFile {
  std::filesystem::path path;
  std::string name;  ///< in the package
  std::uint64_t size = 0;
  std::time_t modified = 0;  ///< seconds of Unix time
};

/// All files below a directory in byte order of name, `prefix` before each name. Rejected when there are links or
/// devices among them.
[[nodiscard]] Result<std::vector<ListedFile>> list_files(const std::filesystem::path& directory,
                                                         const std::string& prefix);

[[nodiscard]] std::uint64_t bytes_of(const std::vector<ListedFile>& files);

/// A tar.gz of these files in their order; rejected while reading when a file is not as it was listed.
[[nodiscard]] std::unique_ptr<ByteSource> pack_files(std::vector<ListedFile> files);

}  // namespace strongroom::cli
