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

// Bits of ZipEntry::flags.
inline constexpr std::uint16_t kZipEncrypted = 1U << 0U;
inline constexpr std::uint16_t kZipDescriptor = 1U << 3U;
inline constexpr std::uint16_t kZipStrongEncryption = 1U << 6U;
inline constexpr std::uint16_t kZipUtf8 = 1U << 11U;
inline constexpr std::uint16_t kZipMaskedHeaders = 1U << 13U;

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

/// Little-endian numbers of a zip record, bounds checked; zip_directory and zip_reader read everything through it.
class ZipFields {
 public:
  explicit ZipFields(ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint16_t u16();
  [[nodiscard]] std::uint32_t u32();
  [[nodiscard]] std::uint64_t u64();
  [[nodiscard]] ByteView take(std::size_t count);
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }
  /// Something was asked for that is not there.
  [[nodiscard]] bool short_of() const { return short_; }

 private:
  std::uint64_t number(std::size_t count);
  ByteView bytes_;
  bool short_ = false;
};

/// The sizes of a zip64 extra field, for those that the record gives as all ones. False when one of them is missing.
[[nodiscard]] bool apply_zip64(ByteView extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t* offset);

}  // namespace strongroom::archive
