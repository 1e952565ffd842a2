#include "bagit/tag_lines.hpp"

#include <span>

#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t find_line_end(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '\n' || text[i] == '\r') return i;
  }
  return std::string_view::npos;
}

/// Without a last character that was cut through.
std::string_view whole_characters(std::string_view text) {
  std::size_t end = text.size();
  for (int i = 0; i < 4 && end > 0; ++i) {
    const auto last = static_cast<unsigned char>(text[--end]);
    if ((last & 0xC0U) == 0xC0U) return text.substr(0, end);
    if (last < 0x80) break;
  }
  return text;
}

}  // namespace

/// Reads one more block behind what is held; false at the end.
Result<bool> TagLineReader::fill() {
  held_.erase(0, at_);
  at_ = 0;
  const std::size_t before = held_.size();
  held_.resize(before + kBlock);
  TRY(const std::size_t n, source_.read(std::as_writable_bytes(std::span(held_.data() + before, kBlock))));
  held_.resize(before + n);
  bytes_read_ += n;
  ended_ = n == 0;
  return n != 0;
}

const TagLine* TagLineReader::finish_line(std::string_view text) {
  line_.number += 1;
  line_.too_long = cutting_ || text.size() > line_max_;
  if (cutting_) text = cut_;
  cutting_ = false;
  if (line_.number == 1 && text.starts_with(kByteOrderMark)) {
    had_mark_ = true;
    text.remove_prefix(kByteOrderMark.size());
  }
  if (line_.too_long) text = whole_characters(text.substr(0, line_max_));
  line_.text = text;
  line_.utf8 = is_utf8(text);
  return &line_;
}

Result<const TagLine*> TagLineReader::next() {
  std::size_t searched = at_;
  for (;;) {
    if (after_cr_ && at_ < held_.size()) {
      if (held_[at_] == '\n') searched = ++at_;
      after_cr_ = false;
    }
    const std::size_t end = find_line_end(held_, searched);
    if (end != std::string::npos) {
      const auto text = std::string_view(held_).substr(at_, end - at_);
      after_cr_ = held_[end] == '\r';
      at_ = end + 1;
      return finish_line(text);
    }
    if (ended_) {
      if (at_ == held_.size() && !cutting_) return static_cast<const TagLine*>(nullptr);
      const auto text = std::string_view(held_).substr(at_);
      at_ = held_.size();
      return finish_line(text);
    }
    // The rest of a line that is too long already is passed over, not held.
    if (held_.size() - at_ > line_max_ + kByteOrderMark.size()) {
      if (!cutting_) cut_ = held_.substr(at_, line_max_ + kByteOrderMark.size());
      cutting_ = true;
      at_ = held_.size();
    }
    searched = held_.size() - at_;
    TRY([[maybe_unused]] const bool more, fill());
  }
}

}  // namespace strongroom::bagit
