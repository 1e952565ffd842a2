// Bags refused for bagit.txt or bag-info.txt: rules A, B, F, G and M, cases H4 to H7, a row each.
#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
std::vector<RefusedCase> declaration_cases() {
  const std::string prefix = "Error loading Bag Declaration (bagit.txt): ";
  const std::string second = "Tag-File-Character-Encoding: UTF-8\n";
  const auto with_second = [&](std::string first) { return rewritten("bagit.txt", std::move(first) + second); };
  return {
      {"A1_Missing",
       [](BagFiles& files) {
         files.erase("bagit.txt");
         retag(files);
       },
       "Error loading Bag Declaration (bagit.txt): no such file!",
       {"A1"},
       "missing-file",
       "bagit.txt"},
      {"H7_A2_TooLarge",
       rewritten("bagit.txt", std::string(1001, 'x')),
       prefix + "too large",
       {"A2"},
       "bad-declaration"},
      {"A2_LargestIsRead", rewritten("bagit.txt", std::string(1000, 'x')), prefix + "expected 2 lines, got 1", {"A4"}},
      {"A3_NotUtf8", with_second("BagIt-Version: 0.97\xFF\n"), prefix + "could not be decoded as UTF-8", {"A3"}},
      {"H7_A3_ByteOrderMark",
       with_second("\xEF\xBB\xBF"
                   "BagIt-Version: 0.97\n"),
       prefix + "must not begin with a byte order mark",
       {"A3"}},
      {"H7_A4_OneLine", rewritten("bagit.txt", "BagIt-Version: 0.97\n"), prefix + "expected 2 lines, got 1", {"A4"}},
      {"H7_A4_ThreeLines", with_second("BagIt-Version: 0.97\n\n"), prefix + "expected 2 lines, got 3", {"A4"}},
      {"A4_Empty", rewritten("bagit.txt", ""), prefix + "expected 2 lines, got 0", {"A4"}},
      {"H7_A5_Encoding", edited("bagit.txt", "Encoding", "Encodign"), prefix + "encoding line was not correct", {"A5"}},
      {"H7_A5_Version", edited("bagit.txt", "0.97", ".97"), prefix + "version line was not correct", {"A5"}},
      {"H7_A5_Both", rewritten("bagit.txt", "a\nb\n"), prefix + "not correctly formatted", {"A5"}},
      {"H7_A5_StrictIn1_0", with_second("BagIt-Version : 1.0\n"), prefix + "version line was not correct", {"A5"}},
      {"A5_StrictSecondLineIn1_0",
       rewritten("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8 \n"),
       prefix + "encoding line was not correct",
       {"A5"}},
      {"A5_NoBlankIn1_0", with_second("BagIt-Version:1.0\n"), prefix + "version line was not correct", {"A5"}},
      {"H7_A6_Encoding",
       edited("bagit.txt", "UTF-8", "UTF-16"),
       prefix + "encoding must be UTF-8",
       {"A6", "B3", "B5", "C4"}},
      {"H7_A7_Version2", edited("bagit.txt", "0.97", "2.0"), prefix + "version 2.0 is not supported", {"A7"}},
      {"A7_HugeVersion",
       edited("bagit.txt", "0.97", "99999999999999999999.1"),
       prefix + "version 99999999999999999999.1 is not supported",
       {"A7"}},
      {"A6_BeforeA7",
       rewritten("bagit.txt", "BagIt-Version: 3.0\nTag-File-Character-Encoding: ASCII\n"),
       prefix + "encoding must be UTF-8",
       {"A6", "A7"}},
  };
}

