// Codecs: the compressions of packages other than gzip, each a small shell around the library that decodes it.
//
// A Codec turns bytes of one compressed stream into bytes; CodecStream makes a Decompressor of it, which knows what all
// of them have in common: streams behind streams, padding, ends. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "archive/decompressor.hpp"

namespace strongroom::archive {

class Codec {
 public:
  virtual ~Codec() = default;

  enum class State : std::uint8_t {
    more,         ///< go on with more input, or more room
    end,          ///< the stream has ended, its check values are right
    bad_check,    ///< a check value is wrong
    bad_data,     ///< it cannot be decoded
    unsupported,  ///< it needs more memory than it may have, or a check that the library cannot make
  };
  struct Step {
    State state = State::more;
    std::size_t taken = 0;
    std::size_t given = 0;
  };

  /// `zstd`, `xz`, `bzip2`: as texts have it.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view media_type() const = 0;
  /// Decodes some of `in` into `out`. `last`: nothing follows `in`.
  virtual Step decode(ByteView in, ByteSpan out, bool last) = 0;
  /// Begins the next stream.
  virtual void restart() = 0;
  /// Whether bytes that follow a stream begin another one; at most kMagicMax are shown.
  [[nodiscard]] virtual bool begins(ByteView bytes) const = 0;
  /// Zero bytes may stand between two streams, in fours (xz).
  [[nodiscard]] virtual bool pads_between() const { return false; }
};

inline constexpr std::size_t kMagicMax = 6;

[[nodiscard]] std::unique_ptr<Codec> make_zstd_codec();
[[nodiscard]] std::unique_ptr<Codec> make_xz_codec();
[[nodiscard]] std::unique_ptr<Codec> make_bzip2_codec();

/// `source` outlives it.
[[nodiscard]] std::unique_ptr<Decompressor> make_codec_stream(std::unique_ptr<Codec> codec, ByteSource& source);

}  // namespace strongroom::archive
