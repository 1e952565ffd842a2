#include "transfers/csv_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kExcerptBytes = 40;

bool looks_like_utf16(std::string_view bytes) { return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"); }

}  // namespace

Finding csv_finding(std::string_view code, std::string_view file, std::uint64_t line, std::string_view column,
                    std::string_view value, std::string description) {
  Finding finding;
  finding.code = code;
  finding.severity = severity_of(code);
  finding.file = file;
  finding.line = line;
  finding.column = column;
  finding.value = value;
  finding.description = std::move(description);
  return finding;
}

bool check_encoding(std::string_view bytes, std::string_view code, std::string_view file, FindingList& findings) {
  std::size_t at = 0;
  while (at < bytes.size() && next_code_point(bytes, at)) continue;
  if (at == bytes.size()) return true;
  const auto line_ends = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  // What stands around the first wrong byte, from the beginning of its line where that is near.
  const std::size_t line_begin = at == 0 ? 0 : bytes.rfind('\n', at - 1) + 1;
  const std::size_t begin = std::max(line_begin, at > kExcerptBytes ? at - kExcerptBytes : 0);
  const std::string_view excerpt = bytes.substr(begin, at - begin + 1);
  std::string text = looks_like_utf16(bytes)
                         ? "The file is in UTF-16, not in UTF-8."
                         : "The file is not in UTF-8: it cannot be read from " + shown(excerpt) + " on.";
  // In rights.csv the byte-order mark that Excel adds would be the next problem.
  text += file == kRightsCsv ? " Save it again in the character set UTF-8, without byte-order mark."
                             : " Save it again as \"CSV UTF-8\", or in the character set UTF-8.";
  findings.add(csv_finding(code, file, static_cast<std::uint64_t>(line_ends) + 1, {}, excerpt, std::move(text)));
  return false;
}

std::optional<std::string> without_byte_order_marks(std::string_view text) {
  std::size_t mark = text.find(kByteOrderMark);
  if (mark == std::string_view::npos) return std::nullopt;
  std::string kept;
  kept.reserve(text.size());
  for (std::size_t begin = 0;;) {
    kept.append(text.substr(begin, mark - begin));
    if (mark == std::string_view::npos) return kept;
    begin = mark + kByteOrderMark.size();
    mark = text.find(kByteOrderMark, begin);
  }
}

void add_reading_findings(CsvReader::Step step, const CsvReader& reader, std::string_view code, std::string_view file,
                          FindingList& findings) {
  if (reader.unclosed_quote()) {
    findings.add(csv_finding("W-UNCLOSED-QUOTE", file, *reader.unclosed_quote(), {}, {},
                             "A quotation mark is opened here and never closed, so everything that follows was read as "
                             "one value. Close it, or write it twice where it belongs to the text."));
  }
  if (step == CsvReader::Step::bare_cr) {
    findings.add(csv_finding(code, file, reader.first_line(), {}, {},
                             "The lines of the file end as on old Macintosh computers (with a carriage return alone). "
                             "Save it again as \"CSV UTF-8\", not as \"CSV (Macintosh)\"."));
  } else if (step == CsvReader::Step::too_long) {
    findings.add(csv_finding(code, file, reader.first_line(), {}, {},
                             "The row that begins here has a value of more than " + with_thousands(kCsvValueMax) +
                                 " characters; neither it nor what follows was read. Shorten the value, or look for a "
                                 "quotation mark that is never closed."));
  }
}

}  // namespace strongroom::transfers
