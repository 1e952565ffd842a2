#include "archive/zip_directory.hpp"

#include <algorithm>
#include <vector>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::archive {
namespace {

constexpr std::size_t kWindow = std::size_t{512} << 10;

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

/// Marked as UTF-8, or ASCII, or told in UTF-8 by an extra field that belongs to this name; what is none of these is
/// taken as it stands, and is refused later when it is not UTF-8.
std::string meant_name(std::string_view raw, std::uint16_t flags, ByteView extra) {
  if ((flags & kZipUtf8) != 0 || is_ascii(raw)) return std::string(raw);
  return std::string(unicode_path(raw, extra).value_or(raw));
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
  const auto tail_size = static_cast<std::size_t>(std::min<std::uint64_t>(size, 2 * (kZipEndSize + kZipTextMax)));
  TRY(const auto tail, read_up_to(package_, size - tail_size, tail_size));
  std::optional<std::size_t> found;
  bool trailing = false;
  for (std::size_t at = tail.size() < kZipEndSize ? 0 : tail.size() - kZipEndSize + 1; at-- > 0;) {
    ZipFields record(ByteView(tail).subspan(at, kZipEndSize));
    if (record.u32() != kZipEndSignature) continue;
    const std::size_t comment = ZipFields(ByteView(tail).subspan(at + kZipEndSize - 2, 2)).u16();
    const std::size_t end = at + kZipEndSize + comment;
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
  ZipFields record(ByteView(tail).subspan(*found + 4, kZipEndSize - 4));
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
  const bool needed = end.disk == kZipAllOnes16 || end.directory_disk == kZipAllOnes16 ||
                      end.entries_here == kZipAllOnes16 || end.entries == kZipAllOnes16 || end.size == kZipAllOnes32 ||
                      end.offset == kZipAllOnes32;
  if (at < kZipLocatorSize) return {};
  TRY(const auto locator, read_up_to(package_, at - kZipLocatorSize, kZipLocatorSize));
  ZipFields where(locator);
  if (where.u32() != kZipLocatorSignature) {
    // All ones may also be what they say: an archive of 65,535 entries.
    return {};
  }
  const std::uint32_t disk = where.u32();
  const std::uint64_t offset = where.u64();
  const std::uint32_t disks = where.u32();
  if (disk != 0 || disks > 1) return bad(slot, "the zip archive is one volume of several");
  if (offset > at - kZipLocatorSize || at - kZipLocatorSize - offset < kZipEnd64Size) {
    return bad(slot, "the zip64 end record does not lie where its locator says");
  }
  TRY(const auto bytes, read_up_to(package_, offset, kZipEnd64Size));
  ZipFields record(bytes);
  const bool signed_right = record.u32() == kZipEnd64Signature;
  const std::uint64_t rest = record.u64();
  if (!signed_right || rest != at - kZipLocatorSize - offset - 12) {
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
  const bool agrees = (end.entries == kZipAllOnes16 || end.entries == wide.entries) &&
                      (end.size == kZipAllOnes32 || end.size == wide.size) &&
                      (end.offset == kZipAllOnes32 || end.offset == wide.offset);
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
    if (window.size() - used < std::min<std::uint64_t>(kZipEntryMax, end.at - at)) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, end.at - at));
      TRY(window, read_up_to(package_, at, wanted));
      window_at = at;
      used = 0;
    }
    ZipFields record(ByteView(window).subspan(used));
    const std::size_t before = record.left();
    if (record.u32() != kZipEntrySignature) return bad(slot, "the directory of the zip archive is damaged");
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
    if (disk != 0 && disk != kZipAllOnes16) return bad(slot, "the zip archive is one volume of several");
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
