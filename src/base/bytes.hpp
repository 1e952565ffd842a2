// Byte streams: the one way bytes move between rooms and adapters.
//
// A ByteSource is pulled, a ByteSink is pushed; both are used by one thread at a time. Buffers are borrowed for the
// length of the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace strongroom {

using ByteView = std::span<const std::byte>;
using ByteSpan = std::span<std::byte>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads up to into.size() bytes. 0 means the end, which is then returned for ever; `into` must not be empty.
  virtual Result<std::size_t> read(ByteSpan into) = 0;
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes all of `bytes`, or fails.
  virtual Result<void> write(ByteView bytes) = 0;
};

/// Reads from a text it owns.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(ByteSpan into) override;

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// Collects what is written.
class TextSink final : public ByteSink {
 public:
  Result<void> write(ByteView bytes) override {
    text_.append(as_text(bytes));
    return {};
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Everything up to the end, as text; Reason::limit (broken) when there is more than `max` bytes.
Result<std::string> read_all(ByteSource& source, std::size_t max);

/// Moves everything from source to sink through a buffer of at most `buffer_size` bytes; returns the number of bytes.
Result<std::uint64_t> copy_bytes(ByteSource& source, ByteSink& sink, std::size_t buffer_size = 1 << 20);

/// Fills `into` as far as the source reaches; returns less than into.size() only at the end.
Result<std::size_t> read_full(ByteSource& source, ByteSpan into);

}  // namespace strongroom
