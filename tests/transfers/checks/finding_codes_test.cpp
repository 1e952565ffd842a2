// Goal: the table of codes is whole and the page for archivists says the same. Method: rows of the page are held
// against the table, every code has its parts, and the samples of CSV rows are not accidentally the same.
#include "transfers/finding_codes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "transfers/finding_list.hpp"
#include "transfers/package_findings.hpp"

namespace strongroom::transfers {
namespace {

std::string row_of(const FindingCode& code) {
  return "| `" + std::string(code.code) + "` | " + std::string(code.meaning) + " | " + std::string(code.remedy) + " |";
}

TEST(FindingCodes, ThePageSaysTheSame) {
  std::ifstream page(STRONGROOM_SOURCE_DIR "/docs/transfer-findings.md");
  std::vector<std::string> documented;
  std::vector<std::string> headings;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| `")) documented.push_back(line);
    if (line.starts_with("## Check ")) headings.push_back(line);
  }
  std::vector<std::string> rows;
  for (const FindingCode& code : finding_codes()) rows.push_back(row_of(code));
  EXPECT_EQ(documented, rows);
  ASSERT_EQ(headings.size(), kChecks.size());
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    EXPECT_EQ(headings[i], "## Check " + std::to_string(i + 1) + ": " + std::string(name_of(kChecks[i])));
  }
}

TEST(FindingCodes, EveryCodeHasItsParts) {
  std::set<std::string_view> codes;
  for (const FindingCode& code : finding_codes()) {
    EXPECT_TRUE(codes.insert(code.code).second) << code.code;
    EXPECT_EQ(find_code(code.code), &code);
    EXPECT_FALSE(code.meaning.empty() || code.remedy.empty()) << code.code;
    EXPECT_FALSE(code.meaning.ends_with('.') || code.remedy.ends_with('.')) << code.code;
    for (const std::string_view sample : {code.wrong, code.right}) {
      EXPECT_LE(std::count(sample.begin(), sample.end(), '\n'), 4) << code.code;
    }
    if (severity_of(code.code) == Severity::problem) {
      EXPECT_FALSE(code.right.empty()) << code.code;
      EXPECT_NE(code.wrong, code.right) << code.code;
    }
  }
  EXPECT_EQ(codes.size(), 55U);
  EXPECT_TRUE(std::is_sorted(finding_codes().begin(), finding_codes().end(),
                             [](const FindingCode& a, const FindingCode& b) { return a.check < b.check; }));
  EXPECT_EQ(find_code("X"), nullptr);
}

TEST(FindingCodes, ReadingThePackageGivesKnownOnes) {
  FewNames names;
  names.add("a");
  for (const Finding& finding :
       {zip_empty(), zip_not_zip("x"), zip_truncated_end(), zip_truncated_directory(), zip_multidisk(),
        zip_encrypted_directory(), zip_corrupt_directory("x"), zip_too_many_members(), zip_encrypted(names),
        zip_bad_names(names), unknown_methods(names), duplicate_member("a", 2), more_duplicate_members(3),
        zip_truncated_csv("a"), zip_corrupt_csv("a", "x"), zip_method("a", 98), csv_too_big("a")}) {
    EXPECT_NE(find_code(finding.code), nullptr) << finding.code;
    EXPECT_EQ(finding.severity, severity_of(finding.code)) << finding.code;
    EXPECT_EQ(check_of(finding), Check::zip) << finding.code;
  }
}

}  // namespace
}  // namespace strongroom::transfers
