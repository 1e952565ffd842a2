// Goal: metadata.csv and its identifiers are judged as transfers.md 8 and 9.4 have it. Method: the acceptance cases C1
// to C9, each package through all checks, with exactly the codes that the case names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "domain/identifiers.hpp"
#include "transfers/checks/check_packages.hpp"
#include "transfers/identifier_check.hpp"

namespace strongroom::transfers {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Codes = std::set<std::string>;

const std::string kHead = "filename,dc.identifier\n";
const std::string kAccessionHead = "filename,collection_reference,accession_number\n";

/// The description of the finding of a code.
std::string said(const Package& package, std::string_view code) { return finding(package.examine(), code).description; }

TEST(MetadataCase, GoodOnesAreAccepted) {
  const auto good = catalogued(kGoodCatalogued).examine();
  EXPECT_FALSE(good.report.rejected());
  EXPECT_EQ(good.identifiers.catalogue_identifier, "LE/MON/1");
  EXPECT_EQ(good.identifiers.accession_number, std::nullopt);
  EXPECT_EQ(good.expected_space, "born-digital");
  const auto other = accession().examine();
  EXPECT_TRUE(other.report.findings.kept().empty());
  EXPECT_EQ(other.identifiers.accession_number, "1234");
  EXPECT_EQ(other.identifiers.catalogue_identifier, std::nullopt);
  EXPECT_EQ(other.expected_space, "born-digital-accessions");
  EXPECT_EQ(catalogued(kHead + "objects/,archivematica-dev/TEST/1").examine().expected_space, "testing");
}

TEST(MetadataCase, C1_ExactlyOneRow) {
  for (const bool is_accession : {false, true}) {
    const std::string head = is_accession ? kAccessionHead : kHead;
    const std::string row = is_accession ? "objects/,LEMON,1234\n" : "objects/,LE/MON/1\n";
    const auto package = [&](const std::string& text) { return is_accession ? accession(text) : catalogued(text); };
    for (const std::string& second : {row, std::string(",\n"), std::string(" \n")}) {
      EXPECT_EQ(problems(package(head + row + second).examine()), Codes{"META-ROWS"}) << second;
      EXPECT_THAT(said(package(head + row + second), "META-ROWS"),
                  AllOf(HasSubstr("has 2 rows"), HasSubstr("lines 2, 3")));
    }
    EXPECT_THAT(said(package(head + row + ",\n"), "META-ROWS"), HasSubstr("Line 3 holds only commas or spaces"));
    EXPECT_EQ(problems(package(head).examine()), Codes{"META-ROWS"});
    EXPECT_THAT(said(package(head), "META-ROWS"), HasSubstr("has 0 rows"));
    EXPECT_EQ(problems(package("").examine()), (Codes{"META-ROWS", "META-COLUMNS"}));
    EXPECT_EQ(problems(package(head + "\n\n\r\n" + row + "\n").examine()), Codes{});
    EXPECT_EQ(finding(package(head + "\n" + row + row).examine(), "META-ROWS").line, 3U);
  }
}

TEST(MetadataCase, C2_Columns) {
  struct Row {
    std::string text;
    std::string missing;
    std::string hint;
  };
  const Row rows[] = {
      {"filename,dc.title\nobjects/,x\n", "column dc.identifier is", ""},
      {"dc.identifier\nLE/MON/1\n", "column filename is", ""},
      {"Filename,DC.Identifier\nobjects/,LE/MON/1\n", "columns filename, dc.identifier are",
       "\"DC.Identifier\", which differs in case"},
      {" filename,dc.identifier\nobjects/,LE/MON/1\n", "column filename is", "\" filename\", which differs in blanks"},
      {"filename;dc.identifier\nobjects/;LE/MON/1\n", "columns filename, dc.identifier are", "separated by semicolons"},
      {"filename\tdc.identifier\nobjects/\tLE/MON/1\n", "columns filename, dc.identifier are", "separated by tabs"},
      {"\nfilename,dc.identifier\nobjects/,LE/MON/1\n", "columns filename, dc.identifier are", "first line is blank"},
  };
  for (const Row& row : rows) {
    const Finding found = finding(catalogued(row.text).examine(), "META-COLUMNS");
    EXPECT_THAT(found.description, AllOf(HasSubstr(row.missing), HasSubstr(row.hint))) << row.text;
    EXPECT_EQ(found.line, 1U);
  }
}

TEST(MetadataCase, C3_FilenameAndEmpty) {
  for (const std::string value : {"objects", "objects/cat.jpg", "cat.jpg", " objects/", ""}) {
    const auto examined = catalogued(kHead + value + ",LE/MON/1\n").examine();
    EXPECT_EQ(problems(examined), Codes{"META-FILENAME"}) << value;
    const Finding found = finding(examined, "META-FILENAME");
    EXPECT_THAT(found.description, HasSubstr("\"" + value + "\""));
    EXPECT_EQ(std::tuple(found.value, found.column, found.line), std::tuple(value, "filename", 2U));
  }
  for (const std::string row : {"objects/,\n", "objects/\n", "objects/"}) {
    const auto examined = catalogued(kHead + row).examine();
    EXPECT_EQ(problems(examined), Codes{"META-EMPTY"}) << row;
    EXPECT_EQ(finding(examined, "META-EMPTY").column, "dc.identifier");
    EXPECT_EQ(examined.report.not_made[5], "metadata/metadata.csv gives no identifier");
  }
}

TEST(MetadataCase, C4_WhatIsAccepted) {
  for (const std::string text :
       {"dc.identifier,filename\nLE/MON/1,objects/\n", "filename,dc.title,dc.identifier\nobjects/,x,LE/MON/1\n",
        "filename,dc.identifier\nobjects/,LE/MON/1,surplus,more\n", "filename,dc.identifier\r\nobjects/,LE/MON/1\r\n",
        "filename,dc.identifier\r\r\nobjects/,LE/MON/1\r\r\n", "filename,dc.identifier\nobjects/,LE/MON/1",
        "filename,dc.identifier\nobjects/,LE/MON/1\r", "filename,dc.identifier\nobjects/,\"LE\"/MON/1\n",
        "dc.identifier,filename,dc.identifier\nx,objects/,LE/MON/1\n"}) {
    const auto examined = catalogued(text).examine();
    EXPECT_EQ(problems(examined), Codes{}) << text;
    EXPECT_EQ(examined.identifiers.catalogue_identifier, "LE/MON/1") << text;
  }
  // Of a repeated heading the last counts, also where the row is too short for it.
  EXPECT_EQ(problems(catalogued("dc.identifier,filename,dc.identifier\nx,objects/\n").examine()), Codes{"META-EMPTY"});
}

TEST(MetadataCase, C5_Encoding) {
  const auto marked = catalogued("\xEF\xBB\xBF" + kHead + "objects/,LE/\xEF\xBB\xBFMON/1\n").examine();
  EXPECT_EQ(problems(marked), Codes{});
  EXPECT_EQ(marked.identifiers.catalogue_identifier, "LE/MON/1");
  const auto examined = catalogued(kHead + "objects/,LE\xFFMON\n").examine();
  EXPECT_EQ(problems(examined), Codes{"META-ENCODING"});
  EXPECT_EQ(finding(examined, "META-ENCODING").line, 2U);
  EXPECT_THAT(finding(examined, "META-ENCODING").description, HasSubstr("\"objects/,LE\\xFF\""));
  const std::string utf16(
      "\xFF\xFE"
      "f\0i\0\n\0",
      8);
  EXPECT_EQ(problems(catalogued(utf16).examine()), Codes{"META-ENCODING"});
  EXPECT_THAT(said(catalogued(utf16), "META-ENCODING"), HasSubstr("UTF-16"));
}

TEST(MetadataCase, C6_Accessions) {
  const auto columns = [](const std::string& row) {
    const auto examined = accession(kAccessionHead + row).examine();
    EXPECT_EQ(problems(examined), Codes{"META-EMPTY"});
    Codes named;
    for (const Finding& found : findings(examined, "META-EMPTY")) named.insert(found.column);
    return named;
  };
  EXPECT_EQ(columns("objects/,,1234"), Codes{"collection_reference"});
  EXPECT_EQ(columns("objects/,LEMON,"), Codes{"accession_number"});
  EXPECT_EQ(columns("objects/,,"), (Codes{"collection_reference", "accession_number"}));
  EXPECT_EQ(problems(accession(kGoodCatalogued).examine()), Codes{"META-COLUMNS"});
  EXPECT_EQ(problems(catalogued(kGoodAccession).examine()), Codes{"META-COLUMNS"});
}

TEST(MetadataCase, C7_Unreadable) {
  EXPECT_EQ(problems(catalogued("filename,dc.identifier\robjects/,LE/MON/1\r").examine()), Codes{"META-CSV"});
  EXPECT_THAT(said(catalogued("filename,dc.identifier\robjects/,LE/MON/1"), "META-CSV"), HasSubstr("Macintosh"));
  const std::string head = "filename,dc.identifier,note\nobjects/,LE/MON/1,";
  const auto examined = catalogued(head + std::string(131'073, 'x')).examine();
  EXPECT_EQ(problems(examined), Codes{"META-CSV"});
  EXPECT_EQ(finding(examined, "META-CSV").line, 2U);
  EXPECT_EQ(examined.identifiers, PackageIdentifiers{});
  EXPECT_EQ(problems(catalogued(head + std::string(131'072, 'x')).examine()), Codes{});
  // Earlier findings stay.
  EXPECT_EQ(problems(catalogued(kHead + "a,b\nc,d\ne\rf\n").examine()), (Codes{"META-CSV", "META-ROWS"}));
  EXPECT_EQ(problems(catalogued("filename\nobjects/\rf\n").examine()), (Codes{"META-CSV", "META-COLUMNS"}));
  // An unclosed quotation mark is a warning by itself.
  const auto unclosed = catalogued(kHead + "objects/,\"LE/MON/1").examine();
  EXPECT_EQ(problems(unclosed), Codes{});
  EXPECT_TRUE(warnings(unclosed).contains("W-UNCLOSED-QUOTE"));
  EXPECT_EQ(check_of(finding(unclosed, "W-UNCLOSED-QUOTE")), Check::metadata);
}

TEST(MetadataCase, C8_IdentifiersThatAreRefused) {
  struct Row {
    std::string value;
    std::vector<std::string> faults;
  };
  const Row rows[] = {
      {" ", {"must begin with a letter", "must end with a letter", "end in a full stop or a space"}},
      {"PP//X", {"two slashes must not follow each other (at character 3)"}},
      {"PP/X/v2/y", {"no part of it may be a version such as v1 (\"v2\" at character 6)"}},
      {"v2/a", {"must not begin with a version such as v1/ (\"v2\" at character 1)"}},
      {"b1/v1", {"must not end in / and a version such as v1 (\"v1\" at character 4)"}},
      {"-X", {"must begin with a letter A-Z, a-z or a digit (\"-\" at character 1)"}},
      {"abc_", {"must end with a letter A-Z, a-z or a digit (\"_\" at character 4)"}},
      {"PP/X/", {"must not end with a slash (at character 5)", "must end with a letter"}},
      {"/PP", {"must not begin with a slash (at character 1)", "must begin with a letter"}},
      {"PP/É",
       {"must end with a letter A-Z, a-z or a digit (\"É\" at character 4)",
        "only the letters A-Z and a-z, digits, spaces and - _ / . are allowed (\"É\" at character 4)"}},
      {"A  B", {"two spaces must not follow each other (at character 2)"}},
      {"x/versions", {"must not end in /versions (at character 3)"}},
      {"x/archive", {"must not end in /archive"}},
      {"x/content", {"may be \"content\" (at character 3)"}},
      {"a./b", {"may end in a full stop or a space (\"a.\" at character 1)"}},
      {"a/../b", {"may end in a full stop or a space (\"..\" at character 3)"}},
      {"A&B", {"are allowed (\"&\" at character 2)"}},
      {"A(B", {"are allowed (\"(\" at character 2)"}},
      {"A(B)C", {"are allowed (\"(\" at character 2, \")\" at character 4)"}},
      {std::string(257, 'x'), {"longer than 255 bytes", "longer than 256 characters, and has 257"}},
      {"_É//v1", {"must begin with", "are allowed (\"É\" at character 2)", "two slashes", "such as v1"}},
  };
  for (const Row& row : rows) {
    const auto examined = catalogued(kHead + "objects/," + row.value + "\n").examine();
    EXPECT_EQ(problems(examined), Codes{"META-IDENTIFIER"}) << row.value;
    const Finding found = finding(examined, "META-IDENTIFIER");
    EXPECT_EQ(std::tuple(found.value, found.column, found.line), std::tuple(row.value, "dc.identifier", 2U));
    for (const std::string& fault : row.faults) EXPECT_THAT(found.description, HasSubstr(fault));
    const auto other = accession(kAccessionHead + "objects/,LEMON," + row.value + "\n").examine();
    EXPECT_EQ(problems(other), Codes{"META-IDENTIFIER"}) << row.value;
    EXPECT_EQ(finding(other, "META-IDENTIFIER").column, "accession_number");
  }
}

TEST(MetadataCase, C8_IdentifiersThatAreAccepted) {
  for (const std::string& value : {std::string("PP/MDM/A/3/1a"), std::string("PP MIA 1"), std::string("v1"),
                                   std::string("versions"), std::string(255, 'x')}) {
    EXPECT_EQ(problems(catalogued(kHead + "objects/," + value + "\n").examine()), Codes{}) << value;
    EXPECT_EQ(problems(accession(kAccessionHead + "objects/,LEMON," + value + "\n").examine()), Codes{}) << value;
  }
}

TEST(MetadataCase, C9_OtherTags) {
  const std::string head = "filename,dc.identifier,accession_number\nobjects/,LE/MON/1,";
  const auto examined = catalogued(head + "A&B\n").examine();
  EXPECT_EQ(problems(examined), Codes{"TAG-VALUE"});
  EXPECT_THAT(finding(examined, "TAG-VALUE").description, HasSubstr("\"A&B\""));
  EXPECT_EQ(problems(catalogued(head + std::string(257, 'x')).examine()), Codes{"TAG-VALUE"});
  EXPECT_EQ(problems(catalogued(head + std::string(256, 'x')).examine()), Codes{});
  EXPECT_EQ(problems(catalogued(head + "Éa 1+-=._:/@").examine()), Codes{});
  const auto both =
      accession("filename,collection_reference,accession_number,dc.identifier\nobjects/,LEMON,1234,X/1\n").examine();
  EXPECT_EQ(problems(both), Codes{});
  EXPECT_EQ(warnings(both), Codes{"W-ACCESSION-DC"});
  EXPECT_EQ(both.identifiers.catalogue_identifier, "X/1");
  EXPECT_EQ(both.identifiers.accession_number, "1234");
}

TEST(MetadataCase, A8_EmptyValuesAreAbsent) {
  const std::string head = "filename,dc.identifier,accession_number\nobjects/,LE/MON/1,";
  EXPECT_EQ(catalogued(head + "77\n").examine().identifiers.accession_number, "77");
  EXPECT_EQ(catalogued(head + "\n").examine().identifiers.accession_number, std::nullopt);
}

/// The archivist's words and the archive's own rules are of one table: they agree on any text.
TEST(IdentifierFaults, AgreeWithTheArchive) {
  const std::vector<std::string> parts = {"a",
                                          "B",
                                          "7",
                                          "/",
                                          " ",
                                          ".",
                                          "-",
                                          "_",
                                          "v1",
                                          "v",
                                          "versions",
                                          "content",
                                          "archive",
                                          "restore",
                                          ".json",
                                          "é",
                                          "&",
                                          "\n",
                                          std::string(200, 'x')};
  std::mt19937 random(20260731);
  int legal = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto left = random() % 8 + 1; left > 0; --left) text += parts[random() % parts.size()];
    const bool accepted = ExternalIdentifier::parse(text).has_value() && text.size() <= 256;
    EXPECT_EQ(identifier_faults(text).empty(), accepted) << text;
    legal += accepted ? 1 : 0;
  }
  EXPECT_GT(legal, 500);
}

}  // namespace
}  // namespace strongroom::transfers