std::vector<RefusedCase> metadata_cases() {
  const std::string prefix = "Error loading bag-info.txt: ";
  const std::string info = "bag-info.txt";
  return {
      {"H4_B1_Missing",
       [](BagFiles& files) {
         files.erase("bag-info.txt");
         retag(files);
       },
       prefix + "no such file!",
       {"B1"},
       "missing-file",
       info},
      {"B1_PackageInfoTooLate",
       [](BagFiles& files) {
         files["package-info.txt"] = files["bag-info.txt"];
         files.erase("bag-info.txt");
         retag(files);
       },
       prefix + "no such file!",
       {"B1"}},
      {"B2_NotUtf8", appended(info, "Contact: \xC3(\n"), prefix + "not valid UTF-8 on line 4", {"B2"}, "bad-tag-file"},
      {"B2_TooLarge",
       appended(info, "Contact: " + std::string(limits::kBagInfoMax, 'x')),
       prefix + "too large",
       {"B2"}},
      {"H4_B3_NoColon",
       appended(info, "line two\nline one\n"),
       prefix + "Unable to parse the following lines in bag-info.txt: line one, line two",
       {"B3"},
       "bad-tag-file",
       info},
      {"B3_ContinuationFirst",
       edited(info, "External", "  nothing before\nExternal"),
       prefix + "Unable to parse the following lines in bag-info.txt:   nothing before",
       {"B3"}},
      {"H5_B4_TwoIdentifiers",
       appended(info, "external-identifier: y\n"),
       prefix + "Multiple values for External-Identifier in bag-info.txt: x, y",
       {"B4"},
       "ambiguous-field"},
      {"H4_B5_Identifier",
       edited(info, "External-Identifier: x\n", ""),
       prefix + "Missing key in bag-info.txt: External-Identifier",
       {"B5"},
       "missing-field"},
      {"H4_B5_Oxum",
       edited(info, "Payload-Oxum: 6.1\n", ""),
       prefix + "Missing key in bag-info.txt: Payload-Oxum",
       {"B5"}},
      {"H4_B5_Date",
       edited(info, "Bagging-Date: 2024-05-01\n", ""),
       prefix + "Missing key in bag-info.txt: Bagging-Date",
       {"B5"}},
      {"H4_B6_Identifier",
       edited(info, "Identifier: x", "Identifier: /a"),
       prefix + "Unable to parse External-Identifier in bag-info.txt: External identifier cannot start with a slash, "
                "was /a",
       {"B6"},
       "bad-field"},
      {"B6_Empty",
       edited(info, "Identifier: x", "Identifier:"),
       prefix + "Unable to parse External-Identifier in bag-info.txt: External identifier cannot be empty",
       {"B6"}},
      {"H4_B7_Oxum", edited(info, "6.1", "abc"), prefix + "Unable to parse Payload-Oxum in bag-info.txt: abc", {"B7"}},
      {"B7_Overflow",
       edited(info, "6.1", "9223372036854775808.1"),
       prefix + "Unable to parse Payload-Oxum in bag-info.txt: 9223372036854775808.1",
       {"B7"}},
      {"B7_TwoDots",
       edited(info, "6.1", "6.1.1"),
       prefix + "Unable to parse Payload-Oxum in bag-info.txt: 6.1.1",
       {"B7"}},
      {"H4_B8_Slashes",
       edited(info, "2024-05-01", "2020/01/01"),
       prefix + "Unable to parse Bagging-Date in bag-info.txt: 2020/01/01",
       {"B8"}},
      {"H4_B8_NoSuchDay",
       edited(info, "2024-05-01", "2023-02-29"),
       prefix + "Unable to parse Bagging-Date in bag-info.txt: 2023-02-29",
       {"B8"}},
      {"H6_F1_OtherIdentifier",
       edited(info, "Identifier: x", "Identifier: X"),
       "External identifier in bag-info.txt does not match request: X is not x",
       {"F1"},
       "wrong-identifier",
       info},
      {"H6_G1_Count",
       edited(info, "6.1", "6.2"),
       "Payload-Oxum has the wrong number of payload files: 2, but bag manifest has 1",
       {"G1"},
       "wrong-oxum"},
      {"H6_M1_Sum",
       edited(info, "6.1", "7.1"),
       "Payload-Oxum has the wrong octetstream sum: 7 bytes, but bag actually contains 6 bytes",
       {"M1"},
       "wrong-oxum"},
  };
}

namespace {

class RefusedTagFilesTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedTagFilesTest, NamesTheFirstRuleAndReportsAll) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Declaration, RefusedTagFilesTest, testing::ValuesIn(declaration_cases()),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(Metadata, RefusedTagFilesTest, testing::ValuesIn(metadata_cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace strongroom::bagit
