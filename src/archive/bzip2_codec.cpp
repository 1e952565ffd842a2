// bzip2: blocks with their CRC and that of the whole stream; parallel compressors write one stream for each block.
#include <bzlib.h>

#include <algorithm>
#include <limits>

#include "archive/codec.hpp"
#include "base/check.hpp"

namespace strongroom::archive {
namespace {

class Bzip2Codec final : public Codec {
 public:
  Bzip2Codec() { open(); }
  ~Bzip2Codec() override { BZ2_bzDecompressEnd(&stream_); }
  Bzip2Codec(const Bzip2Codec&) = delete;
  Bzip2Codec& operator=(const Bzip2Codec&) = delete;

  [[nodiscard]] std::string_view name() const override { return "bzip2"; }
  [[nodiscard]] std::string_view media_type() const override { return "application/x-bzip2"; }
  Step decode(ByteView in, ByteSpan out, bool /*last*/) override {
    constexpr std::size_t kMost = std::numeric_limits<unsigned int>::max();
    const auto offered = static_cast<unsigned int>(std::min(in.size(), kMost));
    const auto room = static_cast<unsigned int>(std::min(out.size(), kMost));
    // The library takes a pointer to what it does not write.
    stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(in.data()));
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = room;
    const int answer = BZ2_bzDecompress(&stream_);
    Step step{State::more, offered - stream_.avail_in, room - stream_.avail_out};
    if (answer == BZ_STREAM_END) {
      step.state = State::end;
    } else if (answer == BZ_MEM_ERROR) {
      step.state = State::unsupported;
    } else if (answer != BZ_OK) {
      step.state = State::bad_data;
    }
    return step;
  }
  void restart() override {
    BZ2_bzDecompressEnd(&stream_);
    open();
  }
  [[nodiscard]] bool begins(ByteView bytes) const override { return as_text(bytes).starts_with("BZh"); }

 private:
  void open() {
    stream_ = {};
    CHECK(BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK);
  }
  bz_stream stream_{};
};

}  // namespace

std::unique_ptr<Codec> make_bzip2_codec() { return std::make_unique<Bzip2Codec>(); }

}  // namespace strongroom::archive
