#include <algorithm>

#include "archive/codec.hpp"
#include "archive/compressed_stream.hpp"
#include "base/limits.hpp"

namespace strongroom::archive {
namespace {

class CodecStream final : public CompressedStream {
 public:
  CodecStream(std::unique_ptr<Codec> codec, ByteSource& source)
      : CompressedStream(source, std::string(codec->name())), codec_(std::move(codec)) {}

  [[nodiscard]] bool padded() const override { return zeros_ > 0; }
  [[nodiscard]] std::string_view media_type() const override { return codec_->media_type(); }

 private:
  Result<std::size_t> step(ByteSpan into) override {
    if (!between_) return decode(into);
    TRY_VOID(look_behind_stream());
    return std::size_t{0};
  }
  [[nodiscard]] std::string stream() const { return "the " + std::string(codec_->name()) + " stream"; }

  Result<std::size_t> decode(ByteSpan into) {
    if (at_hand().empty()) {
      // A library may still hold output, so the end of the source is not yet the end of the bytes.
      TRY([[maybe_unused]] const bool more, refill());
    }
    const Codec::Step step = codec_->decode(at_hand(), into, source_ended());
    take(step.taken);
    switch (step.state) {
      case Codec::State::end:
        between_ = true;
        zeros_ = 0;
        break;
      case Codec::State::bad_check:
        found(FaultKind::bad_check_value, "a check value of " + stream() + " is wrong");
        break;
      case Codec::State::bad_data:
        found(FaultKind::bad_compression, stream() + " cannot be decoded");
        break;
      case Codec::State::unsupported:
        found(FaultKind::unsupported_method, stream() + " needs more than " +
                                                 std::to_string(limits::kDecoderMemoryMax / limits::kMiB) +
                                                 " MiB of memory to be decoded, or has a check that is not supported");
        break;
      case Codec::State::more:
        if (step.given > 0 || step.taken > 0) break;
        if (!at_hand().empty() && at_hand().size() < kMagicMax && !source_ended()) {
          TRY([[maybe_unused]] const bool more, refill());
        } else if (source_ended()) {
          found(FaultKind::truncated, "the package ends inside " + stream());
        }
        break;
    }
    return step.given;
  }

  /// After a stream: the end, another stream, or zero padding.
  Result<void> look_behind_stream() {
    while (at_hand().size() < kMagicMax) {
      TRY(const bool more, refill());
      if (!more) break;
    }
    const ByteView rest = at_hand();
    if (rest.empty()) {
      finish();
      return {};
    }
    const auto zeros = static_cast<std::size_t>(
        std::ranges::find_if(rest, [](std::byte b) { return b != std::byte{0}; }) - rest.begin());
    if (zeros > 0) {
      zeros_ += zeros;
      take(zeros);
      return {};
    }
    const bool may_follow = zeros_ == 0 || (codec_->pads_between() && zeros_ % 4 == 0);
    if (!may_follow || !codec_->begins(rest.first(std::min(rest.size(), kMagicMax)))) {
      found(FaultKind::trailing_data, "something other than zero bytes follows " + stream());
      return {};
    }
    codec_->restart();
    between_ = false;
    return {};
  }

  const std::unique_ptr<Codec> codec_;
  bool between_ = false;     ///< a stream has ended
  std::uint64_t zeros_ = 0;  ///< met since it did
};

}  // namespace

std::unique_ptr<Decompressor> make_codec_stream(std::unique_ptr<Codec> codec, ByteSource& source) {
  return std::make_unique<CodecStream>(std::move(codec), source);
}

}  // namespace strongroom::archive
