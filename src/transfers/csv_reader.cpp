#include "transfers/csv_reader.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

bool is_too_long(std::string_view value) {
  return value.size() > kCsvValueMax && (value.size() > 4 * kCsvValueMax || count_characters(value) > kCsvValueMax);
}

}  // namespace

CsvReader::Step CsvReader::next(const SeeValue& see) {
  if (heading_read_) {
    while (at_ < text_.size() && skip_line_end()) continue;
  }
  if (ended_ || at_ == text_.size()) return Step::end;
  const bool blank_heading = !heading_read_ && skip_line_end();
  heading_read_ = true;
  width_ = 0;
  first_line_ = line_;
  last_line_ = line_;
  if (blank_heading) {
    first_line_ = last_line_ = line_ - 1;
    return Step::record;
  }
  for (;;) {
    std::string_view value;
    const After after = read_value(value);
    if (after == After::bare_cr || is_too_long(value)) {
      ended_ = true;
      return after == After::bare_cr ? Step::bare_cr : Step::too_long;
    }
    see(width_++, value);
    if (after == After::comma) continue;
    // What a quotation mark has taken up to the end of the text may end in a line end.
    const bool on_next_line = after == After::text_end && unclosed_quote_ && line_ends_in(text_.substr(at_ - 1)) > 0;
    last_line_ = on_next_line ? line_ - 1 : line_;
    if (after == After::line_end) skip_line_end();
    return Step::record;
  }
}

/// Passes over the line end that begins here, if one does.
bool CsvReader::skip_line_end() {
  std::size_t end = at_;
  if (line_ends_ == LineEnds::any) {
    if (text_[end] == '\r') ++end;
    if (end < text_.size() && text_[end] == '\n') ++end;
  } else {
    while (end < text_.size() && text_[end] == '\r') ++end;
    if (end < text_.size()) {
      if (text_[end] != '\n') return false;
      ++end;
    }
  }
  if (end == at_) return false;
  at_ = end;
  line_ += 1;
  return true;
}

/// Leaves at_ behind a comma, on a line end, or at the end.
CsvReader::After CsvReader::read_value(std::string_view& value) {
  const bool quoted = at_ < text_.size() && text_[at_] == '"';
  if (quoted) read_quoted(value);
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
  const std::string_view plain = text_.substr(begin, at_ - begin);
  if (!quoted) {
    value = plain;
  } else if (!plain.empty()) {
    if (value.data() != buffer_.data()) buffer_.assign(value);
    buffer_.append(plain);
    value = buffer_;
  }
  if (at_ == text_.size()) return After::text_end;
  if (text_[at_] == ',') {
    ++at_;
    return After::comma;
  }
  if (line_ends_ == LineEnds::any) return After::line_end;
  const std::size_t end = text_.find_first_not_of('\r', at_);
  return end == std::string_view::npos || text_[end] == '\n' ? After::line_end : After::bare_cr;
}

/// From the opening quotation mark to behind the closing one. `value` is a part of the text when it stands there as it
/// is, else the buffer.
void CsvReader::read_quoted(std::string_view& value) {
  const std::uint64_t opened = line_;
  std::size_t begin = ++at_;
  bool buffered = false;
  for (;;) {
    const std::size_t quote = std::min(text_.find('"', begin), text_.size());
    const std::string_view part = text_.substr(begin, quote - begin);
    line_ += line_ends_in(part);
    const bool doubled = quote + 1 < text_.size() && text_[quote + 1] == '"';
    if (doubled && !buffered) {
      buffer_.clear();
      buffered = true;
    }
    if (buffered) buffer_.append(part);
    if (doubled) {
      buffer_.push_back('"');
      begin = quote + 2;
      continue;
    }
    value = buffered ? std::string_view(buffer_) : part;
    if (quote == text_.size()) unclosed_quote_ = opened;
    at_ = std::min(quote + 1, text_.size());
    return;
  }
}

/// Of text in quotes, which holds its line ends whole.
std::uint64_t CsvReader::line_ends_in(std::string_view quoted) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const bool cr =
        line_ends_ == LineEnds::any && quoted[i] == '\r' && (i + 1 == quoted.size() || quoted[i + 1] != '\n');
    if (quoted[i] == '\n' || cr) ++count;
  }
  return count;
}

}  // namespace strongroom::transfers
