#include "archive/gunzip.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "archive/gzip_format.hpp"

namespace strongroom::archive {
namespace {

using namespace gzip_format;

constexpr int kEnd = -1;

}  // namespace

struct Gunzip::Engine {
  inflate_state state;
};

Gunzip::Gunzip(ByteSource& source, const SideBySide& side_by_side)
    : CompressedStream(source, "gzip"), engine_(std::make_unique_for_overwrite<Engine>()) {
  if (side_by_side) batch_.emplace(side_by_side);
  isal_inflate_init(&engine_->state);
}

Gunzip::~Gunzip() = default;

Result<std::size_t> Gunzip::step(ByteSpan into) {
  switch (state_) {
    case State::header: {
      TRY(const bool decoded, decode_batch());
      if (!decoded) TRY_VOID(read_header());
      break;
    }
    case State::body:
      return inflate(into);
    case State::batch:
      return hand_out(into);
    case State::between:
      TRY_VOID(look_behind_member());
      break;
  }
  return std::size_t{0};
}

Result<int> Gunzip::header_byte() {
  if (at_hand().empty()) {
    TRY(const bool more, refill());
    if (!more) {
      found(FaultKind::truncated, "the package ends inside a gzip header");
      return kEnd;
    }
  }
  const auto value = std::to_integer<unsigned char>(at_hand().front());
  take(1);
  header_crc_ = crc32_gzip_refl(header_crc_, &value, 1);
  return int{value};
}

Result<bool> Gunzip::skip_header_bytes(std::size_t count) {
  for (; count > 0; --count) {
    TRY(const int byte, header_byte());
    if (byte == kEnd) return false;
  }
  return true;
}

Result<bool> Gunzip::skip_header_text() {
  for (;;) {
    TRY(const int byte, header_byte());
    if (byte == kEnd) return false;
    if (byte == 0) return true;
  }
}

/// On return the state is body, or a fault is pending.
Result<void> Gunzip::read_header() {
  header_crc_ = 0;
  for (const int expected : kBeginning) {
    TRY(const int byte, header_byte());
    if (byte == kEnd) return {};
    if (byte == expected) continue;
    if (first_member_) {
      found(FaultKind::bad_archive, "the gzip header names an unknown method of compression");
    } else {
      found(FaultKind::trailing_data, "what follows the gzip stream is not another member of it");
    }
    return {};
  }
  TRY(const int flags, header_byte());
  if (flags == kEnd) return {};
  if ((static_cast<unsigned>(flags) & kReserved) != 0) {
    found(FaultKind::bad_archive, "reserved flags are set in the gzip header");
    return {};
  }
  TRY(const bool fixed, skip_header_bytes(6));  // time, extra flags, operating system
  if (!fixed) return {};
  TRY_VOID(read_optional_fields(static_cast<unsigned>(flags)));
  if (has_found()) return {};
  isal_inflate_reset(&engine_->state);
  engine_->state.total_out = 0;
  engine_->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
  first_member_ = false;
  state_ = State::body;
  return {};
}

Result<void> Gunzip::read_optional_fields(unsigned flags) {
  if ((flags & kExtra) != 0) {
    TRY(const int low, header_byte());
    if (low == kEnd) return {};
    TRY(const int high, header_byte());
    if (high == kEnd) return {};
    TRY(const bool whole, skip_header_bytes(static_cast<std::size_t>(high) * 256 + static_cast<std::size_t>(low)));
    if (!whole) return {};
  }
  for (const unsigned text : {kName, kComment}) {
    if ((flags & text) == 0) continue;
    TRY(const bool whole, skip_header_text());
    if (!whole) return {};
  }
  if ((flags & kHeaderCrc) == 0) return {};
  const std::uint32_t computed = header_crc_ & 0xFFFFU;
  TRY(const int low, header_byte());
  if (low == kEnd) return {};
  TRY(const int high, header_byte());
  if (high == kEnd) return {};
  if (static_cast<std::uint32_t>(high * 256 + low) != computed) {
    found(FaultKind::bad_check_value, "the check value of a gzip header is wrong");
  }
  return {};
}

/// Decodes the members that lie whole behind each other from here; false when there are none. Never the first member:
/// most packages have one only, and need no memory for more.
Result<bool> Gunzip::decode_batch() {
  if (!batch_ || first_member_ || consumed() < batches_from_) return false;
  make_room(MemberBatch::kPackedSize);
  // Not for every member: what is at hand is moved to the beginning of the memory each time.
  while (at_hand().size() < MemberBatch::kPackedSize / 2) {
    TRY(const bool more, refill());
    if (!more) break;
  }
  const MemberBatch::Decoded decoded = batch_->decode(at_hand());
  batches_from_ = consumed() + decoded.examined;
  if (decoded.packed == 0) return false;
  take(decoded.packed);
  decoded_ = decoded.bytes;
  state_ = State::batch;
  return true;
}

std::size_t Gunzip::hand_out(ByteSpan into) {
  const std::size_t count = std::min(into.size(), decoded_.size());
  if (count > 0) std::memcpy(into.data(), decoded_.data(), count);
  decoded_ = decoded_.subspan(count);
  if (decoded_.empty()) state_ = State::between;
  return count;
}

/// One step: some bytes, or a change of state, or a pending fault.
Result<std::size_t> Gunzip::inflate(ByteSpan into) {
  if (at_hand().empty()) {
    // ISA-L may still hold output, so the end of the source is not yet the end of the bytes.
    TRY([[maybe_unused]] const bool more, refill());
  }
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  auto& state = engine_->state;
  const std::size_t room = std::min(into.size(), kMost);
  const ByteView offered = at_hand();
  // The library takes a pointer to what it does not write.
  state.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(offered.data()));
  state.avail_in = static_cast<std::uint32_t>(offered.size());
  state.next_out = reinterpret_cast<std::uint8_t*>(into.data());
  state.avail_out = static_cast<std::uint32_t>(room);
  const int outcome = isal_inflate(&state);
  take(offered.size() - state.avail_in);
  const std::size_t produced = room - state.avail_out;
  if (outcome == ISAL_INCORRECT_CHECKSUM) {
    found(FaultKind::bad_check_value, "the check value of the gzip stream is wrong");
  } else if (outcome < 0) {
    found(FaultKind::bad_compression, "the gzip stream cannot be decoded");
  } else if (state.block_state == ISAL_BLOCK_FINISH) {
    state_ = State::between;
  } else if (source_ended() && produced == 0) {
    found(FaultKind::truncated, "the package ends inside the gzip stream");
  }
  return produced;
}

/// After a member: the end, another member, or zero padding up to the end.
Result<void> Gunzip::look_behind_member() {
  if (at_hand().empty()) {
    TRY(const bool more, refill());
    if (!more) {
      finish();
      return {};
    }
  }
  const ByteView rest = at_hand();
  if (!padded_ && rest.front() == std::byte{kBeginning[0]}) {
    state_ = State::header;
    return {};
  }
  if (std::ranges::any_of(rest, [](std::byte b) { return b != std::byte{0}; })) {
    found(FaultKind::trailing_data, "something other than zero bytes follows the gzip stream");
    return {};
  }
  padded_ = true;
  take(rest.size());
  return {};
}

}  // namespace strongroom::archive
