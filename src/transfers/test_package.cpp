#include "transfers/test_package.hpp"

#include <array>
#include <cstdint>

#include "archive/zip_format.hpp"
#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::uint32_t kSide = 64;  // pixels
constexpr std::size_t kPixelBytes = 3;

std::uint32_t crc_of(std::string_view bytes) { return archive::zip_crc(0, as_bytes(bytes)); }

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>((value >> shift) & 0xFFU);
  return text;
}

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xFFU);
  return text;
}

// ---- the image ------------------------------------------------------------------------------------------------------

/// RFC 1950, 8.2.
std::uint32_t adler_of(std::string_view bytes) {
  constexpr std::uint32_t kPrime = 65521;
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % kPrime;
    high = (high + low) % kPrime;
  }
  return (high << 16U) | low;
}

/// A zlib stream of one stored block, which takes 65,535 bytes.
std::string zlib_stored(const std::string& bytes) {
  const std::uint64_t size = bytes.size();
  return "\x78\x01\x01" + little_endian(size, 2) + little_endian(~size, 2) + bytes + big_endian(adler_of(bytes));
}

std::string chunk(std::string_view type, const std::string& data) {
  const std::string body = std::string(type) + data;
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(crc_of(body));
}

/// One row of pixels after the other, each behind the number of its filter: none.
std::string pixels_of(std::string_view uuid) {
  std::string rows;
  for (std::uint32_t row = 0; row < kSide; ++row) {
    std::string line;
    for (int block = 0; line.size() < kSide * kPixelBytes; ++block) {
      const Digest digest =
          digest_of(Algorithm::sha256, std::string(uuid) + " " + std::to_string(row) + " " + std::to_string(block));
      for (const std::byte byte : digest.bytes()) line += static_cast<char>(byte);
    }
    rows += '\0';
    rows += line.substr(0, kSide * kPixelBytes);
  }
  return rows;
}

std::string image_of(std::string_view uuid) {
  // 8 bits a channel, RGB, and the only methods there are: deflate, five filters, no interlacing.
  const std::string header = big_endian(kSide) + big_endian(kSide) + std::string("\x08\x02\x00\x00\x00", 5);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", zlib_stored(pixels_of(uuid))) + chunk("IEND", "");
}

// ---- the package ----------------------------------------------------------------------------------------------------

struct Member {
  std::string name;
  std::string content;
};

/// What the local header and the entry of the directory have in common, from `version needed` on.
std::string fields_of(const Member& member) {
  constexpr std::uint64_t kVersionNeeded = 20;
  constexpr std::uint64_t kDay = 0x21;  // the first one that zip can tell: 1 January 1980
  return little_endian(kVersionNeeded, 2) + little_endian(0, 2) + little_endian(archive::kZipStored, 2) +
         little_endian(0, 2) + little_endian(kDay, 2) + little_endian(crc_of(member.content), 4) +
         little_endian(member.content.size(), 4) + little_endian(member.content.size(), 4) +
         little_endian(member.name.size(), 2) + little_endian(0, 2);
}

std::string entry_of(const Member& member, std::size_t offset) {
  constexpr std::uint64_t kMadeBy = (3U << 8U) | 20U;                  // on Unix
  constexpr std::uint64_t kPlainFile = std::uint64_t{0100644} << 16U;  // with its permissions
  return little_endian(archive::kZipEntrySignature, 4) + little_endian(kMadeBy, 2) + fields_of(member) +
         little_endian(0, 2) + little_endian(0, 2) + little_endian(0, 2) + little_endian(kPlainFile, 4) +
         little_endian(offset, 4) + member.name;
}

}  // namespace

std::string test_package(std::string_view uuid) {
  const std::array<Member, 2> members = {
      {{"metadata/metadata.csv",
        "filename,dc.identifier,wellcome.storageSpace\nobjects/," + std::string(kTestIdentifier) + ",testing\n"},
       {"test-image.png", image_of(uuid)}}};
  std::string zip;
  std::string directory;
  for (const Member& member : members) {
    directory += entry_of(member, zip.size());
    zip += little_endian(archive::kZipLocalSignature, 4) + fields_of(member) + member.name + member.content;
  }
  const std::string counts = little_endian(members.size(), 2);
  const std::size_t begin = zip.size();
  return zip + directory + little_endian(archive::kZipEndSignature, 4) + little_endian(0, 4) + counts + counts +
         little_endian(directory.size(), 4) + little_endian(begin, 4) + little_endian(0, 2);
}

}  // namespace strongroom::transfers
