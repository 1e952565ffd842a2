#include "base/bytes.hpp"

#include <algorithm>
#include <cstring>

namespace strongroom {

Result<std::size_t> TextSource::read(ByteSpan into) {
  const std::size_t n = std::min(into.size(), text_.size() - at_);
  std::memcpy(into.data(), text_.data() + at_, n);
  at_ += n;
  return n;
}

Result<std::string> read_all(ByteSource& source, std::size_t max) {
  std::string text;
  std::vector<std::byte> buffer(std::min<std::size_t>(max + 1, 64 << 10));
  for (;;) {
    TRY(const std::size_t n, source.read(buffer));
    if (n == 0) return text;
    if (text.size() + n > max) return broken("more than " + std::to_string(max) + " bytes", {}, Reason::limit);
    text.append(reinterpret_cast<const char*>(buffer.data()), n);
  }
}

Result<std::uint64_t> copy_bytes(ByteSource& source, ByteSink& sink, std::size_t buffer_size) {
  // Most files are small: clearing a large buffer would take longer than copying one of them.
  constexpr std::size_t kFirst = 16 << 10;
  std::vector<std::byte> buffer(std::min(buffer_size, kFirst));
  std::uint64_t total = 0;
  for (;;) {
    TRY(const std::size_t n, source.read(buffer));
    if (n == 0) return total;
    TRY_VOID(sink.write(ByteView(buffer.data(), n)));
    total += n;
    if (total >= buffer.size() && buffer.size() < buffer_size) buffer = std::vector<std::byte>(buffer_size);
  }
}

Result<std::size_t> read_full(ByteSource& source, ByteSpan into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    TRY(const std::size_t n, source.read(into.subspan(filled)));
    if (n == 0) break;
    filled += n;
  }
  return filled;
}

}  // namespace strongroom
