#include "archive/zip_directory.hpp"

#include <isa-l/crc.h>

#include <algorithm>
#include <vector>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::archive {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054B50;
constexpr std::uint32_t kEnd64Signature = 0x06064B50;
constexpr std::uint32_t kLocatorSignature = 0x07064B50;
constexpr std::uint32_t kEntrySignature = 0x02014B50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kCommentMax = 0xFFFF;
/// An entry with the longest name, extra field and comment.
constexpr std::size_t kEntryMax = kEntrySize + 3 * kCommentMax;
constexpr std::size_t kWindow = std::size_t{512} << 10;

constexpr std::uint16_t kZip64Extra = 0x0001;
constexpr std::uint16_t kUnicodePathExtra = 0x7075;
constexpr std::uint32_t kAllOnes32 = 0xFFFFFFFF;
constexpr std::uint16_t kAllOnes16 = 0xFFFF;

Error refuse(FaultSlot& slot, FaultKind kind, std::string detail) {
  return slot.refuse({.kind = kind, .detail = std::move(detail), .name = {}, .subject = "zip"});
}

Error bad(FaultSlot& slot, std::string detail) { return refuse(slot, FaultKind::bad_archive, std::move(detail)); }

Result<std::vector<std::byte>> read_up_to(RandomAccess& package, std::uint64_t offset, std::size_t count) {
  std::vector<std::byte> bytes(count);
  TRY(const std::size_t n, package.read_at(offset, bytes));
  bytes.resize(n);
  return bytes;
}

/// The content of the first extra field with this id.
std::optional<ByteView> find_extra(ByteView extra, std::uint16_t id) {
  ZipFields fields(extra);
  while (fields.left() >= 4) {
    const std::uint16_t one = fields.u16();
    const ByteView content = fields.take(fields.u16());
    if (fields.short_of()) return std::nullopt;
    if (one == id) return content;
  }
  return std::nullopt;
}

/// Marked as UTF-8, or ASCII, or told in UTF-8 by an extra field that belongs to this name; what is none of these is
/// taken as it stands, and is refused later when it is not UTF-8.
std::string meant_name(std::string_view raw, std::uint16_t flags, ByteView extra) {
  if ((flags & kZipUtf8) != 0 || is_ascii(raw)) return std::string(raw);
  const auto told = find_extra(extra, kUnicodePathExtra);
  if (!told || told->size() < 5) return std::string(raw);
  ZipFields fields(*told);
  const bool version_1 = std::to_integer<int>(fields.take(1)[0]) == 1;
  const std::uint32_t crc = fields.u32();
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  if (!version_1 || crc != crc32_gzip_refl(0, bytes, raw.size())) return std::string(raw);
  return std::string(as_text(fields.take(fields.left())));
}

MemberKind kind_of(std::uint16_t made_by, std::uint32_t attributes, std::string_view name) {
  constexpr unsigned kUnix = 3;
  constexpr unsigned kDosVolume = 0x08;
  const unsigned host = made_by >> 8U;
  const bool slash = name.ends_with('/');
  if (host == kUnix) {
    switch (attributes >> 28U) {  // S_IFMT of the mode in the upper half
      case 0x0:
      case 0x8:
        break;
      case 0x4:
        return MemberKind::directory;
      case 0xA:
        return MemberKind::symbolic_link;
      case 0x2:
      case 0x6:
        return MemberKind::device;
      case 0x1:
        return MemberKind::fifo;
      default:
        return MemberKind::other;
    }
  } else if ((attributes & kDosVolume) != 0) {
    return MemberKind::other;
  }
  return slash ? MemberKind::directory : MemberKind::file;
}

std::string big_endian(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(number >> (8 * (bytes.size() - 1 - i)));
  return bytes;
}

void append_number(std::string& out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::string encode(const ZipEntry& entry) {
  std::string value;
  for (const std::uint64_t number :
       {entry.offset, std::uint64_t{entry.method}, std::uint64_t{entry.flags}, std::uint64_t{entry.crc}, entry.packed,
        entry.size, static_cast<std::uint64_t>(entry.kind), static_cast<std::uint64_t>(entry.raw_name.size())}) {
    append_number(value, number);
  }
  return value.append(entry.raw_name).append(entry.name);
}

ZipEntry decode(std::string_view value) {
  ZipFields fields(as_bytes(value));
  ZipEntry entry;
  entry.offset = fields.u64();
  entry.method = static_cast<std::uint16_t>(fields.u64());
  entry.flags = static_cast<std::uint16_t>(fields.u64());
  entry.crc = static_cast<std::uint32_t>(fields.u64());
  entry.packed = fields.u64();
  entry.size = fields.u64();
  entry.kind = static_cast<MemberKind>(fields.u64());
  const std::uint64_t raw = fields.u64();
  entry.raw_name = as_text(fields.take(static_cast<std::size_t>(raw)));
  entry.name = as_text(fields.take(fields.left()));
  return entry;
}

}  // namespace

