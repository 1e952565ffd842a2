// Zstandard (RFC 8878): frames, skippable ones among them.
#include <zstd.h>
#include <zstd_errors.h>

#include "archive/codec.hpp"
#include "base/check.hpp"
#include "base/limits.hpp"

namespace strongroom::archive {
namespace {

/// A window of 2^27 bytes is the largest the bound allows, and what `zstd --long` uses.
constexpr int kWindowLogMax = 27;
static_assert((std::size_t{1} << kWindowLogMax) <= limits::kDecoderMemoryMax);

class ZstdCodec final : public Codec {
 public:
  ZstdCodec() : context_(ZSTD_createDCtx()) {
    CHECK(context_ != nullptr);
    CHECK(ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLogMax)) == 0);
  }

  [[nodiscard]] std::string_view name() const override { return "zstd"; }
  [[nodiscard]] std::string_view media_type() const override { return "application/zstd"; }
  Step decode(ByteView in, ByteSpan out, bool /*last*/) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t answer = ZSTD_decompressStream(context_.get(), &output, &input);
    Step step{State::more, input.pos, output.pos};
    if (ZSTD_isError(answer) == 0) {
      if (answer == 0) step.state = State::end;
      return step;
    }
    switch (ZSTD_getErrorCode(answer)) {
      case ZSTD_error_checksum_wrong:
        step.state = State::bad_check;
        break;
      case ZSTD_error_frameParameter_windowTooLarge:
      case ZSTD_error_memory_allocation:
      case ZSTD_error_dictionary_wrong:
        step.state = State::unsupported;
        break;
      default:
        step.state = State::bad_data;
    }
    return step;
  }
  void restart() override { ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only); }
  [[nodiscard]] bool begins(ByteView bytes) const override {
    const std::string_view text = as_text(bytes);
    if (text.size() < 4) return false;
    if (text.starts_with("\x28\xB5\x2F\xFD")) return true;
    return (static_cast<unsigned char>(text[0]) & 0xF0U) == 0x50 && text.substr(1, 3) == "\x2A\x4D\x18";
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
};

}  // namespace

std::unique_ptr<Codec> make_zstd_codec() { return std::make_unique<ZstdCodec>(); }

}  // namespace strongroom::archive
