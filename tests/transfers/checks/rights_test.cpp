// Goal: rights.csv is judged as transfers.md 9 has it. Method: the acceptance cases D1 to D17, each package through all
// checks, with exactly the codes that the case names; the speed of a large file by its work, not by the clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "transfers/checks/check_packages.hpp"
#include "transfers/rights_rules.hpp"

namespace strongroom::transfers {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Codes = std::set<std::string>;

Codes problems_of(const std::string& rights) { return problems(with_rights(rights).examine()); }
Codes warnings_of(const std::string& rights) { return warnings(with_rights(rights).examine()); }
Finding found(const std::string& rights, std::string_view code) { return finding(with_rights(rights).examine(), code); }
std::string said(const std::string& rights, std::string_view code) { return found(rights, code).description; }

std::set<std::string> columns_of(const std::string& rights, std::string_view code) {
  std::set<std::string> columns;
  for (const Finding& one : findings(with_rights(rights).examine(), code)) columns.insert(one.column);
  return columns;
}

TEST(RightsCase, D1_NoneEmptyNoRows) {
  EXPECT_EQ(warnings(Package().examine()), Codes{"W-NO-RIGHTS"});
  EXPECT_EQ(problems(Package().examine()), Codes{});
  EXPECT_EQ(warnings(accession().examine()), Codes{});
  EXPECT_EQ(problems_of(""), Codes{"RIGHTS-EMPTY"});
  for (const std::string rights : {"file,basis", "file,basis\n", "file,basis\n\n\r\n\r"}) {
    EXPECT_EQ(problems_of(rights), Codes{"RIGHTS-NO-ROWS"});
  }
}

TEST(RightsCase, D2_BasisAndEncoding) {
  for (const std::string basis : {"policy", "donor", "other", " POLICY ", "\xC2\xA0policy\x1F"}) {
    EXPECT_EQ(problems_of("file,basis\nF," + basis + "\n"), Codes{}) << basis;
  }
  EXPECT_EQ(problems_of("file,basis\nF,licence\n"), Codes{"RIGHTS-BASIS"});
  EXPECT_THAT(said("file,basis\nF,licence\n", "RIGHTS-BASIS"), HasSubstr("Write \"license\", with an s."));
  EXPECT_EQ(problems_of("file,basis\nF,unknown\n"), Codes{"RIGHTS-BASIS"});
  EXPECT_THAT(said("file,basis\nF,unknown\n", "RIGHTS-BASIS"), Not(HasSubstr("Write")));
  EXPECT_EQ(problems_of("\xEF\xBB\xBF"
                        "file,basis\nF,policy\n"),
            Codes{"RIGHTS-BOM"});
  EXPECT_EQ(problems_of("file,basis,note\nF,policy,a\xEF\xBB\xBF"
                        "b\n"),
            Codes{});
  EXPECT_EQ(problems_of("file,basis\nF,policy\xFF\n"), Codes{"RIGHTS-ENCODING"});
  EXPECT_EQ(found("file,basis\nF,policy\xFF\n", "RIGHTS-ENCODING").line, 2U);
}

TEST(RightsCase, D3_Headings) {
  EXPECT_EQ(problems_of("file,basis,basis\nF,policy,policy\n"), Codes{"RIGHTS-HEADING-DUPLICATE"});
  EXPECT_EQ(problems_of("file,basis,foo\nF,policy,x\n"), Codes{"RIGHTS-HEADING-UNKNOWN"});
  EXPECT_EQ(problems_of("file,basis,foo,foo\nF,policy,x,y\n"),
            (Codes{"RIGHTS-HEADING-UNKNOWN", "RIGHTS-HEADING-DUPLICATE"}));
  EXPECT_EQ(problems_of("file,basis,\nF,policy,\n"), Codes{"RIGHTS-HEADING-UNKNOWN"});
  EXPECT_THAT(said("file,basis,\nF,policy,\n", "RIGHTS-HEADING-UNKNOWN"), HasSubstr("comma too many"));
  EXPECT_EQ(problems_of("file ,basis\nF,policy\n"), (Codes{"RIGHTS-HEADING-UNKNOWN", "RIGHTS-HEADING-MISSING"}));
  EXPECT_THAT(said("file ,basis\nF,policy\n", "RIGHTS-HEADING-UNKNOWN"),
              HasSubstr("\"file \" differs from file in blanks"));
  EXPECT_EQ(problems_of("file,status\nF,x\n"), Codes{"RIGHTS-HEADING-MISSING"});
  EXPECT_THAT(said("file,status\nF,x\n", "RIGHTS-HEADING-MISSING"), HasSubstr("The column basis is missing"));
  EXPECT_EQ(problems_of("\nfile,basis\nF,policy\n"), Codes{"RIGHTS-HEADING-MISSING"});
  EXPECT_THAT(said("\nfile,basis\nF,policy\n", "RIGHTS-HEADING-MISSING"),
              AllOf(HasSubstr("file and basis are"), HasSubstr("blank")));
  EXPECT_THAT(said("file;basis\nF;policy\n", "RIGHTS-HEADING-UNKNOWN"), HasSubstr("semicolons"));
  // Rows are read all the same when only a further column is unknown.
  EXPECT_EQ(problems_of("file,basis,foo\nF,unknown,x\n"), (Codes{"RIGHTS-HEADING-UNKNOWN", "RIGHTS-BASIS"}));
}

TEST(RightsCase, D4_WidthBlankPath) {
  const Finding more = found("file,basis\nF,policy,\n", "RIGHTS-WIDTH");
  EXPECT_EQ(more.line, 2U);
  EXPECT_THAT(more.description, HasSubstr("too many"));
  EXPECT_EQ(problems_of("file,basis\nF,unknown,\n"), Codes{"RIGHTS-WIDTH"}) << "other rules are skipped";
  const Finding fewer = found("file,basis,note\nF,policy\n", "RIGHTS-WIDTH");
  EXPECT_EQ(fewer.line, 2U);
  EXPECT_THAT(fewer.description, HasSubstr("missing for note"));
  EXPECT_EQ(problems_of("file,basis\n,policy\n"), Codes{"RIGHTS-BLANK"});
  EXPECT_EQ(columns_of("file,basis\n,policy\n", "RIGHTS-BLANK"), Codes{"file"});
  EXPECT_EQ(problems_of("file,basis\nF,\n"), Codes{"RIGHTS-BLANK"});
  EXPECT_EQ(columns_of("file,basis\n , \n", "RIGHTS-BLANK"), (Codes{"file", "basis"}));
  EXPECT_EQ(problems_of("file,basis\nreports/s.pdf,policy\n"), Codes{"RIGHTS-PATH"});
  EXPECT_THAT(said("file,basis\nreports/s.pdf,policy\n", "RIGHTS-PATH"), HasSubstr("Write \"objects/reports/s.pdf\""));
}

TEST(RightsCase, D5_NotInThePackage) {
  Package package = with_rights("");
  package.files.emplace_back("reports/");
  for (const std::string file : {"objects/missing.pdf", "objects/reports/", "objects/metadata/rights.csv",
                                 "objects/Reports/s.pdf", "objects/", "objects/reports/s.pdf/", "objects/reports"}) {
    package.rights = "file,basis\n" + file + ",policy\n";
    EXPECT_EQ(problems(package.examine()), Codes{"RIGHTS-NOT-IN-PACKAGE"}) << file;
  }
  EXPECT_THAT(said("file,basis\nobjects/Reports/s.pdf,policy\n", "RIGHTS-NOT-IN-PACKAGE"),
              HasSubstr("The package has \"reports/s.pdf\", which differs in case"));
  EXPECT_THAT(said("file,basis\nobjects/reports /s.pdf,policy\n", "RIGHTS-NOT-IN-PACKAGE"),
              HasSubstr("differs in blanks"));
  EXPECT_THAT(said("file,basis\nobjects/Reports/ s.pdf,policy\n", "RIGHTS-NOT-IN-PACKAGE"),
              HasSubstr("differs in case and blanks"));
  package.files = {"objects/a.txt"};
  package.rights = "file,basis\nobjects/a.txt,policy\n";
  EXPECT_THAT(finding(package.examine(), "RIGHTS-NOT-IN-PACKAGE").description,
              HasSubstr("called \"objects/objects/a.txt\" here"));
}

TEST(RightsCase, D6_Names) {
  const std::string name = "reports/R\xC3\xA9sum\xC3\xA9, final.txt";
  Package package;
  package.rights = "file,basis,note\n\"objects/" + name + "\",policy,\"two\nlines\"\n";
  package.files = {name};
  EXPECT_EQ(problems(package.examine()), Codes{});
  EXPECT_EQ(warnings(package.examine()), Codes{});
  // Not marked as UTF-8, so that its name reads otherwise by the rules of zip.
  PackageContents unmarked = package.contents();
  unmarked.listing = PackageListing();
  PackageMember member;
  member.name = "reports/R\xE2\x94\x9C\xE2\x8C\x90sum\xE2\x94\x9C\xE2\x8C\x90, final.txt";
  member.has_utf8_reading = true;
  ASSERT_TRUE(unmarked.listing.add(member));
  member = PackageMember();
  for (const std::string_view csv : {kMetadataCsv, kRightsCsv}) {
    member.name = csv;
    ASSERT_TRUE(unmarked.listing.add(member));
  }
  unmarked.listing.build_index();
  EXPECT_EQ(problems(package.examine(unmarked)), Codes{});
  EXPECT_EQ(warnings(package.examine(unmarked)), Codes{"W-NAME-ENCODING"});
  package.files = {"reports/Re\xCC\x81sume\xCC\x81, final.txt"};
  const auto examined = package.examine();
  EXPECT_EQ(problems(examined), Codes{"RIGHTS-NOT-IN-PACKAGE"});
  EXPECT_THAT(finding(examined, "RIGHTS-NOT-IN-PACKAGE").description, HasSubstr("differs in Unicode normal form"));
}

const std::string kCopyright = "file,basis,status,jurisdiction,note,grant_act,grant_note\nF,copyright,";

TEST(RightsCase, D7_Copyright) {
  for (const std::string note : {"In copyright", "All Rights Reserved", "  In copyright "}) {
    EXPECT_EQ(problems_of(kCopyright + "copyrighted,GB," + note + ",disseminate,Open\n"), Codes{}) << note;
  }
  for (const std::string note : {"in copyright", "Copyright statement"}) {
    EXPECT_EQ(problems_of(kCopyright + "copyrighted,GB," + note + ",disseminate,Open\n"), Codes{"RIGHTS-NOTE"}) << note;
  }
  EXPECT_THAT(said(kCopyright + "copyrighted,GB,in copyright,disseminate,Open\n", "RIGHTS-NOTE"),
              HasSubstr("Write \"In copyright\"."));
  const std::vector<std::string> columns = {"status", "jurisdiction", "note", "grant_act", "grant_note"};
  const std::vector<std::string> values = {"copyrighted", "GB", "In copyright", "disseminate", "Open"};
  for (std::size_t empty = 0; empty < values.size(); ++empty) {
    std::vector<std::string> row = values;
    row[empty] = " ";
    const std::string rights = kCopyright + join(row, ",") + "\n";
    EXPECT_EQ(problems_of(rights), Codes{"RIGHTS-REQUIRED"}) << columns[empty];
    EXPECT_EQ(columns_of(rights, "RIGHTS-REQUIRED"), Codes{columns[empty]});
  }
  EXPECT_EQ(problems_of(kCopyright + ",,,,\n"), Codes{"RIGHTS-REQUIRED"});
  EXPECT_EQ(findings(with_rights(kCopyright + ",,,,\n").examine(), "RIGHTS-REQUIRED").size(), 5U);
  EXPECT_EQ(columns_of("file,basis\nF,copyright\n", "RIGHTS-REQUIRED").size(), 5U) << "columns that are missing count";
}

TEST(RightsCase, D8_LicenseAndStatute) {
  const std::string license = "file,basis,note,grant_act,grant_note\nF,license,";
  for (const std::string note :
       {"CC-0", "CC-BY", "CC-BY-NC", "CC-BY-NC-ND", "CC-BY-NC-SA", "CC-BY-SA", "OGL", "OPL", "PDM"}) {
    EXPECT_EQ(problems_of(license + note + ",disseminate,Open\n"), Codes{}) << note;
  }
  for (const std::string note : {"cc-by", "CC-BY-ND"}) {
    EXPECT_EQ(problems_of(license + note + ",disseminate,Open\n"), Codes{"RIGHTS-NOTE"}) << note;
  }
  const std::string statute = "file,basis,citation,jurisdiction\nF,statute,";
  EXPECT_EQ(problems_of(statute + ",GB\n"), Codes{"RIGHTS-REQUIRED"});
  EXPECT_EQ(columns_of(statute + ",GB\n", "RIGHTS-REQUIRED"), Codes{"citation"});
  EXPECT_EQ(columns_of(statute + "Act,\n", "RIGHTS-REQUIRED"), Codes{"jurisdiction"});
  EXPECT_EQ(problems_of(statute + "Act,GB\n"), Codes{});
}

TEST(RightsCase, D9_NotApplicable) {
  const std::string full = "status,jurisdiction,note,grant_act,grant_note,citation\nF,";
  const std::pair<std::string, std::string> rows[] = {
      {"file,basis,terms\nF,policy,x\n", "terms"},
      {"file,basis,status\nF,donor,x\n", "status"},
      {"file,basis,note,grant_act,grant_note,citation\nF,license,OGL,disseminate,Open,x\n", "citation"},
      {"file,basis,citation,jurisdiction,terms\nF,statute,x,GB,x\n", "terms"},
      {"file,basis," + full + "copyright,c,GB,In copyright,disseminate,Open,x\n", "citation"},
      {"file,basis,determination_date\nF,other,1901\n", "determination_date"},
  };
  for (const auto& [rights, column] : rows) {
    EXPECT_EQ(problems_of(rights), Codes{"RIGHTS-NOT-APPLICABLE"}) << rights;
    EXPECT_EQ(columns_of(rights, "RIGHTS-NOT-APPLICABLE"), Codes{column});
  }
  EXPECT_THAT(said(rows[0].first, "RIGHTS-NOT-APPLICABLE"), HasSubstr("with the basis policy the column terms"));
}

TEST(RightsCase, D10_Open) {
  const std::string head = "file,basis,status,jurisdiction,note,grant_act,grant_note,end_date,citation\n";
  for (const std::string open : {"open", "OPEN", " open "}) {
    const std::string rights = head + "F,copyright,c,GB,In copyright,disseminate,Open," + open + ",\n";
    EXPECT_EQ(problems_of(rights), Codes{"RIGHTS-OPEN"});
    EXPECT_EQ(warnings_of(rights), Codes{});
    for (const std::string row : {"donor,,,,,,", "other,,,,,,", "policy,,,,,,", "license,,,OGL,disseminate,Open,"}) {
      EXPECT_EQ(problems_of(head + "F," + row + open + ",\n"), Codes{}) << row;
      EXPECT_EQ(warnings_of(head + "F," + row + open + ",\n"), Codes{}) << row;
    }
    EXPECT_EQ(problems_of(head + "F,statute,,GB,,,," + open + ",Act\n"), Codes{});
    EXPECT_EQ(warnings_of(head + "F,statute,,GB,,,," + open + ",Act\n"), Codes{});
  }
}

TEST(RightsCase, D11_Documents) {
  const std::string head = "file,basis,doc_id_type,doc_id_value,doc_id_role\nF,policy,";
  for (const std::string row : {"t,,", ",v,", ",,r", "t,,r", ",v,r"})
    EXPECT_EQ(problems_of(head + row), Codes{"RIGHTS-DOC"}) << row;
  for (const std::string row : {"t,v,", "t,v,r", ",,", " , , "}) EXPECT_EQ(problems_of(head + row), Codes{}) << row;
}

// D13: with an act, what restricts it and when.
TEST(RightsCase, D12_D13_Grants) {
  const std::string head =
      "file,basis,grant_act,grant_restriction,grant_start_date,grant_end_date,grant_note\nF,policy,";
  EXPECT_EQ(problems_of(head + ",allow,,,"), Codes{"RIGHTS-GRANT-ACT"});
  EXPECT_EQ(problems_of(head + ",,1901,,"), (Codes{"RIGHTS-GRANT-ACT", "RIGHTS-GRANT-DATES"}));
  EXPECT_EQ(problems_of(head + ",,,1901,"), (Codes{"RIGHTS-GRANT-ACT", "RIGHTS-GRANT-DATES"}));
  EXPECT_EQ(problems_of(head + ",,,,Open"), Codes{"RIGHTS-GRANT-ACT"});
  EXPECT_EQ(problems_of(head + "disseminate,,,,"), Codes{});
  EXPECT_EQ(problems_of(head + "disseminate,,,,Open"), Codes{});
  EXPECT_EQ(problems_of(head + "disseminate,,1901,,"), Codes{"RIGHTS-GRANT-DATES"});
  EXPECT_EQ(problems_of(head + "disseminate,conditional,1901,,"), Codes{});
  EXPECT_EQ(problems_of(head + "disseminate,ALLOW,1901,,"), Codes{});
  EXPECT_EQ(problems_of(head + "disseminate,maybe,1901,,"), Codes{"RIGHTS-RESTRICTION"});
  EXPECT_EQ(problems_of(head + "disseminate,allow,,open,"), Codes{});
  EXPECT_EQ(warnings_of(head + "disseminate,allow,,open,"), Codes{});
}

TEST(RightsCase, D14_Duplicates) {
  const std::string plain = "file,basis\n";
  const Finding twice = found(plain + "F,policy\nF,policy\n", "RIGHTS-DUPLICATE");
  EXPECT_EQ(twice.line, 3U);
  EXPECT_THAT(twice.description, HasSubstr("as line 2"));
  EXPECT_EQ(problems_of(plain + "F,policy\nF,policy\n"), Codes{"RIGHTS-DUPLICATE"});
  EXPECT_EQ(problems_of(plain + "F,policy\nF, POLICY\n"), Codes{"RIGHTS-DUPLICATE"});
  EXPECT_EQ(problems_of(plain + "F,policy\n objects/reports/s.pdf ,policy\n"), Codes{"RIGHTS-DUPLICATE"});
  const std::string act = "file,basis,grant_act\n";
  const auto acts = [&act](const std::string& a, const std::string& b) {
    return problems_of(act + "F,policy," + a + "\nF,policy," + b + "\n");
  };
  for (const auto& [a, b] :
       std::vector<std::pair<std::string, std::string>>{{"disseminate", " Disseminate "},
                                                        {"ß", "ss"},
                                                        {"\xEF\xAC\x81x", "FIX"},
                                                        {"\xCE\xA3\xCE\x91\xCE\xA3", "\xCF\x83\xCE\xB1\xCF\x82"},
                                                        {"\xC7\x86", "\xC7\x84"},
                                                        {"", " \x1C"}}) {
    EXPECT_EQ(acts(a, b), Codes{"RIGHTS-DUPLICATE"}) << a << " " << b;
  }
  EXPECT_EQ(acts("disseminate", "delete"), Codes{});
  EXPECT_EQ(acts("", "delete"), Codes{});
  // The final sigma is another letter.
  EXPECT_EQ(acts("\xCE\xA3\xCE\x91\xCE\xA3", "\xCF\x83\xCE\xB1\xCF\x83"), Codes{});
  // Of three the first is named twice, in the order of lines.
  const Findings all =
      findings(with_rights(plain + "F,policy\nF,other\nF,policy\nF,policy\nF,other\n").examine(), "RIGHTS-DUPLICATE");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(std::tuple(all[0].line, all[1].line, all[2].line), std::tuple(4U, 5U, 6U));
  EXPECT_THAT(all[1].description, HasSubstr("as line 2"));
  EXPECT_THAT(all[2].description, HasSubstr("as line 3"));
}

TEST(RightsCase, D15_Lines) {
  EXPECT_EQ(found("file,basis\n\nF,unknown\n", "RIGHTS-BASIS").line, 3U);
  EXPECT_EQ(found("file,basis,note\nF,policy,\"a\nb\"\nF,unknown,\n", "RIGHTS-BASIS").line, 4U);
  const std::string rights = "file,basis,note\nF,policy," + std::string(131'073, 'x') + "\nF,unknown,\n";
  EXPECT_EQ(problems_of(rights), Codes{"RIGHTS-CSV"});
  EXPECT_EQ(found(rights, "RIGHTS-CSV").line, 2U);
  EXPECT_EQ(problems_of("file,basis,note\nF,unknown,\nF,policy," + std::string(131'073, 'x')),
            (Codes{"RIGHTS-BASIS", "RIGHTS-CSV"}));
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    Package package = with_rights("");
    package.rights = "file,basis" + end + "objects/reports/s.pdf,policy" + end + "objects/a.txt,donor";
    EXPECT_EQ(problems(package.examine()), Codes{});
  }
}

TEST(RightsCase, D16_OneLogForAll) {
  const auto examined =
      with_rights("file,basis,start_date\nF,licence,\nobjects/missing.pdf,policy,\nF,policy,notadate\n").examine();
  EXPECT_EQ(problems(examined), (Codes{"RIGHTS-BASIS", "RIGHTS-NOT-IN-PACKAGE"}));
  EXPECT_EQ(finding(examined, "RIGHTS-BASIS").line, 2U);
  EXPECT_EQ(finding(examined, "RIGHTS-NOT-IN-PACKAGE").line, 3U);
  EXPECT_EQ(finding(examined, "W-DATE").line, 4U);
  const std::string head = "file,basis,start_date,end_date\nF,policy,";
  EXPECT_EQ(problems_of(head + "notadate,\n"), Codes{});
  for (const std::string dates : {"notadate,", "2023-02-30,", "1902,1901", "1901-05,1901-04-30", "open,", "1901-5,",
                                  "1901-13,", "19010501,", "1901-05-01T00:00,", ",x"}) {
    EXPECT_EQ(warnings_of(head + dates), Codes{"W-DATE"}) << dates;
  }
  for (const std::string dates :
       {"1901,", "1901-05,", "1901-05-01,", "2024-02-29,", "1901-05-10,1901-05", "1901,1901", ",open"}) {
    EXPECT_EQ(warnings_of(head + dates), Codes{}) << dates;
  }
}

TEST(RightsCase, GrantNotesThatAreNotUsual) {
  Package package = with_rights("file,basis,grant_act,grant_note\nF,policy,disseminate, Opne\n");
  EXPECT_EQ(warnings(package.examine()), Codes{});
  package.known_grant_notes = {"Open", "Closed"};
  EXPECT_EQ(warnings(package.examine()), Codes{"W-GRANT-NOTE"});
  package.known_grant_notes = {"Opne"};
  EXPECT_EQ(warnings(package.examine()), Codes{});
}

TEST(RightsCase, D17_ManyBadRows) {
  std::string rights = "file,basis\n";
  for (int i = 0; i < 20'000; ++i) rights += "objects/no" + std::to_string(i) + ",policy\n";
  const auto examined = with_rights(rights).examine();
  EXPECT_EQ(examined.report.findings.problems(), 20'000U);
  EXPECT_EQ(examined.report.findings.kept().size(), kFindingsKept);
}

/// A million members, each alike to its row but for case, and 100,000 rows: quadratic work would take hours.
TEST(RightsCase, LargePackagesAreChecked) {
  Package package;
  package.files.clear();
  std::string rights = "file,basis\n";
  for (int i = 0; i < 1'000'000; ++i) package.files.push_back("Folder/" + std::to_string(i) + ".tif");
  for (int i = 0; i < 100'000; ++i) rights += "objects/folder/" + std::to_string(i * 7) + ".tif,policy\n";
  package.rights = std::move(rights);
  const auto examined = package.examine();
  EXPECT_EQ(examined.report.findings.problems(), 100'000U);
  EXPECT_THAT(finding(examined, "RIGHTS-NOT-IN-PACKAGE").description, HasSubstr("differs in case"));
}

TEST(RightsRules, EveryBasisNamesRealColumnsOnce) {
  EXPECT_EQ(rights_basis_names(), "copyright, donor, license, other, policy, statute");
  for (const RightsBasis& basis : rights_bases()) {
    std::set<RightsColumn> columns(basis.required.begin(), basis.required.end());
    columns.insert(basis.empty.begin(), basis.empty.end());
    EXPECT_EQ(columns.size(), basis.required.size() + basis.empty.size()) << basis.name;
    EXPECT_FALSE(columns.contains(RightsColumn::file));
  }
}

}  // namespace
}  // namespace strongroom::transfers