struct ZipDirectory::End {
  std::uint64_t at = 0;  ///< of the record behind which the directory cannot be
  std::uint64_t disk = 0;
  std::uint64_t directory_disk = 0;
  std::uint64_t entries_here = 0;
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

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

bool apply_zip64(ByteView extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t* offset) {
  const auto wide = find_extra(extra, kZip64Extra);
  ZipFields fields(wide.value_or(ByteView()));
  for (std::uint64_t* number : {&size, &packed, offset}) {
    if (number != nullptr && *number == kAllOnes32) *number = fields.u64();
  }
  return !fields.short_of();
}

ZipDirectory::ZipDirectory(RandomAccess& package, SpillSpace& spills)
    : package_(package), sorter_(spills, limits::kSorterMemoryMax) {}

Result<void> ZipDirectory::read(FaultSlot& slot) {
  TRY(const End end, find_end(slot));
  if (end.disk != 0 || end.directory_disk != 0 || end.entries_here != end.entries) {
    return bad(slot, "the zip archive is one volume of several");
  }
  if (end.offset > end.at || end.size != end.at - end.offset) {
    return bad(slot, "the directory of the zip archive does not end where the end record begins");
  }
  begin_ = end.offset;
  TRY_VOID(read_entries(end, slot));
  TRY(sorted_, sorter_.read());
  return {};
}

/// The last end record whose comment reaches the end of the file, but for zero bytes behind it. A second one that fits
/// as well would be another archive for another reader.
Result<ZipDirectory::End> ZipDirectory::find_end(FaultSlot& slot) {
  const std::uint64_t size = package_.size();
  const auto tail_size = static_cast<std::size_t>(std::min<std::uint64_t>(size, 2 * (kEndSize + kCommentMax)));
  TRY(const auto tail, read_up_to(package_, size - tail_size, tail_size));
  std::optional<std::size_t> found;
  bool trailing = false;
  for (std::size_t at = tail.size() < kEndSize ? 0 : tail.size() - kEndSize + 1; at-- > 0;) {
    ZipFields record(ByteView(tail).subspan(at, kEndSize));
    if (record.u32() != kEndSignature) continue;
    const std::size_t comment = ZipFields(ByteView(tail).subspan(at + kEndSize - 2, 2)).u16();
    const std::size_t end = at + kEndSize + comment;
    if (end > tail.size()) continue;
    const ByteView behind = ByteView(tail).subspan(end);
    const bool zeros = std::ranges::all_of(behind, [](std::byte b) { return b == std::byte{0}; });
    if (!zeros) {
      trailing = true;
      continue;
    }
    if (found) return bad(slot, "the zip archive has two end records");
    found = at;
    padded_ = !behind.empty();
  }
  if (!found && trailing) {
    return refuse(slot, FaultKind::trailing_data,
                  "something other than zero bytes follows the end record of the zip archive");
  }
  if (!found) {
    return refuse(slot, FaultKind::truncated, "the zip archive has no end record: it was cut off");
  }
  ZipFields record(ByteView(tail).subspan(*found + 4, kEndSize - 4));
  End end;
  end.disk = record.u16();
  end.directory_disk = record.u16();
  end.entries_here = record.u16();
  end.entries = record.u16();
  end.size = record.u32();
  end.offset = record.u32();
  end.at = size - tail_size + *found;
  TRY_VOID(widen(end, slot));
  return end;
}

/// The zip64 end record, which a locator right before the end record points to.
Result<void> ZipDirectory::widen(End& end, FaultSlot& slot) {
  const std::uint64_t at = end.at;
  const bool needed = end.disk == kAllOnes16 || end.directory_disk == kAllOnes16 || end.entries_here == kAllOnes16 ||
                      end.entries == kAllOnes16 || end.size == kAllOnes32 || end.offset == kAllOnes32;
  if (at < kLocatorSize) return {};
  TRY(const auto locator, read_up_to(package_, at - kLocatorSize, kLocatorSize));
  ZipFields where(locator);
  if (where.u32() != kLocatorSignature) {
    // All ones may also be what they say: an archive of 65,535 entries.
    return {};
  }
  const std::uint32_t disk = where.u32();
  const std::uint64_t offset = where.u64();
  const std::uint32_t disks = where.u32();
  if (disk != 0 || disks > 1) return bad(slot, "the zip archive is one volume of several");
  if (offset > at - kLocatorSize || at - kLocatorSize - offset < kEnd64Size) {
    return bad(slot, "the zip64 end record does not lie where its locator says");
  }
  TRY(const auto bytes, read_up_to(package_, offset, kEnd64Size));
  ZipFields record(bytes);
  const bool signed_right = record.u32() == kEnd64Signature;
  const std::uint64_t rest = record.u64();
  if (!signed_right || rest != at - kLocatorSize - offset - 12) {
    return bad(slot, "the zip64 end record does not lie where its locator says");
  }
  static_cast<void>(record.u32());  // versions
  End wide;
  wide.at = offset;
  wide.disk = record.u32();
  wide.directory_disk = record.u32();
  wide.entries_here = record.u64();
  wide.entries = record.u64();
  wide.size = record.u64();
  wide.offset = record.u64();
  const bool agrees = (end.entries == kAllOnes16 || end.entries == wide.entries) &&
                      (end.size == kAllOnes32 || end.size == wide.size) &&
                      (end.offset == kAllOnes32 || end.offset == wide.offset);
  if (!agrees && !needed) return bad(slot, "the two end records of the zip archive do not agree");
  if (!agrees) return bad(slot, "the zip64 end record does not agree with the end record");
  end = wide;
  return {};
}

Result<void> ZipDirectory::read_entries(const End& end, FaultSlot& slot) {
  std::vector<std::byte> window;
  std::uint64_t window_at = end.offset;
  std::size_t used = 0;
  for (std::uint64_t count = 0;; ++count) {
    const std::uint64_t at = window_at + used;
    if (at == end.at) {
      return count == end.entries ? ok() : bad(slot, "the zip archive has another number of entries than it says");
    }
    if (window.size() - used < std::min<std::uint64_t>(kEntryMax, end.at - at)) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, end.at - at));
      TRY(window, read_up_to(package_, at, wanted));
      window_at = at;
      used = 0;
    }
    ZipFields record(ByteView(window).subspan(used));
    const std::size_t before = record.left();
    if (record.u32() != kEntrySignature) return bad(slot, "the directory of the zip archive is damaged");
    ZipEntry entry;
    const std::uint16_t made_by = record.u16();
    static_cast<void>(record.u16());  // version needed
    entry.flags = record.u16();
    entry.method = record.u16();
    static_cast<void>(record.u32());  // time and date
    entry.crc = record.u32();
    entry.packed = record.u32();
    entry.size = record.u32();
    const std::uint16_t name = record.u16();
    const std::uint16_t extra = record.u16();
    const std::uint16_t comment = record.u16();
    const std::uint16_t disk = record.u16();
    static_cast<void>(record.u16());  // internal attributes
    const std::uint32_t attributes = record.u32();
    entry.offset = record.u32();
    entry.raw_name = as_text(record.take(name));
    const ByteView extras = record.take(extra);
    static_cast<void>(record.take(comment));
    if (record.short_of() || !apply_zip64(extras, entry.size, entry.packed, &entry.offset)) {
      return bad(slot, "the directory of the zip archive is damaged");
    }
    if (disk != 0 && disk != kAllOnes16) return bad(slot, "the zip archive is one volume of several");
    entry.name = meant_name(entry.raw_name, entry.flags, extras);
    entry.kind = kind_of(made_by, attributes, entry.name);
    TRY_VOID(sorter_.add(big_endian(entry.offset), encode(entry)));
    used += before - record.left();
  }
}

Result<const ZipEntry*> ZipDirectory::next() {
  TRY(const SortedRecord* record, sorted_->next());
  if (record == nullptr) return static_cast<const ZipEntry*>(nullptr);
  entry_ = decode(record->value);
  return static_cast<const ZipEntry*>(&entry_);
}

}  // namespace strongroom::archive
