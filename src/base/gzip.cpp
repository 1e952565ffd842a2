#include "base/gzip.hpp"

#define ZLIB_CONST
#include <zlib.h>

namespace strongroom {
namespace {

constexpr std::size_t kPiece = 16 << 10;
/// The largest window, and the mark for gzip's header and trailer.
constexpr int kWindow = 15 + 16;
constexpr int kMemory = 8;

}  // namespace

struct GzipWriter::State {
  explicit State(int level) {
    good = deflateInit2(&stream, level, Z_DEFLATED, kWindow, kMemory, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~State() {
    if (good) deflateEnd(&stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream{};
  bool good = false;
};

GzipWriter::GzipWriter(int level) : state_(std::make_unique<State>(level)) {}
GzipWriter::~GzipWriter() = default;

Result<void> GzipWriter::add(std::string_view text, std::string& out) { return run(text, Z_NO_FLUSH, out); }
Result<void> GzipWriter::end(std::string& out) { return run({}, Z_FINISH, out); }

Result<void> GzipWriter::run(std::string_view text, int flush, std::string& out) {
  if (!state_->good) return broken("there is no memory to compress with");
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  do {
    const std::size_t before = out.size();
    out.resize(before + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(kPiece);
    deflate(&stream, flush);
    out.resize(out.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  return {};
}

}  // namespace strongroom
