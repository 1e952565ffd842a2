// Packages on their way to the service: a packed bag as it is, or a bag's directory packed while it is read.
//
// Nothing is unpacked and nothing is written; memory is a buffer, and the list of names for a directory. Whether the
// bag is good is the service's to judge. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace strongroom::cli {

struct Package {
  std::string file_name;               ///< `b12345.tar.gz`
  std::unique_ptr<ByteSource> source;  ///< the bytes to upload
  std::optional<std::uint64_t> size;   ///< of a packed bag
  std::uint64_t payload = 0;           ///< bytes that will be read, for a progress display
};

/// Rejected when `path` is neither a regular file nor a bag's directory, or the directory holds links or devices.
[[nodiscard]] Result<Package> open_package(const std::filesystem::path& path);

/// The External-Identifier in the bag-info.txt of a packed bag or a directory; rejected when there is none.
[[nodiscard]] Result<std::string> read_identifier(const std::filesystem::path& path);

/// The first External-Identifier of a bag-info.txt, with its continuation lines joined by a space.
[[nodiscard]] std::optional<std::string> identifier_in(std::string_view bag_info);

}  // namespace strongroom::cli
