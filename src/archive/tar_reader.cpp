#include "archive/tar_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/text.hpp"

namespace strongroom::archive {
namespace {

/// What holes are made of.
constexpr std::size_t kHoleSize = std::size_t{64} << 10;
constexpr std::array<std::byte, kHoleSize> kHole{};

std::size_t fill_behind(std::uint64_t size) {
  return static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock);
}

MemberKind kind_of(char type) {
  switch (type) {
    case '\0':
    case '0':
    case '7':  // contiguous: a regular file everywhere (POSIX)
      return MemberKind::file;
    case '1':
      return MemberKind::hard_link;
    case '2':
      return MemberKind::symbolic_link;
    case '3':
    case '4':
      return MemberKind::device;
    case '5':
      return MemberKind::directory;
    case '6':
      return MemberKind::fifo;
    default:
      return MemberKind::other;
  }
}

}  // namespace

TarReader::TarReader(ByteSource& stream, std::size_t buffer_size) : window_(stream, buffer_size) {
  CHECK(buffer_size >= kTarBlock);
}

Error TarReader::refuse(FaultKind kind, const std::string& detail) {
  const std::string place = " (at byte " + std::to_string(window_.position()) + " of the tar stream)";
  return slot_.refuse(Fault{.kind = kind, .detail = detail + place, .name = {}, .subject = {}});
}

Error TarReader::cut(const std::string& where) { return refuse(FaultKind::truncated, "the tar stream ends " + where); }

Result<std::optional<Member>> TarReader::next() {
  TRY_VOID(leave_body());
  Member member;
  for (;;) {
    TRY(const Step step, read_step(member));
    if (step == Step::member) return std::optional(std::move(member));
    if (step == Step::end) return std::optional<Member>();
  }
}

Result<void> TarReader::leave_body() {
  TRY(const bool whole, window_.skip(stored_left_ + fill_));
  if (!whole) return cut("inside a file");
  stored_left_ = 0;
  fill_ = 0;
  position_ = size_ = 0;
  return {};
}

Result<TarReader::Step> TarReader::read_step(Member& member) {
  TRY(const ByteView block, window_.peek(kTarBlock));
  if (block.size() < kTarBlock) {
    if (any_header_) return cut(block.empty() ? "without an end mark" : "inside a header");
    if (has_ustar_mark(block)) return cut("inside its first header");
    return refuse(FaultKind::bad_archive, "this is not a tar archive");
  }
  if (is_zero(block)) {
    if (!any_header_) return refuse(FaultKind::bad_archive, "this is not a tar archive, or an empty one");
    if (extended_ || long_name_ || long_link_) {
      return refuse(FaultKind::bad_archive, "an extended header has no entry behind it");
    }
    TRY_VOID(read_end());
    return Step::end;
  }
  auto header = parse_tar_header(block);
  if (!header) {
    return refuse(FaultKind::bad_archive, any_header_ ? "a tar header is broken" : "this is not a tar archive");
  }
  any_header_ = true;
  if (header->type == 'S') sparse_header_.assign(block.begin(), block.end());
  window_.take(kTarBlock);
  switch (header->type) {
    case 'x':
    case 'g':
    case 'L':
    case 'K':
      TRY_VOID(read_extension(*header));
      return Step::again;
    default:
      TRY_VOID(open_member(std::move(*header), member));
      return Step::member;
  }
}

/// The body of an extended header.
Result<std::string> TarReader::read_record(std::uint64_t size) {
  if (size > limits::kTarRecordMax) {
    return refuse(FaultKind::record_too_long,
                  "an extended header is longer than " + std::to_string(limits::kTarRecordMax) + " bytes");
  }
  std::string text;
  text.reserve(static_cast<std::size_t>(size));
  while (text.size() < size) {
    TRY(const ByteView piece, window_.peek_some(size - text.size()));
    if (piece.empty()) return cut("inside an extended header");
    text.append(as_text(piece));
    window_.take(piece.size());
  }
  TRY(const bool whole, window_.skip(fill_behind(size)));
  if (!whole) return cut("inside an extended header");
  return text;
}

