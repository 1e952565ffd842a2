// Bags that are accepted, with the warnings they get: cases H1, H3, H5, H10, H11 and rules W1 to W13, a row each.
#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
namespace {

/// Both manifests list 2,000 files, one of them backwards.
BagFiles reversed_bag() {
  BagBuilder builder;
  builder.payload_algorithms({Algorithm::sha256, Algorithm::sha512});
  for (int i = 0; i < 2000; ++i) builder.file("data/f" + std::to_string(i), "content " + std::to_string(i));
  BagFiles files = builder.build();
  std::string& manifest = files["manifest-sha512.txt"];
  std::string reversed;
  for (std::string_view rest = manifest; !rest.empty();) {
    rest.remove_suffix(1);
    const auto begin = rest.rfind('\n') + 1;
    reversed.append(rest.substr(begin)).append("\n");
    rest = rest.substr(0, begin);
  }
  manifest = reversed;
  retag(files);
  return files;
}

}  // namespace

std::vector<AcceptedCase> accepted_cases() {
  using enum Algorithm;
  return {
      {"H1_Plain", BagBuilder().build()},
      {"H1_Crlf", BagBuilder().line_end("\r\n").build()},
      {"H1_Cr", BagBuilder().line_end("\r").build()},
      {"H1_Version1_0", BagBuilder().version("1.0").build()},
      {"H1_TwoStrong", BagBuilder().payload_algorithms({sha256, sha512}).tag_algorithms({sha256, sha512}).build()},
      {"H1_Md5AndSha256", BagBuilder().payload_algorithms({md5, sha256}).tag_algorithms({md5}).build()},
      {"H1_OnlyMd5TagManifest", BagBuilder().tag_algorithms({md5}).build()},
      {"H1_Sha512Only", BagBuilder().payload_algorithms({sha512}).tag_algorithms({sha512}).build()},
      {"H1_OtherOrder", reversed_bag()},
      {"H1_UpperCaseHex", changed(BagBuilder().build(),
                                  [](BagFiles& files) {
                                    std::string& text = files["manifest-sha256.txt"];
                                    for (std::size_t i = 0; i < 64; ++i) text[i] = static_cast<char>(toupper(text[i]));
                                    retag(files);
                                  })},
      {"H1_EmptyPayload", BagBuilder().without_payload().build()},
      {"H1_TagDirectory", BagBuilder().file("docs/readme.txt", "read me").build()},
      {"H1_Sha224Beside", BagBuilder().payload_algorithms({sha224, sha256}).build()},
      {"EveryAlgorithm", BagBuilder()
                             .payload_algorithms({md5, sha1, sha224, sha256, sha384, sha512, sha3_256, sha3_512})
                             .tag_algorithms({sha3_512})
                             .build()},
      {"H3_ListedSystemFile", BagBuilder().file("data/.DS_Store", "x").build(), {"W11"}},
      {"H5_LowerCaseLabel", changed(BagBuilder().build(),
                                    [](BagFiles& files) {
                                      replace(files["bag-info.txt"], "External-Identifier: x", "external-identifier:x");
                                      retag(files);
                                    })},
      {"H5_FieldsOfAllKinds", BagBuilder()
                                  .info("External-Description: one\n  two")
                                  .info("Contact: a")
                                  .info("Contact: b")
                                  .info("Link: http://h:80/")
                                  .info("Source-Organization:")
                                  .build()},
      {"H5_SameIdentifierTwice", BagBuilder().info("External-Identifier: x").build(), {"W12"}},
      {"H10_StarAndDot",
       changed(BagBuilder().file("data/b", "b").build(),
               [](BagFiles& files) {
                 std::string& text = files["manifest-sha256.txt"];
                 replace(text, "data/a.txt", "*data/a.txt");
                 replace(text, "  data/b", " ././data/b");
                 retag(files);
               }),
       {"W6"}},
      {"H10_PercentIn1_0", BagBuilder().version("1.0").file("data/a%b", "x").build()},
      {"H10_PercentIn0_97", BagBuilder().file("data/a%b", "x").build()},
      {"H10_Percent25In0_97", BagBuilder().file("data/100%25.txt", "x").build()},
      {"H10_PercentLeftAlone", changed(BagBuilder().version("1.0").file("data/100%.txt", "x").build(),
                                       [](BagFiles& files) {
                                         replace(files["manifest-sha256.txt"], "100%25.txt", "100%.txt");
                                         retag(files);
                                       })},
      {"H10_EscapeTakenLiterally",
       changed(BagBuilder().version("1.0").file("data/100%25.txt", "x").build(),
               [](BagFiles& files) {
                 replace(files["manifest-sha256.txt"], "100%2525.txt", "100%25.txt");
                 retag(files);
               }),
       {"W8"}},
      {"H10_LiteralLineFeedEscape",
       changed(BagBuilder().file("data/a%0Ab", "x").build(), [](BagFiles& files) { retag(files); }),
       {"W8"}},
      {"H11_CaseOnly", BagBuilder().file("data/A.txt", "other").build(), {"W7"}},
      {"W1_ByteOrderMarks",
       changed(BagBuilder().build(),
               [](BagFiles& files) {
                 files["bag-info.txt"].insert(0, "\xEF\xBB\xBF");
                 files["manifest-sha256.txt"].insert(0, "\xEF\xBB\xBF");
                 retag(files);
               }),
       {"W1"}},
      {"W2_BlankLines",
       changed(BagBuilder().build(),
               [](BagFiles& files) {
                 files["bag-info.txt"].insert(0, "\n");
                 files["manifest-sha256.txt"] += "\r\n \n";
                 retag(files);
               }),
       {"W2"}},
      {"W3_BlankBeforeColon", BagBuilder().info("Contact : a").build(), {"W3"}},
      {"W3_LooseDeclaration",
       changed(BagBuilder().build(),
               [](BagFiles& files) {
                 files["bagit.txt"] = "BagIt-Version : 0.97 \nTag-File-Character-Encoding:\tUTF-8\n";
                 retag(files);
               }),
       {"W3"}},
      {"W4_Version0_98", BagBuilder().version("0.98").build(), {"W4"}},
      {"W4_Version1_1", BagBuilder().version("1.1").build(), {"W4"}},
      {"W5_TrailingBlanks",
       changed(BagBuilder().build(),
               [](BagFiles& files) {
                 replace(files["manifest-sha256.txt"], "a.txt", "a.txt \t");
                 retag(files);
               }),
       {"W5"}},
      {"W10_AlgorithmSpelling",
       changed(BagBuilder().build(),
               [](BagFiles& files) {
                 files["manifest-sha3-256.txt"] = testing_support::manifest_text(files, true, sha3_256, "\n");
                 retag(files);
               }),
       {"W10"}},
      {"W13_EmptyFetch", BagBuilder().file("fetch.txt", "").build(), {"W13"}},
      {"PackageInfoBefore0_96", changed(BagBuilder().version("0.95").build(),
                                        [](BagFiles& files) {
                                          files["package-info.txt"] = files["bag-info.txt"];
                                          files.erase("bag-info.txt");
                                          retag(files);
                                        })},
      {"LastLinesWithoutEnd", changed(BagBuilder().build(),
                                      [](BagFiles& files) {
                                        for (const char* name : {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}) {
                                          files[name].pop_back();
                                        }
                                        retag(files);
                                      })},
      {"BagInThePayload", BagBuilder().file("data/manifest-whirlpool.txt", "").file("data/bagit.txt", "").build()},
  };
}

namespace {

class AcceptedTest : public testing::TestWithParam<AcceptedCase> {};

TEST_P(AcceptedTest, IsAccepted) {
  const Checked checked = check(GetParam().files);
  EXPECT_EQ(checked.failure(), "");
  EXPECT_EQ(checked.rules(), GetParam().warnings);
  EXPECT_EQ(checked.outcome.problems, 0U);
  EXPECT_EQ(checked.outcome.warnings, checked.problems.problems.size());
  ASSERT_TRUE(checked.outcome.facts);
  EXPECT_EQ(checked.verified.size(), GetParam().files.size());
  EXPECT_EQ(checked.outcome.files_checked, GetParam().files.size());
  for (const InventoryEntry& entry : checked.verified) {
    for (const Digest& digest : entry.digests) {
      EXPECT_EQ(digest, digest_of(digest.algorithm(), GetParam().files.at(entry.name))) << entry.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, AcceptedTest, testing::ValuesIn(accepted_cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace strongroom::bagit
