// CsvReader: the CSV dialect of metadata.csv and rights.csv, exactly as transfers.md 7.3 and 7.4 have it.
//
// Values are handed over one by one and never all held, so that a record of millions of values costs no memory. Linear
// in the text; a quoted value that cannot be shown in place is put together in a buffer. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace strongroom::transfers {

/// Longest value, in characters (code points); a longer one makes its record unreadable.
inline constexpr std::size_t kCsvValueMax = 131'072;

/// What ends a line outside of quotes.
enum class LineEnds : std::uint8_t {
  lf,   ///< LF, together with all CRs directly before it or before the end of the file; any other CR is an error
  any,  ///< LF, CRLF and CR
};

class CsvReader {
 public:
  enum class Step : std::uint8_t {
    record,    ///< a record was read
    end,       ///< there is none left
    too_long,  ///< the record has a value longer than kCsvValueMax: reading has ended
    bare_cr,   ///< the record has a CR that ends no line (LineEnds::lf): reading has ended
  };
  /// Index in the record, from 0, and the value; the text is valid during the call only.
  using SeeValue = std::function<void(std::size_t index, std::string_view value)>;

  /// `text` is UTF-8 and outlives the reader.
  CsvReader(std::string_view text, LineEnds line_ends) : text_(text), line_ends_(line_ends) {}

  /// The next record. The first is the heading and is given even when its line has no characters (then it has no
  /// values); later lines without characters are passed over. What was seen counts for Step::record only.
  Step next(const SeeValue& see);

  /// Of the last record: the number of its values.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Of the last record: physical lines of the text, from 1.
  [[nodiscard]] std::uint64_t first_line() const { return first_line_; }
  [[nodiscard]] std::uint64_t last_line() const { return last_line_; }
  /// The line of a quotation mark that is never closed, once its record has been read.
  [[nodiscard]] std::optional<std::uint64_t> unclosed_quote() const { return unclosed_quote_; }

 private:
  enum class After : std::uint8_t { comma, line_end, text_end, bare_cr };

  bool skip_line_end();
  After read_value(std::string_view& value);
  void read_quoted(std::string_view& value);
  std::uint64_t line_ends_in(std::string_view quoted) const;

  std::string_view text_;
  LineEnds line_ends_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  bool ended_ = false;
  bool heading_read_ = false;
  std::size_t width_ = 0;
  std::uint64_t first_line_ = 0;
  std::uint64_t last_line_ = 0;
  std::optional<std::uint64_t> unclosed_quote_;
  std::string buffer_;
};

}  // namespace strongroom::transfers