Result<void> TarReader::read_extension(const TarHeader& header) {
  TRY(std::string text, read_record(header.size));
  if (header.type == 'L') {
    text.resize(std::min(text.find('\0'), text.size()));
    long_name_ = std::move(text);
    return {};
  }
  if (header.type == 'K') {  // the target of a link: links are refused whatever they point to
    long_link_ = true;
    return {};
  }
  if (header.type == 'x' && !extended_) extended_ = global_;
  PaxRecords& records = header.type == 'x' ? *extended_ : global_;
  if (!parse_pax(text, records)) return refuse(FaultKind::bad_archive, "a pax header is broken");
  if (global_.sparse) return refuse(FaultKind::bad_archive, "a global pax header describes a sparse file");
  return {};
}

Result<void> TarReader::open_member(TarHeader header, Member& member) {
  if (!extended_) extended_ = global_;
  if (extended_->sparse_name) {
    header.name = *extended_->sparse_name;
  } else if (extended_->path) {
    header.name = *extended_->path;
  } else if (long_name_) {
    header.name = std::move(*long_name_);
  }
  if (extended_->size) header.size = *extended_->size;

  member.name = header.name;
  member.kind = kind_of(header.type);
  member.size = 0;
  if (header.type == 'S' && header.dialect == TarDialect::gnu) member.kind = MemberKind::file;
  if (member.kind == MemberKind::file && member.name.ends_with('/')) {
    // How v7, and some who came after it, wrote a directory.
    if (header.size > 0) return refuse(FaultKind::bad_archive, "a directory has content");
    member.kind = MemberKind::directory;
  }
  if (member.kind == MemberKind::file) TRY_VOID(open_file(header, member));
  extended_.reset();
  long_name_.reset();
  long_link_ = false;
  return {};
}

Result<void> TarReader::open_file(const TarHeader& header, Member& member) {
  std::uint64_t stored = header.size;
  std::uint64_t real_size = header.size;
  fill_ = fill_behind(stored);  // the map of a sparse file is whole blocks
  extents_.clear();
  if (header.type == 'S') {
    TRY_VOID(read_old_sparse_map(real_size));
  } else if (extended_->sparse) {
    TRY_VOID(open_pax_sparse(stored, real_size));
  } else {
    extents_.push_back({0, stored});
  }
  if (!is_sound(extents_, stored, real_size)) {
    return refuse(FaultKind::bad_archive, "the map of a sparse file is broken");
  }
  extent_ = 0;
  position_ = 0;
  size_ = member.size = real_size;
  stored_left_ = stored;
  return {};
}

Result<void> TarReader::read_old_sparse_map(std::uint64_t& real_size) {
  const auto sparse = parse_gnu_sparse(sparse_header_, extents_);
  if (!sparse) return refuse(FaultKind::bad_archive, "the map of a sparse file is broken");
  real_size = sparse->real_size;
  for (bool more = sparse->extended; more;) {
    if (extents_.size() >= kExtentsMax) {
      return refuse(FaultKind::record_too_long, "a sparse file is in too many pieces");
    }
    TRY(const ByteView block, window_.peek(kTarBlock));
    if (block.size() < kTarBlock) return cut("inside the map of a sparse file");
    const auto followed = parse_gnu_sparse_more(block, extents_);
    if (!followed) return refuse(FaultKind::bad_archive, "the map of a sparse file is broken");
    window_.take(kTarBlock);
    more = *followed;
  }
  return {};
}

