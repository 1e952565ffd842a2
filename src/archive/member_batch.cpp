#include "archive/member_batch.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "archive/gzip_format.hpp"

namespace strongroom::archive {
namespace {

using namespace gzip_format;

/// So many neighbours share a decoder, whose tables are larger than many a member.
constexpr std::size_t kGroup = 8;

unsigned octet(ByteView bytes, std::size_t at) { return std::to_integer<unsigned>(bytes[at]); }

bool may_begin(ByteView bytes) {
  return bytes.size() >= kFixedHeader &&
         std::ranges::equal(bytes.first(kBeginning.size()), kBeginning,
                            [](std::byte byte, unsigned char wanted) { return byte == std::byte{wanted}; }) &&
         (octet(bytes, 3) & kReserved) == 0;
}

/// Of a header that lies whole in `bytes` and has no check value of its own.
std::optional<std::size_t> header_size(ByteView bytes) {
  if (!may_begin(bytes)) return std::nullopt;
  const unsigned flags = octet(bytes, 3);
  if ((flags & kHeaderCrc) != 0) return std::nullopt;
  std::size_t size = kFixedHeader;
  if ((flags & kExtra) != 0) {
    if (bytes.size() < size + 2) return std::nullopt;
    size += 2 + octet(bytes, size) + (std::size_t{octet(bytes, size + 1)} << 8U);
  }
  for (const unsigned text : {kName, kComment}) {
    if ((flags & text) == 0) continue;
    if (size >= bytes.size()) return std::nullopt;
    const auto end = std::ranges::find(bytes.subspan(size), std::byte{0});
    if (end == bytes.end()) return std::nullopt;
    size = static_cast<std::size_t>(end - bytes.begin()) + 1;
  }
  if (size >= bytes.size()) return std::nullopt;
  return size;
}

/// Where another member may begin, at `from` or behind.
std::optional<std::size_t> next_beginning(ByteView packed, std::size_t from) {
  // By the library's search for one character, which is ten times as fast as a loop.
  const std::string_view text = as_text(packed);
  for (;; ++from) {
    from = text.find(static_cast<char>(kBeginning[0]), from);
    if (from == std::string_view::npos) return std::nullopt;
    if (may_begin(packed.subspan(from))) return from;
  }
}

/// ISIZE: of a member that ends at `end`.
std::size_t announced_size(ByteView packed, std::size_t end) {
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) size = (size << 8U) | octet(packed, end - i);
  return size;
}

/// Whether `body` is one whole member that fills `into`, with its check values.
bool decode_member(inflate_state& state, ByteView body, ByteSpan into) {
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP_NO_HDR_VER;
  // The library takes a pointer to what it does not write.
  state.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(body.data()));
  state.avail_in = static_cast<std::uint32_t>(body.size());
  state.next_out = reinterpret_cast<std::uint8_t*>(into.data());
  state.avail_out = static_cast<std::uint32_t>(into.size());
  // Once the room is full the library still has to be asked for the end of the block and the check values.
  for (;;) {
    const std::uint32_t before = state.avail_in;
    if (isal_inflate(&state) < 0) return false;
    if (state.block_state == ISAL_BLOCK_FINISH) return state.avail_in == 0 && state.avail_out == 0;
    if (state.avail_in == before) return false;
  }
}

}  // namespace

MemberBatch::Guess MemberBatch::guess(ByteView packed) {
  Guess guess;
  std::size_t unpacked = 0;
  for (;;) {
    const ByteView rest = packed.subspan(guess.examined);
    const auto header = header_size(rest);
    const auto end = header ? next_beginning(rest, *header + kTrailer) : std::nullopt;
    const std::size_t size = end ? announced_size(rest, *end) : 0;
    if (!end || size > kUnpackedMax - unpacked) {
      // Of the first one nothing else can be found out.
      if (guess.pieces.empty()) guess.examined = end.value_or(packed.size());
      return guess;
    }
    guess.examined += *end;
    guess.pieces.push_back({.body = rest.subspan(*header, *end - *header),
                            .packed_end = guess.examined,
                            .unpacked_at = unpacked,
                            .unpacked_size = size});
    unpacked += size;
  }
}

MemberBatch::Decoded MemberBatch::decode(ByteView packed) {
  Guess guessed = guess(packed);
  std::vector<Piece>& pieces = guessed.pieces;
  Decoded decoded{.packed = 0, .examined = guessed.examined, .bytes = {}};
  if (pieces.size() < 2) return decoded;
  if (!memory_) memory_ = std::make_unique_for_overwrite<std::byte[]>(kUnpackedMax);
  side_by_side_((pieces.size() + kGroup - 1) / kGroup, [&](std::size_t group) {
    const auto state = std::make_unique_for_overwrite<inflate_state>();
    const std::size_t end = std::min(pieces.size(), (group + 1) * kGroup);
    for (std::size_t i = group * kGroup; i < end; ++i) {
      Piece& piece = pieces[i];
      piece.good = decode_member(*state, piece.body, {memory_.get() + piece.unpacked_at, piece.unpacked_size});
      if (!piece.good) break;
    }
  });
  for (const Piece& piece : pieces) {
    if (!piece.good) break;
    decoded.packed = piece.packed_end;
    decoded.bytes = ByteView(memory_.get(), piece.unpacked_at + piece.unpacked_size);
  }
  return decoded;
}

}  // namespace strongroom::archive
