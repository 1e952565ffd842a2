// The directory of a zip package (APPNOTE 6.3.10, 4.3 and 4.4): found from the end, read once, sorted by where entries
// lie.
//
// Strict where leniency would let two readers see two archives: one end record, nothing in front of the first entry,
// nothing hidden behind the last. Memory does not grow with the number of entries. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "archive/member.hpp"
#include "archive/zip_format.hpp"
#include "base/random_access.hpp"
#include "base/sorter.hpp"

namespace strongroom::archive {

/// An entry as the directory has it.
struct ZipEntry {
  std::uint64_t offset = 0;  ///< of its local header
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;  ///< bytes of its data
  std::uint64_t size = 0;    ///< of its content
  MemberKind kind = MemberKind::file;
  std::string raw_name;  ///< as it stands there
  std::string name;      ///< as it is meant
};

class ZipDirectory {
 public:
  /// Both outlive it.
  ZipDirectory(RandomAccess& package, SpillSpace& spills);

  /// Finds and reads the directory. An Error is of the package's bytes, or there is a fault in `slot`.
  Result<void> read(FaultSlot& slot);
  /// The next entry in order of offset, or null at the end. Valid until the next call.
  Result<const ZipEntry*> next();
  /// Where the directory begins: what comes before it belongs to entries.
  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  /// Zero bytes follow the end record.
  [[nodiscard]] bool padded() const { return padded_; }

 private:
  struct End;
  Result<End> find_end(FaultSlot& slot);
  Result<void> widen(End& end, FaultSlot& slot);
  Result<void> read_entries(const End& end, FaultSlot& slot);

  RandomAccess& package_;
  Sorter sorter_;
  std::unique_ptr<SortedReader> sorted_;
  ZipEntry entry_;
  std::uint64_t begin_ = 0;
  bool padded_ = false;
};

}  // namespace strongroom::archive