Result<void> TarReader::open_pax_sparse(std::uint64_t& stored, std::uint64_t& real_size) {
  const auto& records = *extended_;
  if (!records.sparse_size) return refuse(FaultKind::bad_archive, "a sparse file has no size");
  real_size = *records.sparse_size;
  const std::uint64_t major = records.sparse_major.value_or(0);
  if (major == 0) {
    extents_ = records.extents;
    if (records.sparse_blocks.value_or(extents_.size()) == extents_.size()) return {};
    return refuse(FaultKind::bad_archive, "the map of a sparse file is broken");
  }
  if (major != 1 || records.sparse_minor.value_or(0) != 0) {
    return refuse(FaultKind::bad_archive, "a sparse file is in an unknown format");
  }
  return read_sparse_map(stored);
}

/// Format 1.0: in front of the data, decimal numbers on lines: how many stretches, then offset and length of each,
/// filled up to a whole block.
Result<void> TarReader::read_sparse_map(std::uint64_t& stored) {
  std::uint64_t left = stored;
  TRY(const std::uint64_t count, read_map_number(left));
  if (count > kExtentsMax) return refuse(FaultKind::record_too_long, "a sparse file is in too many pieces");
  for (std::uint64_t i = 0; i < count; ++i) {
    Extent extent;
    TRY(extent.offset, read_map_number(left));
    TRY(extent.length, read_map_number(left));
    extents_.push_back(extent);
  }
  const std::size_t rest = fill_behind(stored - left);
  if (rest > left) return refuse(FaultKind::bad_archive, "the map of a sparse file is broken");
  TRY(const bool whole, window_.skip(rest));
  if (!whole) return cut("inside the map of a sparse file");
  stored = left - rest;
  return {};
}

/// One line of the map, taken off the `left` bytes of the entry's body.
Result<std::uint64_t> TarReader::read_map_number(std::uint64_t& left) {
  constexpr std::size_t kDigitsMax = 20;
  std::string digits;
  while (left > 0 && digits.size() <= kDigitsMax) {
    TRY(const ByteView piece, window_.peek_some(1));
    if (piece.empty()) return cut("inside the map of a sparse file");
    const auto c = static_cast<char>(piece.front());
    window_.take(1);
    --left;
    if (c != '\n') {
      digits.push_back(c);
      continue;
    }
    if (const auto number = parse_number(digits)) return *number;
    break;
  }
  return refuse(FaultKind::bad_archive, "the map of a sparse file is broken");
}

Result<ByteView> TarReader::body() {
  if (position_ == size_) return ByteView();
  while (extent_ < extents_.size() && position_ == extents_[extent_].offset + extents_[extent_].length) ++extent_;
  const std::uint64_t hole_end = extent_ < extents_.size() ? extents_[extent_].offset : size_;
  if (position_ < hole_end) {
    const auto piece =
        ByteView(kHole).first(static_cast<std::size_t>(std::min<std::uint64_t>(kHoleSize, hole_end - position_)));
    position_ += piece.size();
    return piece;
  }
  const auto& extent = extents_[extent_];
  TRY(const ByteView piece, window_.peek_some(extent.offset + extent.length - position_));
  if (piece.empty()) return cut("inside a file");
  window_.take(piece.size());
  position_ += piece.size();
  stored_left_ -= piece.size();
  return piece;
}

/// From the first zero block to the last byte of the stream.
Result<void> TarReader::read_end() {
  window_.take(kTarBlock);
  TRY(const ByteView second, window_.peek(kTarBlock));
  lone_zero_block_ = second.size() < kTarBlock;
  if (!is_zero(second)) {
    return refuse(FaultKind::trailing_data, "something other than zero bytes follows the first block of the end mark");
  }
  window_.take(second.size());
  const std::uint64_t mark_end = window_.position();
  const std::uint64_t record_end = (mark_end + kTarRecord - 1) / kTarRecord * kTarRecord;
  for (;;) {
    TRY(const ByteView piece, window_.peek_some(limits::kStreamBuffer));
    if (piece.empty()) break;
    if (!is_zero(piece)) {
      return refuse(FaultKind::trailing_data, "something other than zero bytes follows the end mark");
    }
    window_.take(piece.size());
  }
  padded_ = window_.position() > record_end;
  return {};
}

}  // namespace strongroom::archive
