#include "adapters/objects/filesystem/ahead_reader.hpp"

#include <fcntl.h>
#include <liburing.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "base/aligned.hpp"
#include "base/check.hpp"

namespace strongroom::filesystem {
namespace {

constexpr std::size_t kPiece = 1 << 20;
/// So many on their way: what a disk needs to give its best.
constexpr std::size_t kAhead = 4;
/// Below it a ring costs more than it saves.
constexpr std::uint64_t kWorthWhile = 8 << 20;

/// Whether the byte at `offset` is to be had without waiting for the disk.
bool is_cached(int file, std::uint64_t offset) {
  std::byte one{};
  const iovec into{&one, 1};
  return ::preadv2(file, &into, 1, static_cast<off_t>(offset), RWF_NOWAIT) == 1;
}

struct Piece {
  AlignedBuffer memory{kPiece};
  std::uint64_t offset = 0;
  int got = 0;  ///< bytes, or a negative errno
  bool under_way = false;
};

}  // namespace

struct AheadReader::State {
  int file = -1;  ///< through the page cache, for what direct I/O does not give
  Fd direct;
  std::uint64_t size = 0;
  std::uint64_t at = 0;     ///< what has been given
  std::uint64_t asked = 0;  ///< up to here pieces were asked for
  io_uring ring{};
  std::array<Piece, kAhead> pieces;

  Piece& piece_at(std::uint64_t offset) { return pieces[offset / kPiece % kAhead]; }

  /// Asks for what is not on its way yet.
  void ask() {
    unsigned waiting = 0;
    for (; asked < size && asked < at / kPiece * kPiece + kAhead * kPiece; asked += kPiece) {
      Piece& piece = piece_at(asked);
      piece.offset = asked;
      io_uring_sqe* entry = io_uring_get_sqe(&ring);
      CHECK(entry != nullptr);
      io_uring_prep_read(entry, direct.get(), piece.memory.span().data(), kPiece, asked);
      io_uring_sqe_set_data(entry, &piece);
      piece.under_way = true;
      ++waiting;
    }
    // Short of memory for a moment at most.
    while (waiting > 0) {
      const int taken = io_uring_submit(&ring);
      if (taken > 0) waiting -= static_cast<unsigned>(taken);
    }
  }

  void wait_for(const Piece& piece) {
    while (piece.under_way) {
      io_uring_cqe* answer = nullptr;
      if (io_uring_wait_cqe(&ring, &answer) != 0) continue;
      Piece& ended = *static_cast<Piece*>(io_uring_cqe_get_data(answer));
      ended.got = answer->res;
      ended.under_way = false;
      io_uring_cqe_seen(&ring, answer);
    }
  }
};

AheadReader::AheadReader(std::unique_ptr<State> state) : state_(std::move(state)) {}

/// The kernel writes into our memory until the last piece has ended.
AheadReader::~AheadReader() {
  for (const Piece& piece : state_->pieces) state_->wait_for(piece);
  io_uring_queue_exit(&state_->ring);
}

std::unique_ptr<AheadReader> AheadReader::open(int file, std::uint64_t size) {
  if (size < kWorthWhile || is_cached(file, size / 2) || is_cached(file, size / 4 * 3)) return nullptr;
  const std::string again = "/proc/self/fd/" + std::to_string(file);
  auto state = std::make_unique<State>();
  state->file = file;
  state->size = size;
  state->direct = Fd(::open(again.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  if (!state->direct.valid() || io_uring_queue_init(kAhead, &state->ring, 0) != 0) return nullptr;
  return std::unique_ptr<AheadReader>(new AheadReader(std::move(state)));
}

int AheadReader::read(ByteSpan into, std::size_t& n) {
  State& state = *state_;
  n = 0;
  if (state.at >= state.size) return 0;
  state.ask();
  Piece& piece = state.piece_at(state.at);
  state.wait_for(piece);
  const std::uint64_t used = state.at - piece.offset;
  int code = 0;
  if (piece.got > 0 && static_cast<std::uint64_t>(piece.got) > used) {
    n = std::min(into.size(), static_cast<std::size_t>(static_cast<std::uint64_t>(piece.got) - used));
    std::memcpy(into.data(), piece.memory.span().data() + used, n);
  } else {
    // Refused, or cut short: asked in the way that settles everything.
    const std::uint64_t left = std::min<std::uint64_t>(piece.offset + kPiece, state.size) - state.at;
    code = read_some(state.file, state.at,
                     into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()))), n);
  }
  state.at += n;
  return code;
}

}  // namespace strongroom::filesystem
