// The records of zip packages (APPNOTE 6.3.10, 4.3 to 4.6): numbers, marks and the fields that both readers of zips
// look at, the strict one of deposits (zip_directory, zip_reader) and the lenient one of transfer packages
// (src/transfers).
//
// Knows where things stand, judges nothing. Pure functions and plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace strongroom::archive {

// What records begin with.
inline constexpr std::uint32_t kZipLocalSignature = 0x04034B50;
inline constexpr std::uint32_t kZipDescriptorSignature = 0x08074B50;
inline constexpr std::uint32_t kZipEntrySignature = 0x02014B50;
inline constexpr std::uint32_t kZipEndSignature = 0x06054B50;
inline constexpr std::uint32_t kZipEnd64Signature = 0x06064B50;
inline constexpr std::uint32_t kZipLocatorSignature = 0x07064B50;

// Sizes of their fixed parts, in bytes.
inline constexpr std::size_t kZipLocalSize = 30;
inline constexpr std::size_t kZipEntrySize = 46;
inline constexpr std::size_t kZipEndSize = 22;
inline constexpr std::size_t kZipEnd64Size = 56;
inline constexpr std::size_t kZipLocatorSize = 20;
/// Of a name, an extra field or a comment.
inline constexpr std::size_t kZipTextMax = 0xFFFF;
/// An entry with the longest name, extra field and comment.
inline constexpr std::size_t kZipEntryMax = kZipEntrySize + 3 * kZipTextMax;

/// In place of a number that the zip64 records have.
inline constexpr std::uint32_t kZipAllOnes32 = 0xFFFFFFFF;
inline constexpr std::uint16_t kZipAllOnes16 = 0xFFFF;

// Bits of the flags.
inline constexpr std::uint16_t kZipEncrypted = 1U << 0U;
inline constexpr std::uint16_t kZipDescriptor = 1U << 3U;
inline constexpr std::uint16_t kZipPatched = 1U << 5U;
inline constexpr std::uint16_t kZipStrongEncryption = 1U << 6U;
inline constexpr std::uint16_t kZipUtf8 = 1U << 11U;
inline constexpr std::uint16_t kZipMaskedHeaders = 1U << 13U;

// Compression methods.
inline constexpr std::uint16_t kZipStored = 0;
inline constexpr std::uint16_t kZipDeflated = 8;
inline constexpr std::uint16_t kZipDeflated64 = 9;
inline constexpr std::uint16_t kZipBzip2 = 12;
inline constexpr std::uint16_t kZipLzma = 14;
inline constexpr std::uint16_t kZipZstd = 93;

// Extra fields.
inline constexpr std::uint16_t kZip64Extra = 0x0001;
inline constexpr std::uint16_t kZipUnicodePathExtra = 0x7075;

/// Little-endian numbers of a zip record, bounds checked: what is not there reads as zero, and short_of() tells.
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

/// The content of the first extra field with this id.
[[nodiscard]] std::optional<ByteView> find_zip_extra(ByteView extra, std::uint16_t id);

/// The sizes of a zip64 extra field, for those that the record gives as all ones. False when one of them is missing.
[[nodiscard]] bool apply_zip64(ByteView extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t* offset);

/// The name that a Unicode Path extra field gives, if there is one and its checksum is that of `raw`, the name as the
/// record has it. Any bytes.
[[nodiscard]] std::optional<std::string_view> unicode_path(std::string_view raw, ByteView extra);

/// CRC-32 as zip has it, going on from `crc`, which is 0 at first.
[[nodiscard]] std::uint32_t zip_crc(std::uint32_t crc, ByteView bytes);

}  // namespace strongroom::archive
