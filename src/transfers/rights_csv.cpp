#include "transfers/rights_csv.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/rights_row.hpp"
#include "transfers/shown_value.hpp"
#include "transfers/unicode_text.hpp"

namespace strongroom::transfers {
namespace {

/// Headings whose names are kept: whoever has more has made another mistake.
constexpr std::size_t kHeadingsKept = 1000;
constexpr std::size_t kHeadingsNamed = 20;
constexpr std::size_t kHintMax = 200;

std::string named(const std::vector<std::string>& names, std::size_t all) {
  std::vector<std::string> first(names.begin(), names.begin() + std::ptrdiff_t(std::min(names.size(), kHeadingsNamed)));
  std::string text = join(first, ", ");
  if (all > first.size()) text += " and " + with_thousands(all - first.size()) + " more";
  return text;
}

/// The heading: what it has, and where.
class Heading {
 public:
  void see(std::size_t index, std::string_view name) {
    if (names_.size() < kHeadingsKept) names_.emplace_back(name);
    if (const auto column = find_rights_column(name)) {
      if (counts_[static_cast<std::size_t>(*column)]++ == 0) {
        columns_.emplace_back(index, *column);
      } else {
        repeat(name);
      }
      return;
    }
    ++unknown_count_;
    if (unknown_.size() >= kHeadingsKept) return;
    if (!seen_unknown_.emplace(name).second) return repeat(name);
    unknown_.emplace_back(name);
  }

  void report(std::uint64_t line, FindingList& findings) const {
    if (!repeated_.empty()) {
      findings.add(csv_finding("RIGHTS-HEADING-DUPLICATE", kRightsCsv, line, {}, {},
                               "Columns are there more than once: " + named(shown_all(repeated_), repeated_.size()) +
                                   ". Keep one of each."));
    }
    if (unknown_count_ > 0) report_unknown(line, findings);
    std::vector<std::string> missing;
    for (const RightsColumn column : {RightsColumn::file, RightsColumn::basis}) {
      if (count(column) == 0) missing.emplace_back(name_of(column));
    }
    if (missing.empty()) return;
    std::string text = "The " + std::string(missing.size() == 1 ? "column " : "columns ") + join(missing, " and ") +
                       (missing.size() == 1 ? " is" : " are") + " missing. The first line must name every column.";
    if (names_.empty()) text += " The first line is blank: delete it.";
    findings.add(csv_finding("RIGHTS-HEADING-MISSING", kRightsCsv, line, {}, {}, std::move(text)));
  }

  /// True when every row can be read by it.
  [[nodiscard]] bool is_clear() const {
    return count(RightsColumn::file) == 1 && count(RightsColumn::basis) == 1 && repeated_.empty();
  }
  /// Index and column, in the order of the file.
  [[nodiscard]] const std::vector<std::pair<std::size_t, RightsColumn>>& columns() const { return columns_; }
  [[nodiscard]] std::vector<std::string> names_from(std::size_t index) const {
    std::vector<std::string> names;
    for (std::size_t i = index; i < names_.size() && names.size() < kHeadingsNamed; ++i)
      names.push_back(escaped(names_[i]));
    return names;
  }

 private:
  [[nodiscard]] std::size_t count(RightsColumn column) const { return counts_[static_cast<std::size_t>(column)]; }

  void repeat(std::string_view name) {
    if (repeated_.size() < kHeadingsKept && seen_repeated_.emplace(name).second) repeated_.emplace_back(name);
  }

  static std::vector<std::string> shown_all(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const std::string& name : names) all.push_back(shown(name));
    return all;
  }

  void report_unknown(std::uint64_t line, FindingList& findings) const {
    std::string text = "Columns are not known: " + named(shown_all(unknown_), unknown_count_) + ".";
    std::string hints;
    for (std::size_t i = 0; i < std::min(unknown_.size(), kHeadingsNamed); ++i) {
      const std::string hint = hint_for(unknown_[i]);
      if (hints.find(hint) == std::string::npos) hints += hint;
    }
    text += hints.empty() ? " Delete them, or write their names as they are documented." : hints;
    findings.add(csv_finding("RIGHTS-HEADING-UNKNOWN", kRightsCsv, line, {}, unknown_.front(), std::move(text)));
  }

