#include "base/lines.hpp"

namespace strongroom {

LineReader::LineReader(ByteSource& source, std::size_t line_max) : source_(source), line_max_(line_max) {}

Result<const std::string_view*> LineReader::next() {
  std::size_t searched = at_;
  for (;;) {
    const auto end = held_.find('\n', searched);
    if (end != std::string::npos) {
      line_ = std::string_view(held_).substr(at_, end - at_);
      at_ = end + 1;
      return &line_;
    }
    if (ended_) {
      if (at_ == held_.size()) return static_cast<const std::string_view*>(nullptr);
      line_ = std::string_view(held_).substr(at_);
      at_ = held_.size();
      return &line_;
    }
    held_.erase(0, at_);
    at_ = 0;
    searched = held_.size();
    if (searched > line_max_)
      return broken("a line is longer than " + std::to_string(line_max_) + " bytes", {}, Reason::limit);
    constexpr std::size_t kBlock = 64 << 10;
    held_.resize(searched + kBlock);
    TRY(const std::size_t n, source_.read(std::as_writable_bytes(std::span(held_.data() + searched, kBlock))));
    held_.resize(searched + n);
    ended_ = n == 0;
  }
}

}  // namespace strongroom
