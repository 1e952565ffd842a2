// Packages of the acceptance cases, and what the checks say of them: GOOD-CAT, GOOD-ACC and a rights case.
//
// Names and bytes as reading a zip file gives them; no zip file is made. Plain functions, one thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/examination.hpp"

namespace strongroom::transfers::testing_support {

inline constexpr char kCataloguedKey[] = "born-digital/pkg.zip";
inline constexpr char kAccessionKey[] = "born-digital-accessions/LEMON_1234.zip";
inline constexpr char kGoodCatalogued[] = "filename,dc.identifier\nobjects/,LE/MON/1\n";
inline constexpr char kGoodAccession[] = "filename,collection_reference,accession_number\nobjects/,LEMON,1234\n";

/// A package that is being put together; names ending in a slash are directories.
struct Package {
  std::vector<std::string> files = {"a.txt"};
  std::optional<std::string> metadata = kGoodCatalogued;
  std::optional<std::string> rights;
  std::string key = kCataloguedKey;
  std::vector<std::string> known_grant_notes = {};

  /// As the zip reader gives it.
  [[nodiscard]] PackageContents contents() const {
    std::vector<std::string> names = files;
    if (metadata) names.emplace_back(kMetadataCsv);
    if (rights) names.emplace_back(kRightsCsv);
    PackageContents read;
    read.readable = true;
    read.listing = PackageListing::of(names);
    read.metadata_csv = metadata;
    read.rights_csv = rights;
    return read;
  }
  [[nodiscard]] Examination examine(const PackageContents& read) const {
    CheckSettings settings;
    settings.known_grant_notes = known_grant_notes;
    return transfers::examine(settings, key, read);
  }
  [[nodiscard]] Examination examine() const { return examine(contents()); }
};

inline Package catalogued(std::string metadata) {
  Package package;
  package.metadata = std::move(metadata);
  return package;
}

inline Package accession(std::string metadata = kGoodAccession) {
  Package package;
  package.metadata = std::move(metadata);
  package.key = kAccessionKey;
  return package;
}

/// GOOD-CAT with `reports/s.pdf` and this rights.csv; `F` at the beginning of a line stands for its path.
inline Package with_rights(std::string rights) {
  constexpr std::string_view kFile = "objects/reports/s.pdf";
  for (std::size_t at = rights.find("\nF,"); at != std::string::npos; at = rights.find("\nF,", at)) {
    rights.replace(at + 1, 1, kFile);
  }
  Package package;
  package.files.emplace_back("reports/s.pdf");
  package.rights = std::move(rights);
  return package;
}

/// The codes of the problems.
inline std::set<std::string> problems(const Examination& examination) {
  std::set<std::string> codes;
  for (const auto& [code, count] : examination.report.findings.counts()) {
    if (severity_of(code) == Severity::problem) codes.insert(code);
  }
  return codes;
}
inline std::set<std::string> warnings(const Examination& examination) {
  std::set<std::string> codes;
  for (const auto& [code, count] : examination.report.findings.counts()) {
    if (severity_of(code) == Severity::warning) codes.insert(code);
  }
  return codes;
}

/// All findings of a code.
inline Findings findings(const Examination& examination, std::string_view code) {
  Findings found;
  for (const Finding& finding : examination.report.findings.kept()) {
    if (finding.code == code) found.push_back(finding);
  }
  return found;
}
/// The first finding of a code; an empty one when there is none.
inline Finding finding(const Examination& examination, std::string_view code) {
  const Findings found = findings(examination, code);
  return found.empty() ? Finding{} : found.front();
}

}  // namespace strongroom::transfers::testing_support
