// The encoding of the two CSV files (transfers.md 7.3): UTF-8, and what of byte-order marks. Pure functions, any
// thread.
//
// A file is refused with a finding that tells where the first wrong byte is, and whether it looks like UTF-16.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transfers/csv_reader.hpp"
#include "transfers/finding_list.hpp"
#include "transfers/package_listing.hpp"

namespace strongroom::transfers {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
inline constexpr std::string_view kMetadataFolder = "metadata/";

/// A finding of a line of `file`; `column` and `value` may be empty.
[[nodiscard]] Finding csv_finding(std::string_view code, std::string_view file, std::uint64_t line,
                                  std::string_view column, std::string_view value, std::string description);

/// Adds `code` and returns false when `bytes` are not UTF-8.
[[nodiscard]] bool check_encoding(std::string_view bytes, std::string_view code, std::string_view file,
                                  FindingList& findings);

/// `text` without every U+FEFF; nothing when it has none.
[[nodiscard]] std::optional<std::string> without_byte_order_marks(std::string_view text);

/// Why a record cannot be read, as `code` at its first line; and W-UNCLOSED-QUOTE, whatever `step` is.
void add_reading_findings(CsvReader::Step step, const CsvReader& reader, std::string_view code, std::string_view file,
                          FindingList& findings);

}  // namespace strongroom::transfers
