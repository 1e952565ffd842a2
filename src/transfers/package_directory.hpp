// The central directory of a transfer package: found from the end, read piece by piece.
//
// Lenient where archivists' programs differ: foreign data before the first member and behind the end record, comments,
// zip64 with or without need, numbers of entries that are wrong. What is wrong with the package is a Finding, an Error
// is the store's. One thread at a time. Source: transfers.md 6.1 to 6.3; APPNOTE 6.3.10, 4.3.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "transfers/finding.hpp"
#include "transfers/package_ranges.hpp"

namespace strongroom::transfers {

/// Where the directory lies.
struct DirectoryPlace {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  std::uint64_t foreign = 0;      ///< bytes in front of the zip: offsets count from behind them
  bool may_be_encrypted = false;  ///< its end record is of the version that can have an encrypted directory
};

/// Finds the directory, or says why there is none. After read_tail().
Result<std::variant<DirectoryPlace, Finding>> locate_directory(PackageRanges& package);

/// One member as the directory has it. The views are valid until the next one is read.
struct DirectoryEntry {
  std::string_view raw_name;
  ByteView extra;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  /// Of its local header in the package, foreign data counted; may lie anywhere.
  std::uint64_t offset = 0;
};

class DirectoryReader {
 public:
  /// `package` outlives it.
  DirectoryReader(PackageRanges& package, const DirectoryPlace& place);

  /// The next member, or nothing at the end, or why the directory cannot be read further.
  Result<std::variant<std::optional<DirectoryEntry>, Finding>> next();

 private:
  Result<void> refill();
  [[nodiscard]] Finding bad_record(ByteView rest) const;

  PackageRanges& package_;
  const DirectoryPlace place_;
  std::uint64_t at_ = 0;  ///< of the directory, behind what is held
  std::unique_ptr<std::byte[]> memory_;
  ByteView held_;
};

}  // namespace strongroom::transfers
