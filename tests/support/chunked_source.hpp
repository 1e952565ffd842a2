// ChunkedSource: a text as a source that gives at most so many bytes at a time, and may fail instead of ending.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/random_access.hpp"

namespace strongroom::testing_support {

class ChunkedSource final : public ByteSource {
 public:
  explicit ChunkedSource(std::string_view text, std::size_t chunk = 1 << 20) : text_(text), chunk_(chunk) {}
  ChunkedSource(std::string_view text, std::size_t chunk, Error at_end)
      : text_(text), chunk_(chunk), at_end_(std::move(at_end)) {}

  Result<std::size_t> read(ByteSpan into) override {
    if (at_ == text_.size() && at_end_) return *at_end_;
    const std::size_t n = std::min({into.size(), chunk_, text_.size() - at_});
    if (n > 0) std::memcpy(into.data(), text_.data() + at_, n);
    at_ += n;
    return n;
  }
  [[nodiscard]] std::size_t given() const { return at_; }

 private:
  std::string_view text_;
  std::size_t chunk_;
  std::optional<Error> at_end_;
  std::size_t at_ = 0;
};

/// A text that can be read anywhere.
class TextAccess final : public RandomAccess {
 public:
  explicit TextAccess(std::string_view text) : text_(text) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    bytes_read += into.size();
    if (offset >= text_.size()) return std::size_t{0};
    const ByteView piece = as_bytes(text_.substr(static_cast<std::size_t>(offset), into.size()));
    std::copy(piece.begin(), piece.end(), into.begin());
    return piece.size();
  }

  std::uint64_t bytes_read = 0;  ///< asked for

 private:
  std::string_view text_;
};

}  // namespace strongroom::testing_support
