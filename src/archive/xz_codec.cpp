// xz (the .xz file format 1.0.4): blocks with their checks, streams with padding between them.
#include <lzma.h>

#include "archive/codec.hpp"
#include "base/check.hpp"
#include "base/limits.hpp"

namespace strongroom::archive {
namespace {

class XzCodec final : public Codec {
 public:
  XzCodec() { restart(); }
  ~XzCodec() override { lzma_end(&stream_); }
  XzCodec(const XzCodec&) = delete;
  XzCodec& operator=(const XzCodec&) = delete;

  [[nodiscard]] std::string_view name() const override { return "xz"; }
  [[nodiscard]] std::string_view media_type() const override { return "application/x-xz"; }
  Step decode(ByteView in, ByteSpan out, bool last) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret answer = lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN);
    Step step{State::more, in.size() - stream_.avail_in, out.size() - stream_.avail_out};
    switch (answer) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // no progress was possible: the caller sees it
        break;
      case LZMA_STREAM_END:
        step.state = State::end;
        break;
      case LZMA_MEMLIMIT_ERROR:
      case LZMA_MEM_ERROR:
      case LZMA_OPTIONS_ERROR:
      case LZMA_UNSUPPORTED_CHECK:
        step.state = State::unsupported;
        break;
      default:
        // A wrong check value and data that cannot be decoded are one answer.
        step.state = State::bad_data;
    }
    return step;
  }
  void restart() override {
    // A check that cannot be made is told, never passed over.
    CHECK(lzma_stream_decoder(&stream_, limits::kDecoderMemoryMax, LZMA_TELL_UNSUPPORTED_CHECK) == LZMA_OK);
  }
  [[nodiscard]] bool begins(ByteView bytes) const override {
    return as_text(bytes).starts_with(
        std::string_view("\xFD"
                         "7zXZ\0",
                         6));
  }
  [[nodiscard]] bool pads_between() const override { return true; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Codec> make_xz_codec() { return std::make_unique<XzCodec>(); }

}  // namespace strongroom::archive
