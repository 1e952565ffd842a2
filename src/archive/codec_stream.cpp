#include <algorithm>
#include <cstring>
#include <vector>

#include "archive/codec.hpp"
#include "base/limits.hpp"

namespace strongroom::archive {
namespace {

constexpr std::size_t kInputSize = std::size_t{256} << 10;

class CodecStream final : public Decompressor {
 public:
  CodecStream(std::unique_ptr<Codec> codec, ByteSource& source) : codec_(std::move(codec)), source_(source) {}

  Result<std::size_t> read(ByteSpan into) override {
    std::size_t produced = 0;
    while (produced < into.size() && state_ != State::end) {
      if (pending_) {
        if (produced > 0) break;
        return slot_.refuse(*pending_);
      }
      if (state_ == State::between) {
        TRY_VOID(look_behind_stream());
      } else {
        TRY(const std::size_t n, decode(into.subspan(produced)));
        produced += n;
      }
    }
    return produced;
  }
  [[nodiscard]] const std::optional<Fault>& fault() const override { return slot_.fault(); }
  [[nodiscard]] std::uint64_t consumed() const override { return consumed_; }
  [[nodiscard]] bool padded() const override { return state_ == State::end && zeros_ > 0; }
  [[nodiscard]] std::string_view media_type() const override { return codec_->media_type(); }

 private:
  enum class State : std::uint8_t { body, between, end };

  void found(FaultKind kind, std::string detail) {
    pending_ = Fault{.kind = kind, .detail = std::move(detail), .name = {}, .subject = std::string(codec_->name())};
  }
  [[nodiscard]] std::string stream() const { return "the " + std::string(codec_->name()) + " stream"; }

  /// More bytes behind those that are left; false at the end of the source.
  Result<bool> refill() {
    if (source_ended_) return false;
    if (at_ > 0) std::memmove(input_.data(), input_.data() + at_, filled_ - at_);
    filled_ -= at_;
    at_ = 0;
    TRY(const std::size_t n, source_.read(ByteSpan(input_).subspan(filled_)));
    filled_ += n;
    source_ended_ = n == 0;
    return !source_ended_;
  }
  void take(std::size_t count) {
    at_ += count;
    consumed_ += count;
  }

  Result<std::size_t> decode(ByteSpan into) {
    if (at_ == filled_) {
      // A library may still hold output, so the end of the source is not yet the end of the bytes.
      TRY([[maybe_unused]] const bool more, refill());
    }
    const Codec::Step step = codec_->decode(ByteView(input_).subspan(at_, filled_ - at_), into, source_ended_);
    take(step.taken);
    switch (step.state) {
      case Codec::State::end:
        state_ = State::between;
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
        if (at_ < filled_ && filled_ - at_ < kMagicMax && !source_ended_) {
          TRY([[maybe_unused]] const bool more, refill());
        } else if (source_ended_) {
          found(FaultKind::truncated, "the package ends inside " + stream());
        }
        break;
    }
    return step.given;
  }

  /// After a stream: the end, another stream, or zero padding.
  Result<void> look_behind_stream() {
    while (filled_ - at_ < kMagicMax) {
      TRY(const bool more, refill());
      if (!more) break;
    }
    const ByteView rest = ByteView(input_).subspan(at_, filled_ - at_);
    if (rest.empty()) {
      state_ = State::end;
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
    state_ = State::body;
    return {};
  }

  std::unique_ptr<Codec> codec_;
  ByteSource& source_;
  std::vector<std::byte> input_ = std::vector<std::byte>(kInputSize);
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool source_ended_ = false;
  State state_ = State::body;
  std::uint64_t zeros_ = 0;  ///< met since the last stream ended
  std::uint64_t consumed_ = 0;
  std::optional<Fault> pending_;  ///< found, but bytes from before it are still to be handed out
  FaultSlot slot_;
};

}  // namespace

std::unique_ptr<Decompressor> make_codec_stream(std::unique_ptr<Codec> codec, ByteSource& source) {
  return std::make_unique<CodecStream>(std::move(codec), source);
}

}  // namespace strongroom::archive
