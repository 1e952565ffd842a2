#include "archive/zip_reader.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/limits.hpp"

namespace strongroom::archive {
namespace {

constexpr std::size_t kInputSize = std::size_t{256} << 10;
static_assert(kInputSize > kZipLocalSize + 2 * 0xFFFF,
              "a local header with its name and extra field is looked at whole");

}  // namespace

struct ZipReader::Engine {
  inflate_state state;
};

ZipReader::ZipReader(RandomAccess& package, SpillSpace& spills)
    : package_(package),
      directory_(package, spills),
      engine_(std::make_unique_for_overwrite<Engine>()),
      input_(std::make_unique_for_overwrite<std::byte[]>(kInputSize)),
      output_(std::make_unique_for_overwrite<std::byte[]>(limits::kStreamBuffer)) {}

ZipReader::~ZipReader() = default;

Error ZipReader::refuse(FaultKind kind, std::string detail) {
  return slot_.refuse(
      {.kind = kind, .detail = std::move(detail), .name = current_ ? current_->name : std::string(), .subject = "zip"});
}

Result<std::optional<Member>> ZipReader::next() {
  const auto take_following = [this]() -> Result<void> {
    TRY(const ZipEntry* entry, directory_.next());
    following_ = entry == nullptr ? std::nullopt : std::optional(*entry);
    return {};
  };
  if (!opened_) {
    opened_ = true;
    TRY_VOID(directory_.read(slot_));
    TRY_VOID(take_following());
  } else {
    TRY_VOID(leave_body());
  }
  if (!following_) {
    current_.reset();
    if (at_ != directory_.begin()) return refuse(FaultKind::bad_archive, "bytes that are no entry lie in the archive");
    return std::optional<Member>();
  }
  current_ = std::move(following_);
  TRY_VOID(take_following());
  TRY_VOID(open_entry(*current_));
  return std::optional(Member{current_->kind, current_->name, current_->size});
}

Result<void> ZipReader::open_entry(const ZipEntry& entry) {
  constexpr std::uint16_t kHidden = kZipEncrypted | kZipStrongEncryption | kZipMaskedHeaders;
  if ((entry.flags & kHidden) != 0) return refuse(FaultKind::encrypted, "the entry is encrypted");
  if (entry.offset != at_) {
    return refuse(FaultKind::bad_archive,
                  entry.offset < at_ ? "two entries overlap" : "bytes that are no entry lie in the archive");
  }
  TRY_VOID(compare_local_header(entry));
  if (entry.method != kZipStored && entry.method != kZipDeflated) {
    return refuse(FaultKind::unsupported_method, "compression method " + std::to_string(entry.method));
  }
  if (entry.method == kZipStored && entry.packed != entry.size) {
    return refuse(FaultKind::bad_archive, "the entry is stored and has two sizes");
  }
  if (entry.kind == MemberKind::directory && entry.size != 0) {
    return refuse(FaultKind::bad_archive, "a directory has content");
  }
  const std::uint64_t limit = following_ ? following_->offset : directory_.begin();
  if (entry.packed > limit || at_ > limit - entry.packed) return refuse(FaultKind::bad_archive, "two entries overlap");
  data_end_ = at_ + entry.packed;
  given_ = 0;
  crc_ = 0;
  body_ended_ = false;
  if (entry.method == kZipDeflated) {
    isal_inflate_init(&engine_->state);
    engine_->state.crc_flag = ISAL_DEFLATE;
  }
  return {};
}

Result<void> ZipReader::compare_local_header(const ZipEntry& entry) {
  TRY(const ByteView head, peek(kZipLocalSize));
  ZipFields fields(head);
  if (head.size() < kZipLocalSize || fields.u32() != kZipLocalSignature) {
    return refuse(FaultKind::bad_archive, "there is no entry where the directory says");
  }
  static_cast<void>(fields.u16());  // version needed
  const std::uint16_t flags = fields.u16();
  const std::uint16_t method = fields.u16();
  static_cast<void>(fields.u32());  // time and date
  const std::uint32_t crc = fields.u32();
  std::uint64_t packed = fields.u32();
  std::uint64_t size = fields.u32();
  const std::size_t name = fields.u16();
  const std::size_t extra = fields.u16();
  TRY(const ByteView whole, peek(kZipLocalSize + name + extra));
  if (whole.size() < kZipLocalSize + name + extra)
    return refuse(FaultKind::bad_archive, "an entry's header is cut off");
  const ByteView extras = whole.subspan(kZipLocalSize + name, extra);
  const bool same_name = as_text(whole.subspan(kZipLocalSize, name)) == entry.raw_name;
  const bool descriptor = (flags & kZipDescriptor) != 0;
  constexpr std::uint16_t kCompared =
      kZipEncrypted | kZipDescriptor | kZipStrongEncryption | kZipUtf8 | kZipMaskedHeaders;
  const bool wide = apply_zip64(extras, size, packed, nullptr);
  // With a data descriptor the writer may not have known them yet; some know the one and not the others.
  const auto agrees = [&](std::uint64_t told, std::uint64_t known) {
    return told == known || (descriptor && told == 0);
  };
  const bool same_values = wide && agrees(crc, entry.crc) && agrees(packed, entry.packed) && agrees(size, entry.size);
  if (!same_name || method != entry.method || ((flags ^ entry.flags) & kCompared) != 0 || !same_values) {
    return refuse(FaultKind::bad_archive, "the entry's own header does not agree with the directory");
  }
  at_ += kZipLocalSize + name + extra;
  return {};
}

Result<ByteView> ZipReader::body() {
  if (!current_ || body_ended_) return ByteView();
  TRY(const ByteView piece, current_->method == kZipStored ? stored_piece() : inflated_piece());
  if (piece.empty()) {
    TRY_VOID(close_entry());
    return piece;
  }
  given_ += piece.size();
  if (given_ > current_->size) return refuse(FaultKind::bad_archive, "the entry has more bytes than it says");
  crc_ = zip_crc(crc_, piece);
  return piece;
}

Result<ByteView> ZipReader::stored_piece() {
  if (at_ == data_end_) return ByteView();
  TRY(const bool more, refill());
  if (!more) return refuse(FaultKind::truncated, "the package ends inside an entry");
  const auto from = static_cast<std::size_t>(at_ - buffer_at_);
  const std::uint64_t count = std::min<std::uint64_t>(filled_ - from, data_end_ - at_);
  at_ += count;
  return ByteView(input_.get() + from, static_cast<std::size_t>(count));
}

Result<ByteView> ZipReader::inflated_piece() {
  inflate_state& state = engine_->state;
  for (;;) {
    if (state.block_state == ISAL_BLOCK_FINISH) {
      if (at_ != data_end_) return refuse(FaultKind::bad_compression, "bytes follow the entry's compressed data");
      return ByteView();
    }
    std::size_t from = 0;
    std::uint64_t offered = 0;
    if (at_ < data_end_) {
      TRY(const bool more, refill());
      if (!more) return refuse(FaultKind::truncated, "the package ends inside an entry");
      from = static_cast<std::size_t>(at_ - buffer_at_);
      offered = std::min<std::uint64_t>(filled_ - from, data_end_ - at_);
    }
    state.next_in = reinterpret_cast<std::uint8_t*>(input_.get() + from);
    state.avail_in = static_cast<std::uint32_t>(offered);
    state.next_out = reinterpret_cast<std::uint8_t*>(output_.get());
    state.avail_out = static_cast<std::uint32_t>(limits::kStreamBuffer);
    const int outcome = isal_inflate(&state);
    const std::uint64_t taken = offered - state.avail_in;
    const std::size_t given = limits::kStreamBuffer - state.avail_out;
    at_ += taken;
    if (outcome < 0) return refuse(FaultKind::bad_compression, "the entry's compressed data cannot be decoded");
    if (given > 0) return ByteView(output_.get(), given);
    if (taken == 0 && state.block_state != ISAL_BLOCK_FINISH) {
      return refuse(FaultKind::bad_compression, "the entry's compressed data ends too early");
    }
  }
}

/// After the last byte: sizes and CRC-32, and the data descriptor up to the next entry.
Result<void> ZipReader::close_entry() {
  body_ended_ = true;
  const ZipEntry& entry = *current_;
  if (given_ != entry.size) return refuse(FaultKind::bad_archive, "the entry has fewer bytes than it says");
  if (crc_ != entry.crc) return refuse(FaultKind::bad_check_value, "the entry's CRC-32 is wrong");
  if ((entry.flags & kZipDescriptor) == 0) return {};
  const std::uint64_t next = following_ ? following_->offset : directory_.begin();
  const std::uint64_t gap = next - at_;
  if (gap != 12 && gap != 16 && gap != 20 && gap != 24) {
    return refuse(FaultKind::bad_archive, "the entry's data descriptor is missing or something follows it");
  }
  TRY(const ByteView bytes, peek(static_cast<std::size_t>(gap)));
  ZipFields fields(bytes);
  const bool wide = gap >= 20;
  bool right = gap % 8 == 4 || fields.u32() == kZipDescriptorSignature;
  right = fields.u32() == entry.crc && right;
  right = (wide ? fields.u64() : fields.u32()) == entry.packed && right;
  right = (wide ? fields.u64() : fields.u32()) == entry.size && right;
  if (!right || fields.short_of()) {
    return refuse(FaultKind::bad_archive, "the entry's data descriptor does not agree with the directory");
  }
  at_ += gap;
  return {};
}

/// What the caller did not read is read all the same: every CRC-32 is verified.
Result<void> ZipReader::leave_body() {
  while (!body_ended_) {
    TRY([[maybe_unused]] const ByteView piece, body());
  }
  return {};
}

/// The buffer holds the byte at `at_`; false at the end of the package.
Result<bool> ZipReader::refill() {
  if (at_ >= buffer_at_ && at_ < buffer_at_ + filled_) return true;
  TRY(filled_, package_.read_at(at_, ByteSpan(input_.get(), kInputSize)));
  buffer_at_ = at_;
  return filled_ > 0;
}

/// The next bytes together, fewer only at the end of the package; nothing is taken.
Result<ByteView> ZipReader::peek(std::size_t count) {
  const bool held = at_ >= buffer_at_ && at_ + count <= buffer_at_ + filled_;
  if (!held) {
    TRY(filled_, package_.read_at(at_, ByteSpan(input_.get(), kInputSize)));
    buffer_at_ = at_;
  }
  const auto from = static_cast<std::size_t>(at_ - buffer_at_);
  return ByteView(input_.get() + from, std::min(count, filled_ - from));
}

}  // namespace strongroom::archive
