// Fuzz target: any bytes as the CSV files of a package, through all checks. The first byte chooses: bit 0 the flavour,
// bit 1 whether the bytes are rights.csv beside a right metadata.csv or metadata.csv itself, bit 2 whether both.
// Whatever the bytes, lines lie within the file, texts are valid UTF-8 without control characters, counts are right,
// the verdict is the same twice, and an accepted package has an identifier that the archive takes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "domain/identifiers.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/feedback_log.hpp"
#include "transfers/identifier_check.hpp"

namespace {

using namespace strongroom;
using namespace strongroom::transfers;

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr std::string_view kCatalogued = "filename,dc.identifier\nobjects/,LE/MON/1\n";
constexpr std::string_view kAccession = "filename,collection_reference,accession_number\nobjects/,LEMON,1234\n";

std::vector<std::string> names_of_members() {
  return {"a.txt", "reports/", "reports/s.pdf", "r\xC3\xA9.txt", std::string(kMetadataCsv), std::string(kRightsCsv)};
}

/// CR, LF and the beginning of the file: no file has more lines than these.
std::uint64_t most_lines(std::string_view text) {
  return 1 + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n') +
                                        std::count(text.begin(), text.end(), '\r'));
}

void check_log(const std::string& log) {
  require(is_utf8(log));
  require(log.starts_with("@@ Logging starts at ") && log.ends_with(" @@"));
  require(
      std::none_of(log.begin(), log.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
  for (const std::string_view line : split(log, '\n'))
    require(!line.starts_with("@@ Logging ends") || line.data() + line.size() == log.data() + log.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool accession = (data[0] & 1U) != 0;
  const bool both = (data[0] & 4U) != 0;
  const bool as_rights = (data[0] & 2U) != 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string right(accession ? kAccession : kCatalogued);
  PackageContents contents;
  contents.readable = true;
  contents.listing = PackageListing::of(names_of_members());
  contents.metadata_csv = as_rights && !both ? right : bytes;
  if (as_rights || both) contents.rights_csv = bytes;
  const std::string key = accession ? "born-digital-accessions/x.zip" : "born-digital/x.zip";
  const Examination examined = examine({}, key, contents);
  require(examined.report == examine({}, key, contents).report);

  std::uint64_t counted = 0;
  for (const auto& [code, count] : examined.report.findings.counts()) counted += count;
  require(counted >= examined.report.findings.kept().size());
  for (const Finding& finding : examined.report.findings.kept()) {
    require(find_code(finding.code) != nullptr && !finding.description.empty());
    require(is_utf8(finding.description) && !has_control_characters(finding.description));
    require((finding.severity == Severity::warning) == finding.code.starts_with("W-"));
    if (finding.line) require(*finding.line >= 1 && *finding.line <= std::max(most_lines(bytes), most_lines(right)));
  }
  if (!examined.report.rejected()) {
    const auto identifier = bag_identifier(examined.identifiers);
    require(identifier && ExternalIdentifier::parse(*identifier).has_value());
    require(!examined.expected_space.empty());
  }
  const LogFrame frame{key, size, Instant(), Instant()};
  check_log(rejected_log(frame, examined.report));
  check_log(accepted_log(frame, examined.report, "T-1", ExpectedBag{"s", bytes, "v1"}));
  return 0;
}
