// Window: a buffer over a byte source that hands out views of itself instead of copies.
//
// Views stay valid until the next call that may refill. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

namespace strongroom::archive {

class Window {
 public:
  // Not filled with zeros first: most packages are smaller than the window.
  Window(ByteSource& source, std::size_t capacity)
      : source_(source),
        memory_(std::make_unique_for_overwrite<std::byte[]>(capacity)),
        buffer_(memory_.get(), capacity) {}

  /// At least `count` bytes together, fewer only at the end of the source; nothing is taken. `count` must fit the
  /// window.
  Result<ByteView> peek(std::size_t count);
  /// Whatever there is, at least one byte, at most `most`; empty only at the end. Nothing is taken.
  Result<ByteView> peek_some(std::uint64_t most);
  /// Goes past bytes that were peeked at.
  void take(std::size_t count);
  /// Goes past `count` bytes; false when the source ends before.
  Result<bool> skip(std::uint64_t count);
  /// Bytes taken so far.
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  Result<bool> refill();

  ByteSource& source_;
  std::unique_ptr<std::byte[]> memory_;
  ByteSpan buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
  std::uint64_t position_ = 0;
};

}  // namespace strongroom::archive
