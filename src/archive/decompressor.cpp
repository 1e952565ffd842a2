#include "archive/decompressor.hpp"

#include "archive/codec.hpp"
#include "archive/gunzip.hpp"

namespace strongroom::archive {
namespace {

/// No compression at all.
class Passage final : public Decompressor {
 public:
  explicit Passage(ByteSource& source) : source_(source) {}

  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, source_.read(into));
    consumed_ += n;
    return n;
  }
  [[nodiscard]] const std::optional<Fault>& fault() const override { return none_; }
  [[nodiscard]] std::uint64_t consumed() const override { return consumed_; }
  [[nodiscard]] bool padded() const override { return false; }
  [[nodiscard]] std::string_view media_type() const override { return "application/x-tar"; }

 private:
  ByteSource& source_;
  std::uint64_t consumed_ = 0;
  std::optional<Fault> none_;
};

}  // namespace

std::unique_ptr<Decompressor> open_decompressor(ByteView head, ByteSource& source, const SideBySide& side_by_side) {
  if (as_text(head).starts_with("\x1f\x8b")) return std::make_unique<Gunzip>(source, side_by_side);
  for (const auto make : {make_zstd_codec, make_xz_codec, make_bzip2_codec}) {
    std::unique_ptr<Codec> codec = make();
    if (codec->begins(head)) return make_codec_stream(std::move(codec), source);
  }
  return std::make_unique<Passage>(source);
}

}  // namespace strongroom::archive
