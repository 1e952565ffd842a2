#include "archive/zip_format.hpp"

#include <isa-l/crc.h>

namespace strongroom::archive {

std::uint64_t ZipFields::number(std::size_t count) {
  const ByteView bytes = take(count);
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = (value << 8U) | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}
std::uint16_t ZipFields::u16() { return static_cast<std::uint16_t>(number(2)); }
std::uint32_t ZipFields::u32() { return static_cast<std::uint32_t>(number(4)); }
std::uint64_t ZipFields::u64() { return number(8); }
ByteView ZipFields::take(std::size_t count) {
  if (count > bytes_.size()) {
    short_ = true;
    count = bytes_.size();
  }
  const ByteView taken = bytes_.first(count);
  bytes_ = bytes_.subspan(count);
  return taken;
}

std::optional<ByteView> find_zip_extra(ByteView extra, std::uint16_t id) {
  ZipFields fields(extra);
  while (fields.left() >= 4) {
    const std::uint16_t one = fields.u16();
    const ByteView content = fields.take(fields.u16());
    if (fields.short_of()) return std::nullopt;
    if (one == id) return content;
  }
  return std::nullopt;
}

bool apply_zip64(ByteView extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t* offset) {
  const auto wide = find_zip_extra(extra, kZip64Extra);
  ZipFields fields(wide.value_or(ByteView()));
  for (std::uint64_t* number : {&size, &packed, offset}) {
    if (number != nullptr && *number == kZipAllOnes32) *number = fields.u64();
  }
  return !fields.short_of();
}

std::optional<std::string_view> unicode_path(std::string_view raw, ByteView extra) {
  const auto told = find_zip_extra(extra, kZipUnicodePathExtra);
  if (!told || told->size() < 5) return std::nullopt;
  ZipFields fields(*told);
  const bool version_1 = std::to_integer<int>(fields.take(1)[0]) == 1;
  if (!version_1 || fields.u32() != zip_crc(0, as_bytes(raw))) return std::nullopt;
  return as_text(fields.take(fields.left()));
}

std::uint32_t zip_crc(std::uint32_t crc, ByteView bytes) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace strongroom::archive
