// Lines of a byte stream with a bound on their length.
// One reader belongs to one thread; it borrows its source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace strongroom {

/// Reads lines ending in LF; the last may lack its end. One thread at a time.
class LineReader {
 public:
  /// `source` outlives the reader. A longer line than `line_max` bytes is Reason::limit.
  explicit LineReader(ByteSource& source, std::size_t line_max = std::size_t{16} << 20);
  /// The next line without its LF, valid until the next call; null at the end.
  Result<const std::string_view*> next();

 private:
  ByteSource& source_;
  std::size_t line_max_;
  std::string held_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::string_view line_;
};

}  // namespace strongroom
