// MemberBatch: small gzip members (RFC 1952) that lie whole in memory, decoded side by side.
//
// Where a member ends is known only once it has been decoded. So ends are guessed from what looks like the header of
// a next member; a guess holds when decoding ends exactly there with the right check values. Nothing of a guess
// that does not hold is given out: whoever reads one member after the other tells what is wrong with it.
// One thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "archive/decompressor.hpp"

namespace strongroom::archive {

class MemberBatch {
 public:
  /// Bytes of the package that are worth having at hand.
  static constexpr std::size_t kPackedSize = std::size_t{2} << 20;
  /// Bytes that come of one batch at most.
  static constexpr std::size_t kUnpackedMax = std::size_t{8} << 20;

  explicit MemberBatch(SideBySide side_by_side) : side_by_side_(std::move(side_by_side)) {}

  struct Decoded {
    std::size_t packed = 0;    ///< bytes taken by the members decoded, all of them whole
    std::size_t examined = 0;  ///< as far as there is nothing more to be guessed; `packed` at least
    ByteView bytes;            ///< of the members; valid until the next call
  };
  /// `packed` begins with the header of a member. Nothing is decoded when fewer than two members seem to lie in it.
  Decoded decode(ByteView packed);

 private:
  struct Piece {
    ByteView body;  ///< behind the header, check values included
    std::size_t packed_end = 0;
    std::size_t unpacked_at = 0;
    std::size_t unpacked_size = 0;
    bool good = false;
  };

  struct Guess {
    std::vector<Piece> pieces;
    std::size_t examined = 0;
  };

  [[nodiscard]] static Guess guess(ByteView packed);

  const SideBySide side_by_side_;
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace strongroom::archive
