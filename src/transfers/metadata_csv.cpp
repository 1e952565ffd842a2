#include "transfers/metadata_csv.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/shown_value.hpp"
#include "transfers/unicode_text.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::string_view kFilename = "filename";
constexpr std::string_view kIdentifier = "dc.identifier";
constexpr std::string_view kReference = "collection_reference";
constexpr std::string_view kAccession = "accession_number";
constexpr std::string_view kFilenameValue = "objects/";
constexpr std::array<std::string_view, 4> kColumns = {kFilename, kIdentifier, kReference, kAccession};
constexpr std::uint64_t kRowsNamed = 5;
/// A heading of more bytes than this is nobody's slip of the pen.
constexpr std::size_t kNearHeadingMax = 200;
/// Headings among which hints are looked for.
constexpr std::size_t kHeadingsLooked = 1000;

std::vector<std::string_view> mandatory_columns(Flavour flavour) {
  if (flavour == Flavour::catalogued) return {kFilename, kIdentifier};
  return {kFilename, kReference, kAccession};
}

std::string count_of(std::uint64_t count, std::string_view thing) {
  return with_thousands(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

/// One known column: where it is, and its value in the first row.
struct Column {
  std::string_view name;
  std::optional<std::size_t> index;  ///< of a repeated heading the last
  std::string near;                  ///< a heading that differs in case or blanks only
  std::string value;
};

class MetadataChecker {
 public:
  MetadataChecker(Flavour flavour, FindingList& findings) : flavour_(flavour), findings_(findings) {
    for (std::size_t i = 0; i < kColumns.size(); ++i) columns_[i].name = kColumns[i];
  }

  PackageIdentifiers check(std::string_view text) {
    CsvReader reader(text, LineEnds::lf);
    const auto step = reader.next([this](std::size_t index, std::string_view name) { see_heading(index, name); });
    const bool has_heading = step == CsvReader::Step::record;
    blank_heading_ = has_heading && reader.width() == 0;
    if (has_heading || step == CsvReader::Step::end) report_columns(has_heading ? reader.last_line() : 1);
    const auto stopped = has_heading ? read_rows(reader) : step;
    add_reading_findings(stopped, reader, "META-CSV", kMetadataCsv, findings_);
    // A file that could be read in part only has at least so many rows.
    const bool complete = stopped == CsvReader::Step::end;
    if (complete ? rows_ != 1 : rows_ > 1) report_rows(complete);
    PackageIdentifiers identifiers;
    if (!complete || rows_ != 1) return identifiers;
    check_row();
    identifiers.line = row_line_;
    identifiers.catalogue_identifier = value_of(kIdentifier);
    identifiers.accession_number = value_of(kAccession);
    return identifiers;
  }

 private:
  Column& column(std::string_view name) {
    return *std::find_if(columns_.begin(), columns_.end(), [name](const Column& c) { return c.name == name; });
  }

  std::optional<std::string> value_of(std::string_view name) {
    Column& found = column(name);
    if (!found.index || found.value.empty()) return std::nullopt;
    return std::move(found.value);
  }

  void see_heading(std::size_t index, std::string_view name) {
    for (Column& known : columns_) {
      if (name == known.name) known.index = index;
    }
    if (name.size() > kNearHeadingMax || index >= kHeadingsLooked) return;
    const std::string likeness = likeness_of(name);
    for (Column& known : columns_) {
      if (name != known.name && likeness == known.name) known.near = name;
      if (name == known.name) continue;
      for (const char separator : {';', '\t'}) {
        if (name.find(separator) == std::string_view::npos) continue;
        for (const std::string_view part : split(name, separator)) {
          if (likeness_of(part) == known.name) separator_ = separator;
        }
      }
    }
  }

  void report_columns(std::uint64_t line) {
    std::vector<std::string> missing;
    std::string hints;
    for (const std::string_view name : mandatory_columns(flavour_)) {
      const Column& wanted = column(name);
      if (wanted.index) continue;
      missing.emplace_back(name);
      if (wanted.near.empty()) continue;
      hints += " It has " + shown(wanted.near) + ", which differs in " + difference_of(wanted.near, name) + ".";
    }
    if (missing.empty()) return;
    if (separator_ != 0) {
      hints += separator_ == ';' ? " The columns are separated by semicolons; they must be separated by commas."
                                 : " The columns are separated by tabs; they must be separated by commas.";
    }
    if (blank_heading_) hints += " The first line is blank; it must hold the headings.";
    std::string text = missing.size() == 1 ? "The column " + missing.front() + " is missing."
                                           : "The columns " + join(missing, ", ") + " are missing.";
    text += hints + " The first line of the file must be: " + join_mandatory() + " (more columns may follow).";
    findings_.add(csv_finding("META-COLUMNS", kMetadataCsv, line, {}, {}, std::move(text)));
  }

  [[nodiscard]] std::string join_mandatory() const {
    std::vector<std::string> names;
    for (const std::string_view name : mandatory_columns(flavour_)) names.emplace_back(name);
    return join(names, ",");
  }

  CsvReader::Step read_rows(CsvReader& reader) {
    for (;;) {
      bool blank = true;
      const auto step = reader.next([&](std::size_t index, std::string_view value) {
        blank = blank && is_blank(value);
        if (rows_ > 0) return;
        for (Column& known : columns_) {
          if (known.index == index) known.value = value;
        }
      });
      if (step != CsvReader::Step::record) return step;
      if (rows_ == 0) row_line_ = reader.last_line();
      if (rows_ < kRowsNamed) row_lines_.push_back(std::to_string(reader.last_line()));
      if (blank && blank_row_ == 0) blank_row_ = reader.last_line();
      ++rows_;
    }
  }

  void report_rows(bool complete) {
    std::string text = "The file has " + std::string(complete ? "" : "at least ") + count_of(rows_, "row") +
                       " below the headings; it must have exactly one, because one package is one catalogue item.";
    if (rows_ > 0) {
      text +=
          " The rows are on lines " + join(row_lines_, ", ") + (rows_ > kRowsNamed ? " and further ones" : "") + ".";
    }
    if (blank_row_ != 0) {
      text += " Line " + std::to_string(blank_row_) + " holds only commas or spaces, but counts: delete that line.";
    } else {
      text += rows_ == 0 ? " Add that row." : " Make a package of its own for each item.";
    }
    findings_.add(csv_finding("META-ROWS", kMetadataCsv, rows_ > 1 ? row_line_ : 1, {}, {}, std::move(text)));
  }

  void check_row() {
    const Column& filename = column(kFilename);
    if (filename.index && filename.value != kFilenameValue) {
      findings_.add(csv_finding("META-FILENAME", kMetadataCsv, row_line_, kFilename, filename.value,
                                shown(filename.value) + " must be exactly objects/ (with the slash, without blanks), "
                                                        "because the row describes the whole package."));
    }
    for (const std::string_view name : mandatory_columns(flavour_)) {
      const Column& wanted = column(name);
      if (name == kFilename || !wanted.index || !wanted.value.empty()) continue;
      findings_.add(csv_finding("META-EMPTY", kMetadataCsv, row_line_, name, {},
                                "The column " + std::string(name) + " is empty. Fill it in."));
    }
  }

  Flavour flavour_;
  FindingList& findings_;
  std::array<Column, kColumns.size()> columns_;
  char separator_ = 0;
  bool blank_heading_ = false;
  std::uint64_t rows_ = 0;
  std::uint64_t row_line_ = 0;
  std::vector<std::string> row_lines_;
  std::uint64_t blank_row_ = 0;
};

}  // namespace

PackageIdentifiers check_metadata_csv(std::string_view bytes, Flavour flavour, FindingList& findings) {
  if (!check_encoding(bytes, "META-ENCODING", kMetadataCsv, findings)) return {};
  const auto cleaned = without_byte_order_marks(bytes);
  return MetadataChecker(flavour, findings).check(cleaned ? std::string_view(*cleaned) : bytes);
}

}  // namespace strongroom::transfers
