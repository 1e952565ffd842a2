#include "archive/window.hpp"

#include <algorithm>
#include <cstring>

#include "base/check.hpp"

namespace strongroom::archive {

/// One read into the free end of the buffer; false at the end of the source.
Result<bool> Window::refill() {
  if (ended_) return false;
  TRY(const std::size_t n, source_.read(buffer_.subspan(end_)));
  end_ += n;
  ended_ = n == 0;
  return !ended_;
}

Result<ByteView> Window::peek(std::size_t count) {
  CHECK(count <= buffer_.size());
  if (begin_ + count > buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  while (end_ - begin_ < count) {
    TRY(const bool more, refill());
    if (!more) break;
  }
  return ByteView(buffer_).subspan(begin_, std::min(count, end_ - begin_));
}

Result<ByteView> Window::peek_some(std::uint64_t most) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    TRY([[maybe_unused]] const bool more, refill());
  }
  return ByteView(buffer_).subspan(begin_, static_cast<std::size_t>(std::min<std::uint64_t>(most, end_ - begin_)));
}

void Window::take(std::size_t count) {
  CHECK(count <= end_ - begin_);
  begin_ += count;
  position_ += count;
}

Result<bool> Window::skip(std::uint64_t count) {
  while (count > 0) {
    TRY(const ByteView piece, peek_some(count));
    if (piece.empty()) return false;
    take(piece.size());
    count -= piece.size();
  }
  return true;
}

}  // namespace strongroom::archive
