#include "archive/tar_header.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace strongroom::archive {
namespace {

struct Field {
  std::size_t offset;
  std::size_t length;
};
constexpr Field kName{0, 100};
constexpr Field kSize{124, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kMagic{257, 6};
constexpr Field kPrefix{345, 155};
// Old GNU headers have this where ustar has its prefix.
constexpr std::size_t kSparseList = 386;
constexpr std::size_t kSparseInHeader = 4;
constexpr std::size_t kSparseExtended = 482;
constexpr Field kRealSize{483, 12};
constexpr std::size_t kSparseInBlock = 21;
constexpr std::size_t kSparseBlockExtended = 504;
constexpr std::size_t kSparseNumber = 12;

constexpr std::uint64_t kNumberMax = std::numeric_limits<std::int64_t>::max();

ByteView field_of(ByteView block, Field field) { return block.subspan(field.offset, field.length); }

std::string_view text_of(ByteView field) {
  const auto text = as_text(field);
  return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> parse_base_256(ByteView field) {
  const auto first = std::to_integer<unsigned>(field.front());
  if ((first & 0x40U) != 0) return std::nullopt;  // negative
  std::uint64_t value = first & 0x3FU;
  for (const std::byte b : field.subspan(1)) {
    if (value > (kNumberMax >> 8U)) return std::nullopt;
    value = (value << 8U) | std::to_integer<std::uint64_t>(b);
  }
  return value;
}

bool checksum_fits(ByteView block) {
  const auto stated = parse_tar_number(field_of(block, kChecksum));
  if (!stated) return false;
  std::uint32_t plain = 0;
  std::int32_t with_sign = 0;
  for (const std::byte b : block) {
    plain += std::to_integer<std::uint32_t>(b);
    with_sign += static_cast<signed char>(b);
  }
  for (const std::byte b : field_of(block, kChecksum)) {
    plain -= std::to_integer<std::uint32_t>(b);
    with_sign -= static_cast<signed char>(b);
  }
  // The field itself counts as eight spaces.
  plain += 8 * ' ';
  with_sign += 8 * ' ';
  return *stated == plain || (with_sign >= 0 && *stated == static_cast<std::uint32_t>(with_sign));
}

/// False when a number is broken.
bool append_extents(ByteView block, std::size_t at, std::size_t count, std::vector<Extent>& extents) {
  for (; count > 0; --count, at += 2 * kSparseNumber) {
    const auto length_field = block.subspan(at + kSparseNumber, kSparseNumber);
    if (length_field.front() == std::byte{0}) return true;  // unused from here on
    const auto offset = parse_tar_number(block.subspan(at, kSparseNumber));
    const auto length = parse_tar_number(length_field);
    if (!offset || !length) return false;
    extents.push_back({*offset, *length});
  }
  return true;
}

}  // namespace

bool is_zero(ByteView bytes) {
  return bytes.empty() ||
         (bytes.front() == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

bool has_ustar_mark(ByteView block) {
  return block.size() >= kMagic.offset + kMagic.length &&
         as_text(field_of(block, kMagic)).starts_with(std::string_view("ustar"));
}

std::optional<std::uint64_t> parse_tar_number(ByteView field) {
  if (field.empty()) return std::nullopt;
  if ((std::to_integer<unsigned>(field.front()) & 0x80U) != 0) return parse_base_256(field);
  const auto text = as_text(field);
  const auto is_blank = [](char c) { return c == ' ' || c == '\0'; };
  std::size_t at = 0;
  while (at < text.size() && is_blank(text[at])) ++at;
  std::uint64_t value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '7'; ++at) {
    value = value * 8 + static_cast<std::uint64_t>(text[at] - '0');
  }
  if (at < text.size() && !is_blank(text[at])) return std::nullopt;
  return value;
}

std::optional<TarHeader> parse_tar_header(ByteView block) {
  if (!checksum_fits(block)) return std::nullopt;
  const auto size = parse_tar_number(field_of(block, kSize));
  if (!size) return std::nullopt;
  TarHeader header;
  header.type = static_cast<char>(block[kType]);
  header.size = *size;
  const auto magic = as_text(field_of(block, kMagic));
  if (magic == std::string_view("ustar\0", 6)) {
    header.dialect = TarDialect::ustar;
    header.name = text_of(field_of(block, kPrefix));
    if (!header.name.empty()) header.name.push_back('/');
  } else if (magic == "ustar ") {
    header.dialect = TarDialect::gnu;
  }
  header.name.append(text_of(field_of(block, kName)));
  return header;
}

std::optional<GnuSparse> parse_gnu_sparse(ByteView block, std::vector<Extent>& extents) {
  const auto real_size = parse_tar_number(field_of(block, kRealSize));
  if (!real_size || !append_extents(block, kSparseList, kSparseInHeader, extents)) return std::nullopt;
  return GnuSparse{*real_size, block[kSparseExtended] != std::byte{0}};
}

std::optional<bool> parse_gnu_sparse_more(ByteView block, std::vector<Extent>& extents) {
  if (!append_extents(block, 0, kSparseInBlock, extents)) return std::nullopt;
  return block[kSparseBlockExtended] != std::byte{0};
}

bool is_sound(const std::vector<Extent>& extents, std::uint64_t stored, std::uint64_t real_size) {
  std::uint64_t end = 0;
  std::uint64_t sum = 0;
  for (const auto& extent : extents) {
    if (extent.offset < end || extent.offset > real_size || extent.length > real_size - extent.offset) return false;
    end = extent.offset + extent.length;
    sum += extent.length;  // cannot overflow: the stretches are apart and all end at or before real_size
  }
  return sum == stored;
}

}  // namespace strongroom::archive
