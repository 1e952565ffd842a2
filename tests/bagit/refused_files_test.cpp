// Bags refused for names or content of files: rules H3 to H7, K, L2, cases H2, H3, H11 and H12, a row each.
#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
std::vector<RefusedCase> name_cases() {
  const std::string long_name = "data/" + std::string(256, 'n');
  // `maps/x/vN/` and this are 1,025 bytes with vN as 11 bytes.
  std::string long_key = "data";
  while (long_key.size() < 1025 - 19)
    long_key += "/" + std::string(std::min<std::size_t>(200, 1005 - long_key.size()), 'k');
  const std::string composed = "data/\xC3\xA9";
  const std::string decomposed = "data/e\xCC\x81";
  return {
      {"H11_H3_TrailingDot",
       with("data/x.", ""),
       "Filenames cannot end with a .: data/x.",
       {"H3"},
       "trailing-dot",
       "data/x."},
      {"H11_H3_DirectoryDot", with("data/d./x", ""), "Filenames cannot end with a .: data/d./x", {"H3"}},
      {"H11_H4_TrailingBlank",
       with("data/x ", ""),
       "Filenames contain a forbidden component or character: data/x ",
       {"H4", "K2", "L2", "W5"},
       "unsafe-name",
       "data/x "},
      {"H11_H4_Backslash",
       with("data/a\\b", ""),
       "Filenames contain a forbidden component or character: data/a\\b",
       {"H4"},
       "unsafe-name",
       "data/a\\b"},
      {"H11_H4_LineFeed",
       with("data/a\nb", ""),
       "Filenames contain a forbidden component or character: data/a\nb",
       {"H4"}},
      {"H4_DotDotInManifest",
       [](BagFiles& files) {
         files["manifest-sha256.txt"] += kHash + "  data/../x\n";
         retag(files);
       },
       "Payload-Oxum has the wrong number of payload files: 1, but bag manifest has 2",
       {"G1", "H4", "K2"}},
      {"H11_H5_Component",
       with(long_name, ""),
       "Filenames are too long: " + long_name,
       {"H5"},
       "name-too-long",
       long_name},
      {"H11_H5_Key", with(long_key, ""), "Filenames are too long: " + long_key, {"H5"}, "name-too-long", long_key},
      {"H11_H6_Normalisation",
       [=](BagFiles& files) { files = BagBuilder().file(composed, "").file(decomposed, "").build(); },
       "Filenames differ only in Unicode normalisation: " + decomposed + ", " + composed,
       {"H6"},
       "normalisation-collision",
       decomposed},
      {"H7_FileAndDirectory",
       [](BagFiles& files) {
         files = BagBuilder().file("data/d", "").file("data/d-", "").file("data/d/x", "").file("data/d/y", "").build();
       },
       "Filenames are both a file and a directory: data/d",
       {"H7"},
       "file-and-directory",
       "data/d"},
  };
}

std::vector<RefusedCase> file_cases() {
  return {
      {"H2_K1_ChangedByte",
       [](BagFiles& files) { files["data/a.txt"] = "hellO\n"; },
       "Unable to verify one file in the bag: data/a.txt",
       {"K1"},
       "wrong-checksum",
       "data/a.txt"},
      {"H2_K2_Missing",
       [](BagFiles& files) { files.erase("data/a.txt"); },
       "Unable to verify one file in the bag: data/a.txt",
       {"K2"},
       "missing-file",
       "data/a.txt"},
      {"H2_ThreeBroken",
       [](BagFiles& files) {
         files = BagBuilder().file("data/b.txt", "b").file("data/c.txt", "c").build();
         files["data/c.txt"] = "C";
         files["data/b.txt"] = "B";
         files.erase("data/a.txt");
       },
       "Unable to verify 3 files in the bag: data/a.txt, data/b.txt, data/c.txt",
       {"K1", "K2"}},
      {"H2_WrongMd5BesideSha256",
       [](BagFiles& files) {
         files = BagBuilder().payload_algorithms({Algorithm::md5, Algorithm::sha256}).build();
         replace(files["manifest-md5.txt"], "b1946ac92492d2347c6235b4d2611184", std::string(32, '0'));
         retag(files);
       },
       "Unable to verify one file in the bag: data/a.txt",
       {"K1"},
       "wrong-checksum"},
      {"H2_ChangedTagFile",
       [](BagFiles& files) { files["bag-info.txt"] += "Contact: a\n"; },
       "Unable to verify one file in the bag: bag-info.txt",
       {"K1"},
       "wrong-checksum",
       "bag-info.txt"},
      {"H3_L2_One",
       [](BagFiles& files) { files["x.txt"] = "x"; },
       "Bag contains a file which is not referenced in the manifest: /x.txt",
       {"L2"},
       "unlisted-file",
       "x.txt"},
      {"H3_L2_Two",
       [](BagFiles& files) {
         files["y.txt"] = "y";
         files["x.txt"] = "x";
       },
       "Bag contains 2 files which are not referenced in the manifest: /x.txt, /y.txt",
       {"L2"}},
      {"H3_L2_SystemFile",
       [](BagFiles& files) { files["data/.DS_Store"] = ""; },
       "Bag contains a file which is not referenced in the manifest: /data/.DS_Store",
       {"L2", "W11"}},
      {"H3_L2_BagInfoUnlisted",
       [](BagFiles& files) {
         std::string& text = files["tagmanifest-sha256.txt"];
         text.erase(0, text.find('\n') + 1);
       },
       "Bag contains a file which is not referenced in the manifest: /bag-info.txt",
       {"L2"}},
      {"L2_TagManifestBelowTheRoot",
       [](BagFiles& files) { files["d/tagmanifest-sha256.txt"] = ""; },
       "Bag contains a file which is not referenced in the manifest: /d/tagmanifest-sha256.txt",
       {"L2"}},
      {"L2_TagFileInPayloadManifestOnly",
       [](BagFiles& files) {
         files["x.txt"] = "x";
         files["manifest-sha256.txt"] += digest_of(Algorithm::sha256, "x").hex() + " x.txt\n";
         replace(files["bag-info.txt"], "6.1", "6.2");
         std::string listed = files["x.txt"];
         files.erase("x.txt");
         retag(files);
         files["x.txt"] = listed;
       },
       "Not all payload files are in the data/ directory: x.txt",
       {"H1", "L2"}},
      {"H12_FiveAtOnce",
       [](BagFiles& files) {
         files = BagBuilder().file("data/b.", "b").build();
         replace(files["bag-info.txt"], "Bagging-Date: 2024-05-01\n", "");
         replace(files["bag-info.txt"], "7.2", "9.2");
         retag(files);
         files["data/a.txt"] = "HELLO\n";
         files["x.txt"] = "";
       },
       "Error loading bag-info.txt: Missing key in bag-info.txt: Bagging-Date",
       {"B5", "H3", "K1", "L2", "M1"}},
  };
}

namespace {

class RefusedFilesTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedFilesTest, NamesTheFirstRuleAndReportsAll) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Names, RefusedFilesTest, testing::ValuesIn(name_cases()),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(Files, RefusedFilesTest, testing::ValuesIn(file_cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace strongroom::bagit