  static std::string hint_for(const std::string& name) {
    if (name.empty()) return " A column has no name: is there a comma too many at the end of the first line?";
    if (name.size() > kHintMax) return {};
    const std::string likeness = likeness_of(name);
    if (const auto column = find_rights_column(likeness)) {
      return " " + shown(name) + " differs from " + std::string(name_of(*column)) + " in " +
             difference_of(name, name_of(*column)) + ".";
    }
    const std::string lower = to_lower_ascii(name);
    for (const char separator : {';', '\t'}) {
      const auto parts = split(lower, separator);
      if (parts.size() > 1 && std::any_of(parts.begin(), parts.end(),
                                          [](std::string_view part) { return find_rights_column(part).has_value(); })) {
        return separator == ';' ? " The columns are separated by semicolons; they must be separated by commas."
                                : " The columns are separated by tabs; they must be separated by commas.";
      }
    }
    return {};
  }

  std::vector<std::string> names_;
  std::array<std::size_t, kRightsColumns.size()> counts_{};
  std::vector<std::pair<std::size_t, RightsColumn>> columns_;
  std::vector<std::string> repeated_;
  std::vector<std::string> unknown_;
  std::set<std::string, std::less<>> seen_repeated_;
  std::set<std::string, std::less<>> seen_unknown_;
  std::size_t unknown_count_ = 0;
};

void report_width(std::size_t width, const CsvReader& reader, std::size_t columns, const Heading& heading,
                  FindingList& findings) {
  std::string text = "The row has " + with_thousands(width) + (width == 1 ? " value" : " values") + " for " +
                     with_thousands(columns) + (columns == 1 ? " column." : " columns.");
  if (width > columns) {
    text +=
        " These are too many: put a value that contains a comma into double quotes, or delete the commas at the end.";
  } else {
    text += " These are too few: values are missing for " + named(heading.names_from(width), columns - width) +
            ". Write a comma for each empty value.";
  }
  findings.add(csv_finding("RIGHTS-WIDTH", kRightsCsv, reader.last_line(), {}, {}, std::move(text)));
}

/// Reads the rows to the end; tells how the reading ended.
CsvReader::Step check_rows(CsvReader& reader, std::size_t columns, const Heading& heading, RightsRowChecker& checker,
                           FindingList& findings) {
  const auto& known = heading.columns();
  for (std::uint64_t rows = 0;; ++rows) {
    RightsRow row;
    auto next = known.begin();
    const auto step = reader.next([&](std::size_t index, std::string_view value) {
      if (next == known.end() || next->first != index) return;
      row[next->second] = value;
      ++next;
    });
    if (step == CsvReader::Step::end && rows == 0) {
      findings.add(
          csv_finding("RIGHTS-NO-ROWS", kRightsCsv, 1, {}, {},
                      "The file has headings but no row. Add a row for each file, or leave the file out of the "
                      "package."));
    }
    if (step != CsvReader::Step::record) return step;
    if (!heading.is_clear()) continue;
    if (reader.width() != columns) {
      report_width(reader.width(), reader, columns, heading, findings);
      continue;
    }
    row.line = reader.last_line();
    checker.check(row);
  }
}

}  // namespace

void check_rights_csv(std::string_view bytes, const PackageListing& listing,
                      const std::vector<std::string>& known_grant_notes, FindingList& findings) {
  if (!check_encoding(bytes, "RIGHTS-ENCODING", kRightsCsv, findings)) return;
  if (bytes.starts_with(kByteOrderMark)) {
    findings.add(csv_finding("RIGHTS-BOM", kRightsCsv, 1, {}, kByteOrderMark,
                             "The file begins with a byte-order mark, which some programs add unseen. Save it again as "
                             "UTF-8 without byte-order mark: text editors and LibreOffice do that, \"CSV UTF-8\" of "
                             "Excel does not."));
    bytes.remove_prefix(kByteOrderMark.size());
  }
  if (bytes.empty()) {
    findings.add(csv_finding("RIGHTS-EMPTY", kRightsCsv, 1, {}, {},
                             "The file is empty. Fill it in, or leave it out of the package."));
    return;
  }
  CsvReader reader(bytes, LineEnds::any);
  Heading heading;
  auto step = reader.next([&heading](std::size_t index, std::string_view name) { heading.see(index, name); });
  if (step == CsvReader::Step::record) {
    heading.report(reader.last_line(), findings);
    RightsRowChecker checker(listing, known_grant_notes, findings);
    step = check_rows(reader, reader.width(), heading, checker, findings);
    checker.finish();
  }
  add_reading_findings(step, reader, "RIGHTS-CSV", kRightsCsv, findings);
}

}  // namespace strongroom::transfers
