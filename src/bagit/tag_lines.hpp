// Lines of a tag file (bag-acceptance.md 2.1): LF, CR and CRLF freely mixed, the last line with or without its end.
//
// Streamed: one line is held at a time, and of a line beyond the limit only its beginning. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace strongroom::bagit {

struct TagLine {
  std::string_view text;     ///< without its end; valid until the next line is read
  std::uint64_t number = 0;  ///< from 1, empty lines counted
  bool utf8 = true;          ///< false: `text` is not valid UTF-8
  bool too_long = false;     ///< longer than the limit: `text` is its beginning, in whole characters
};

class TagLineReader {
 public:
  /// `source` outlives the reader; `line_max` in bytes.
  TagLineReader(ByteSource& source, std::size_t line_max) : source_(source), line_max_(line_max) {}

  /// The next line, or null at the end. A byte order mark at the very start is left out of the first line.
  Result<const TagLine*> next();
  [[nodiscard]] bool had_byte_order_mark() const { return had_mark_; }
  /// Bytes of the source taken so far.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  Result<bool> fill();
  const TagLine* finish_line(std::string_view text);

  ByteSource& source_;
  std::size_t line_max_;
  std::string held_;
  std::size_t at_ = 0;
  bool ended_ = false;
  bool after_cr_ = false;
  bool had_mark_ = false;
  std::string cut_;
  bool cutting_ = false;
  std::uint64_t bytes_read_ = 0;
  TagLine line_;
};

}  // namespace strongroom::bagit
