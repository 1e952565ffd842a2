#include "archive/gunzip.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace strongroom::archive {
namespace {

constexpr int kEnd = -1;

// RFC 1952, 2.3.1.
constexpr unsigned kHeaderCrc = 1U << 1U;
constexpr unsigned kExtra = 1U << 2U;
constexpr unsigned kName = 1U << 3U;
constexpr unsigned kComment = 1U << 4U;
constexpr unsigned kReserved = 0xE0;
constexpr int kDeflate = 8;

}  // namespace

struct Gunzip::Engine {
  inflate_state state;
};

Gunzip::Gunzip(ByteSource& source)
    : CompressedStream(source, "gzip"), engine_(std::make_unique_for_overwrite<Engine>()) {
  isal_inflate_init(&engine_->state);
}

Gunzip::~Gunzip() = default;

Result<std::size_t> Gunzip::step(ByteSpan into) {
  if (state_ == State::body) return inflate(into);
  TRY_VOID(state_ == State::header ? read_header() : look_behind_member());
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
  constexpr std::array<int, 3> kBeginning = {0x1f, 0x8b, kDeflate};
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
  if (!padded_ && rest.front() == std::byte{0x1f}) {
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
