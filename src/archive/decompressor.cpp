#include "archive/decompressor.hpp"

#include <array>

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

 private:
  ByteSource& source_;
  std::uint64_t consumed_ = 0;
  std::optional<Fault> none_;
};

struct Compression {
  std::string_view magic;
  std::unique_ptr<Decompressor> (*open)(ByteSource&);
};

constexpr std::array kCompressions = {
    Compression{"\x1f\x8b",
                [](ByteSource& source) -> std::unique_ptr<Decompressor> { return std::make_unique<Gunzip>(source); }},
};

}  // namespace

std::unique_ptr<Decompressor> open_decompressor(ByteView head, ByteSource& source) {
  for (const auto& compression : kCompressions) {
    if (as_text(head).starts_with(compression.magic)) return compression.open(source);
  }
  return std::make_unique<Passage>(source);
}

}  // namespace strongroom::archive
