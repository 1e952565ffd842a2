// Goal: members in the wrong place are named, and what could be meant is said (transfers.md 7.2). Method: the
// acceptance cases B1 to B3, B9 and E3, and packages of which parts could not be read, through all checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/checks/check_packages.hpp"

namespace strongroom::transfers {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using Codes = std::set<std::string>;

/// A package of these files, without metadata.csv.
Package files_only(std::vector<std::string> files) {
  Package package;
  package.files = std::move(files);
  package.metadata.reset();
  return package;
}

TEST(LayoutCase, B1_MetadataIsMissing) {
  struct Row {
    std::vector<std::string> files;
    std::string names;
    std::string advice;
  };
  const Row rows[] = {
      {{"a.txt"}, "no file metadata/metadata.csv. Add", "Add that file"},
      {{"a.txt", "metadata.csv"}, "\"metadata.csv\" instead", "Move the file into a folder \"metadata\""},
      {{"top/a.txt", "top/metadata/metadata.csv"}, "\"top/metadata/metadata.csv\" instead", "one folder \"top/\""},
      {{"__MACOSX/top/._metadata.csv", "top/", "top/metadata/metadata.csv"},
       "\"top/metadata/metadata.csv\" instead",
       "one folder \"top/\""},
      {{"a.txt", "top/metadata/metadata.csv"}, "\"top/metadata/metadata.csv\" instead", "Move the file"},
      {{"a.txt", "Metadata/metadata.csv"}, "\"Metadata/metadata.csv\" instead", "small letters"},
      {{"a.txt", "metadata\\metadata.csv"}, "\"metadata\\metadata.csv\" instead", "writes / between"},
  };
  for (const Row& row : rows) {
    const auto examined = files_only(row.files).examine();
    EXPECT_EQ(problems(examined), Codes{"META-MISSING"}) << row.names;
    EXPECT_THAT(finding(examined, "META-MISSING").description, AllOf(HasSubstr(row.names), HasSubstr(row.advice)));
    EXPECT_EQ(examined.report.not_made[4], "there is no metadata/metadata.csv");
    EXPECT_EQ(examined.report.not_made[5], "there is no metadata/metadata.csv");
  }
  std::vector<std::string> many;
  for (int i = 0; i < 7; ++i) many.push_back(std::to_string(i) + "/metadata.csv");
  EXPECT_THAT(finding(files_only(many).examine(), "META-MISSING").description,
              HasSubstr("\"4/metadata.csv\" and 2 more"));
  EXPECT_EQ(problems(files_only({"a.txt", "metadata/metadata.csv/"}).examine()),
            (Codes{"META-MISSING", "META-EXTRA-FILE"}));
}

TEST(LayoutCase, B2_ExtraFiles) {
  Package package;
  package.files = {"a.txt", "metadata/cherry.txt", "metadata/.DS_Store", "metadata/submissionDocumentation/x"};
  const auto examined = package.examine();
  EXPECT_EQ(problems(examined), Codes{"META-EXTRA-FILE"});
  const Findings found = findings(examined, "META-EXTRA-FILE");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].file, "metadata/.DS_Store");
  EXPECT_THAT(found[0].description, HasSubstr("made by the computer"));
  EXPECT_EQ(found[1].file, "metadata/cherry.txt");
  EXPECT_EQ(found[2].file, "metadata/submissionDocumentation/x");
}

TEST(LayoutCase, B3_OtherFoldersOfMacs) {
  Package package;
  package.files = {"a.txt", "metadata/", "__MACOSX/metadata/._metadata.csv"};
  EXPECT_EQ(problems(package.examine()), Codes{});
  EXPECT_EQ(warnings(package.examine()), Codes{"W-NO-RIGHTS"});
}

TEST(LayoutCase, B9_Warnings) {
  const auto warned = [](std::vector<std::string> files) {
    Package package = accession();
    package.files = std::move(files);
    const auto examined = package.examine();
    EXPECT_EQ(problems(examined), Codes{});
    return warnings(examined);
  };
  EXPECT_EQ(warned({"objects/a.txt", "objects/b/c.txt", "objects/"}), Codes{"W-OBJECTS-FOLDER"});
  EXPECT_EQ(warned({"objects/a.txt", "b.txt"}), Codes{});
  EXPECT_EQ(warned({}), Codes{"W-NO-CONTENT"});
  EXPECT_EQ(warned({"folder/"}), Codes{"W-NO-CONTENT"});
  EXPECT_EQ(warned({"x."}), Codes{"W-TRAILING-DOT"});
  EXPECT_EQ(warned({"folder/x.", "folder./y"}), Codes{"W-TRAILING-DOT"});
}

TEST(LayoutCase, E3_Prefixes) {
  Package package;
  package.key = "unknown/pkg.zip";
  const auto examined = package.examine();
  EXPECT_EQ(problems(examined), Codes{"KEY-PREFIX"});
  EXPECT_THAT(finding(examined, "KEY-PREFIX").description, HasSubstr("born-digital/ or born-digital-accessions/"));
  EXPECT_FALSE(examined.prefix);
  EXPECT_EQ(examined.report.not_made[3], "");
  EXPECT_NE(examined.report.not_made[4], "");
  EXPECT_NE(examined.report.not_made[5], "");
  package.key = "Born-Digital/pkg.zip";
  EXPECT_EQ(problems(package.examine()), Codes{"KEY-PREFIX"});
  EXPECT_THAT(finding(package.examine(), "KEY-PREFIX").description, HasSubstr("exactly so: born-digital/ (capital"));
}

TEST(Examination, WhatCannotBeReadIsNotChecked) {
  Finding damaged;
  damaged.code = "ZIP-CORRUPT";
  damaged.description = "x";
  PackageContents contents;
  contents.findings = {damaged};
  const auto unreadable = examine({}, kCataloguedKey, contents);
  EXPECT_EQ(problems(unreadable), Codes{"ZIP-CORRUPT"});
  EXPECT_EQ(unreadable.report.not_made[0], "");
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(unreadable.report.not_made[i], "the zip file could not be read");
  // The names are known, but one CSV file is damaged: the other is checked.
  const Package package = with_rights("file,basis\nF,unknown\n");
  contents = package.contents();
  contents.findings = {damaged};
  contents.metadata_csv.reset();
  const auto partly = examine({}, kCataloguedKey, contents);
  EXPECT_EQ(problems(partly), (Codes{"ZIP-CORRUPT", "RIGHTS-BASIS"}));
  EXPECT_EQ(partly.report.not_made[4], "metadata/metadata.csv could not be read");
  contents.rights_csv.reset();
  EXPECT_EQ(examine({}, kCataloguedKey, contents).report.not_made[3], "metadata/rights.csv could not be read");
}

TEST(Examination, D17_AllAtOnceInTheOrderOfTheChecks) {
  Package package = with_rights("file,basis\nF,unknown\n");
  package.files.emplace_back("metadata/x");
  package.metadata = "filename,dc.identifier\nobjects/,A\nobjects/,B\n";
  const auto examined = package.examine();
  std::vector<std::string> codes;
  for (const Finding& found : examined.report.findings.kept()) codes.push_back(found.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"META-EXTRA-FILE", "RIGHTS-BASIS", "META-ROWS"}));
  CheckReport report = examined.report;
  report.add(key_nested_finding("born-digital/born-digital/x.zip", "/born-digital"));
  EXPECT_EQ(report.findings.kept().front().code, "KEY-NESTED");
  EXPECT_TRUE(report.rejected());
}

}  // namespace
}  // namespace strongroom::transfers
