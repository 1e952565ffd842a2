#include "transfers/package_directory.hpp"

#include <algorithm>
#include <array>

#include "archive/zip_format.hpp"
#include "base/limits.hpp"
#include "transfers/package_findings.hpp"

namespace strongroom::transfers {
namespace {

using archive::ZipFields;

/// What zips begin with, beside a local header: the marks of a set of several files, and of one that became a single.
constexpr std::uint32_t kSpanningMark = archive::kZipDescriptorSignature;
constexpr std::uint32_t kSingleMark = 0x30304B50;
/// An encrypted directory lies behind a record of its own.
constexpr std::uint32_t kArchiveExtraSignature = 0x08064B50;
/// May stand behind the last entry.
constexpr std::uint32_t kSignatureSignature = 0x05054B50;
/// Version needed for an encrypted directory.
constexpr std::uint16_t kEncryptedDirectoryVersion = 62;

/// The end record, widened by that of zip64.
struct EndRecord {
  std::uint64_t at = 0;  ///< of the record behind the directory
  std::uint64_t disk = 0;
  std::uint64_t directory_disk = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint16_t version = 0;
};

bool has_signature(ByteView bytes, std::size_t at, std::uint32_t signature) {
  return bytes.size() - at >= 4 && ZipFields(bytes.subspan(at, 4)).u32() == signature;
}

/// Where the end record begins in the tail: the last one whose comment ends with the package, or else the last one that
/// is whole, as programs read it that know of no foreign data behind the zip.
std::optional<std::size_t> find_end_record(ByteView tail) {
  constexpr std::size_t kReach = archive::kZipEndSize + archive::kZipTextMax;
  if (tail.size() < archive::kZipEndSize) return std::nullopt;
  const std::size_t from = tail.size() - std::min(tail.size(), kReach);
  std::optional<std::size_t> last;
  for (std::size_t at = tail.size() - archive::kZipEndSize + 1; at-- > from;) {
    if (!has_signature(tail, at, archive::kZipEndSignature)) continue;
    const std::size_t comment = ZipFields(tail.subspan(at + archive::kZipEndSize - 2, 2)).u16();
    if (at + archive::kZipEndSize + comment == tail.size()) return at;
    if (!last) last = at;
  }
  return last;
}

/// The zip64 end record: before its locator, at whatever length it says itself to have.
std::optional<std::size_t> find_end64_record(ByteView tail, std::size_t locator) {
  if (locator < archive::kZipEnd64Size) return std::nullopt;
  for (std::size_t at = locator - archive::kZipEnd64Size + 1; at-- > 0;) {
    if (!has_signature(tail, at, archive::kZipEnd64Signature)) continue;
    if (ZipFields(tail.subspan(at + 4, 8)).u64() == locator - at - 12) return at;
  }
  return std::nullopt;
}

EndRecord read_end64_record(ByteView bytes) {
  ZipFields fields(bytes.subspan(14));  // signature, size, version made by
  EndRecord end;
  end.version = fields.u16();
  end.disk = fields.u32();
  end.directory_disk = fields.u32();
  static_cast<void>(fields.take(16));  // numbers of entries
  end.size = fields.u64();
  end.offset = fields.u64();
  return end;
}

std::variant<EndRecord, Finding> read_end(const PackageRanges& package, std::size_t at) {
  const ByteView tail = package.tail();
  ZipFields fields(tail.subspan(at + 4));
  EndRecord end;
  end.at = package.tail_at() + at;
  end.disk = fields.u16();
  end.directory_disk = fields.u16();
  static_cast<void>(fields.take(4));  // numbers of entries
  end.size = fields.u32();
  end.offset = fields.u32();
  if (at < archive::kZipLocatorSize) return end;
  const std::size_t locator = at - archive::kZipLocatorSize;
  if (!has_signature(tail, locator, archive::kZipLocatorSignature)) return end;
  ZipFields where(tail.subspan(locator + 4, archive::kZipLocatorSize - 4));
  const std::uint32_t disk = where.u32();
  static_cast<void>(where.u64());  // offset: wrong where foreign data lies in front
  if (disk != 0 || where.u32() > 1) return zip_multidisk();
  const auto wide = find_end64_record(tail, locator);
  if (!wide) return zip_corrupt_directory("its zip64 end record is missing");
  EndRecord end64 = read_end64_record(tail.subspan(*wide));
  end64.at = package.tail_at() + *wide;
  return end64;
}

}  // namespace

Result<std::variant<DirectoryPlace, Finding>> locate_directory(PackageRanges& package) {
  using Located = std::variant<DirectoryPlace, Finding>;
  std::array<std::byte, 4> head{};
  const std::size_t head_size = std::min<std::uint64_t>(package.size(), head.size());
  TRY_VOID(package.read(0, ByteSpan(head).first(head_size)));
  const std::uint32_t mark = ZipFields(head).u32();
  if (mark == kSpanningMark) return Located(zip_multidisk());
  const auto at = find_end_record(package.tail());
  if (!at) {
    const bool like_a_zip = mark == archive::kZipLocalSignature || mark == kSingleMark ||
                            mark == archive::kZipEndSignature || mark == archive::kZipEnd64Signature;
    return Located(like_a_zip ? zip_truncated_end() : zip_not_zip(as_text(head)));
  }
  auto read = read_end(package, *at);
  if (auto* finding = std::get_if<Finding>(&read)) return Located(std::move(*finding));
  const auto& end = std::get<EndRecord>(read);
  if (end.disk != 0 || end.directory_disk != 0) return Located(zip_multidisk());
  if (end.size > end.at || end.offset > end.at - end.size) return Located(zip_truncated_directory());
  DirectoryPlace place;
  place.begin = end.at - end.size;
  place.size = end.size;
  place.foreign = place.begin - end.offset;
  place.may_be_encrypted = end.version >= kEncryptedDirectoryVersion;
  return Located(place);
}

DirectoryReader::DirectoryReader(PackageRanges& package, const DirectoryPlace& place)
    : package_(package), place_(place) {}

/// One more piece behind what is held, of which there is less than an entry.
Result<void> DirectoryReader::refill() {
  const std::uint64_t left = place_.size - at_;
  const std::size_t capacity = archive::kZipEntryMax + std::min(place_.size, limits::kPackageDirectoryPiece);
  if (memory_ == nullptr) memory_ = std::make_unique_for_overwrite<std::byte[]>(capacity);
  std::ranges::copy(held_, memory_.get());
  const std::size_t count = std::min(left, limits::kPackageDirectoryPiece);
  TRY_VOID(package_.read(place_.begin + at_, ByteSpan(memory_.get() + held_.size(), count)));
  held_ = ByteView(memory_.get(), held_.size() + count);
  at_ += count;
  return {};
}

Finding DirectoryReader::bad_record(ByteView rest) const {
  if (place_.may_be_encrypted || has_signature(rest, 0, kArchiveExtraSignature)) return zip_encrypted_directory();
  return zip_corrupt_directory("it has bytes that are no entry");
}

Result<std::variant<std::optional<DirectoryEntry>, Finding>> DirectoryReader::next() {
  using Next = std::variant<std::optional<DirectoryEntry>, Finding>;
  if (held_.size() < archive::kZipEntryMax && at_ < place_.size) TRY_VOID(refill());
  if (held_.empty() || has_signature(held_, 0, kSignatureSignature)) return Next(std::optional<DirectoryEntry>());
  if (!has_signature(held_, 0, archive::kZipEntrySignature)) return Next(bad_record(held_));
  ZipFields fields(held_.subspan(8));  // signature, versions
  DirectoryEntry entry;
  entry.flags = fields.u16();
  entry.method = fields.u16();
  static_cast<void>(fields.u32());  // time and date
  entry.crc = fields.u32();
  entry.packed = fields.u32();
  entry.size = fields.u32();
  const std::uint16_t name = fields.u16();
  const std::uint16_t extra = fields.u16();
  const std::uint16_t comment = fields.u16();
  const std::uint16_t disk = fields.u16();
  static_cast<void>(fields.take(6));  // attributes
  entry.offset = fields.u32();
  entry.raw_name = as_text(fields.take(name));
  entry.extra = fields.take(extra);
  static_cast<void>(fields.take(comment));
  if (fields.short_of()) return Next(zip_corrupt_directory("its last entry is not whole"));
  if (disk != 0 && disk != archive::kZipAllOnes16) return Next(zip_multidisk());
  // Without the extra field a number of all ones is what it says.
  if (archive::find_zip_extra(entry.extra, archive::kZip64Extra) &&
      !archive::apply_zip64(entry.extra, entry.size, entry.packed, &entry.offset)) {
    return Next(zip_corrupt_directory("an entry lacks its zip64 numbers"));
  }
  // Beyond the end either way.
  entry.offset = entry.offset > UINT64_MAX - place_.foreign ? UINT64_MAX : entry.offset + place_.foreign;
  held_ = held_.last(fields.left());
  return Next(std::optional(entry));
}

}  // namespace strongroom::transfers
