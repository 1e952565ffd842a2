#include "transfers/package_inflate.hpp"

#include <isa-l/igzip_lib.h>
#include <lzma.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "archive/codec.hpp"
#include "archive/zip_format.hpp"
#include "base/check.hpp"
#include "base/limits.hpp"

namespace strongroom::transfers {
namespace {

using archive::Codec;
using Step = Codec::Step;
/// Decodes some of the first into the second; the third: nothing follows.
using Decode = std::function<Step(ByteView, ByteSpan, bool)>;

constexpr std::size_t kInputSize = std::size_t{64} << 10;
constexpr std::size_t kOutputSize = std::size_t{256} << 10;

/// Output goes to `out` as long as there is room in it.
class Output {
 public:
  Output(std::string& out, std::size_t max) : out_(out), max_(max), piece_(kOutputSize) {}
  [[nodiscard]] ByteSpan room() { return piece_; }
  /// The first `count` bytes of the room are content. False when that is too much.
  bool take(std::size_t count) {
    if (count > max_ - out_.size()) return false;
    out_.append(as_text(ByteView(piece_).first(count)));
    return true;
  }

 private:
  std::string& out_;
  std::size_t max_;
  std::vector<std::byte> piece_;
};

/// Runs one stream through. One that breaks off is broken, but where `ends_with_input`: there the end of the input may
/// be the only one it has, and the member's size tells whether that was right.
Result<InflateEnd> run(const Decode& decode, ByteSource& packed, std::size_t max, std::string& out,
                       bool ends_with_input = false) {
  std::vector<std::byte> input(kInputSize);
  ByteView held;
  bool last = false;
  Output output(out, max);
  for (;;) {
    if (held.empty() && !last) {
      TRY(const std::size_t count, packed.read(input));
      held = ByteView(input).first(count);
      last = count == 0;
    }
    const Step step = decode(held, output.room(), last);
    held = held.subspan(step.taken);
    if (!output.take(step.given)) return InflateEnd::too_big;
    if (step.state == Codec::State::end) return InflateEnd::whole;
    if (step.state != Codec::State::more) return InflateEnd::broken;
    if (step.taken == 0 && step.given == 0 && (last || !held.empty())) {
      return last && ends_with_input ? InflateEnd::whole : InflateEnd::broken;
    }
  }
}

Result<InflateEnd> copy_stored(ByteSource& packed, std::size_t max, std::string& out) {
  const Decode copy = [](ByteView in, ByteSpan room, bool) {
    const std::size_t count = std::min(in.size(), room.size());
    std::ranges::copy(in.first(count), room.begin());
    return Step{Codec::State::more, count, count};
  };
  return run(copy, packed, max, out, true);
}

Result<InflateEnd> inflate_deflate(ByteSource& packed, std::size_t max, std::string& out) {
  const auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_DEFLATE;
  const Decode decode = [&](ByteView in, ByteSpan room, bool) {
    // The library takes a pointer to what it does not write.
    state->next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
    state->avail_in = static_cast<std::uint32_t>(in.size());
    state->next_out = reinterpret_cast<std::uint8_t*>(room.data());
    state->avail_out = static_cast<std::uint32_t>(room.size());
    const int outcome = isal_inflate(state.get());
    // At the end of a stream the library gives bytes back that it took too many, maybe of an earlier piece.
    const std::size_t left = std::min<std::size_t>(state->avail_in, in.size());
    Step step{Codec::State::more, in.size() - left, room.size() - state->avail_out};
    if (outcome < 0) step.state = Codec::State::bad_data;
    if (state->block_state == ISAL_BLOCK_FINISH) step.state = Codec::State::end;
    return step;
  };
  return run(decode, packed, max, out);
}

/// A bzip2 stream, or Zstandard frames of which the first ends the member.
Result<InflateEnd> inflate_by(const std::unique_ptr<Codec>& codec, ByteSource& packed, std::size_t max,
                              std::string& out) {
  const Decode decode = [&](ByteView in, ByteSpan room, bool last) { return codec->decode(in, room, last); };
  return run(decode, packed, max, out);
}

/// LZMA as zip has it (APPNOTE 5.8.8): the version of a library, the size of the properties, the properties, the
/// stream, which may have an end mark or just end.
class ZipLzma {
 public:
  ZipLzma() = default;
  ~ZipLzma() { lzma_end(&stream_); }
  ZipLzma(const ZipLzma&) = delete;
  ZipLzma& operator=(const ZipLzma&) = delete;

  static constexpr std::size_t kHeadSize = 9;

  /// False when the head is none.
  bool open(ByteView head) {
    archive::ZipFields fields(head.subspan(2));
    if (fields.u16() != 5) return false;
    const ByteView properties = fields.take(5);
    lzma_filter filter{.id = LZMA_FILTER_LZMA1, .options = nullptr};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(properties.data());
    if (lzma_properties_decode(&filter, nullptr, bytes, properties.size()) != LZMA_OK) return false;
    const std::unique_ptr<void, decltype(&std::free)> options(filter.options, &std::free);
    auto& lzma = *static_cast<lzma_options_lzma*>(filter.options);
    // Nothing can refer to what is further back than all the content there may be.
    lzma.dict_size = std::min<std::uint32_t>(lzma.dict_size, static_cast<std::uint32_t>(limits::kPackageCsvMax));
    const std::array<lzma_filter, 2> filters = {filter, lzma_filter{.id = LZMA_VLI_UNKNOWN, .options = nullptr}};
    return lzma_raw_decoder(&stream_, filters.data()) == LZMA_OK;
  }
  Step decode(ByteView in, ByteSpan room, bool last) {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    stream_.avail_out = room.size();
    const lzma_ret answer = lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN);
    Step step{Codec::State::more, in.size() - stream_.avail_in, room.size() - stream_.avail_out};
    if (answer == LZMA_STREAM_END) {
      step.state = Codec::State::end;
    } else if (answer != LZMA_OK && answer != LZMA_BUF_ERROR) {
      step.state = Codec::State::bad_data;
    }
    return step;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

Result<InflateEnd> inflate_lzma(ByteSource& packed, std::size_t max, std::string& out) {
  std::array<std::byte, ZipLzma::kHeadSize> head{};
  TRY(const std::size_t count, read_full(packed, head));
  ZipLzma lzma;
  if (count < head.size() || !lzma.open(head)) return InflateEnd::broken;
  const Decode decode = [&](ByteView in, ByteSpan room, bool last) { return lzma.decode(in, room, last); };
  return run(decode, packed, max, out, true);
}

}  // namespace

bool is_known_method(std::uint16_t method) {
  static constexpr std::array kKnown = {archive::kZipStored, archive::kZipDeflated, archive::kZipDeflated64,
                                        archive::kZipBzip2,  archive::kZipLzma,     archive::kZipZstd};
  return std::ranges::find(kKnown, method) != kKnown.end();
}

Result<InflateEnd> inflate_member(std::uint16_t method, ByteSource& packed, std::size_t max, std::string& out) {
  CHECK(out.empty() && is_known_method(method));
  switch (method) {
    case archive::kZipStored:
      return copy_stored(packed, max, out);
    case archive::kZipDeflated64:
      return inflate_deflate64(packed, max, out);
    case archive::kZipBzip2:
      return inflate_by(archive::make_bzip2_codec(), packed, max, out);
    case archive::kZipLzma:
      return inflate_lzma(packed, max, out);
    case archive::kZipZstd:
      return inflate_by(archive::make_zstd_codec(), packed, max, out);
    default:
      return inflate_deflate(packed, max, out);
  }
}

}  // namespace strongroom::transfers
