// Bags refused for their manifests or fetch.txt: rules C, D, E, H1, H2, I1 and L1, cases H8, H9 and I7, a row each.
#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
std::vector<RefusedCase> manifest_cases() {
  const std::string manifest = "manifest-sha256.txt";
  const std::string prefix = "Error loading manifest-sha256.txt: ";
  const std::string line = digest_of(Algorithm::sha256, "hello\n").hex() + "  data/a.txt\n";
  using enum Algorithm;
  return {
      {"H8_C1_NoPayloadManifest",
       [](BagFiles& files) {
         files.erase("manifest-sha256.txt");
         retag(files);
       },
       "Could not find any payload manifests in the bag",
       {"C1"},
       "missing-manifest"},
      {"H8_C2_NoTagManifest",
       [](BagFiles& files) { files.erase("tagmanifest-sha256.txt"); },
       "Could not find any tag manifests in the bag",
       {"C2"},
       "missing-manifest"},
      {"H8_C3_Whirlpool",
       rewritten("manifest-whirlpool.txt", ""),
       "Error loading manifest-whirlpool.txt: checksum algorithm whirlpool is not supported",
       {"C3"},
       "bad-manifest",
       "manifest-whirlpool.txt"},
      {"C3_UpperCase",
       rewritten("tagmanifest-SHA256.txt", ""),
       "Error loading tagmanifest-SHA256.txt: checksum algorithm SHA256 is not supported",
       {"C3", "W7"}},
      {"H9_C4_NotUtf8",
       [](BagFiles& files) {
         files["manifest-sha256.txt"].insert(0, "\xFF\xFE");
         retag(files);
       },
       prefix + "not valid UTF-8 on line 1",
       {"C4"},
       "bad-manifest",
       manifest},
      {"H9_C5_NoBlank",
       appended(manifest, "nonsense\n"),
       prefix + "Failed to parse the following lines: nonsense",
       {"C5"},
       "bad-manifest",
       manifest},
      {"H9_C5_ShortDigest",
       appended(manifest, kHash.substr(1) + "  data/b\n"),
       prefix + "Failed to parse the following lines: " + kHash.substr(1) + "  data/b",
       {"C5"}},
      {"C5_LongDigest",
       appended(manifest, kHash + "0 data/b\n"),
       prefix + "Failed to parse the following lines: " + kHash + "0 data/b",
       {"C5"}},
      {"C5_NotHex",
       appended(manifest, std::string(64, 'g') + " data/b\n"),
       prefix + "Failed to parse the following lines: " + std::string(64, 'g') + " data/b",
       {"C5"}},
      {"C5_NoPath",
       appended(manifest, kHash + " ./\n"),
       prefix + "Failed to parse the following lines: " + kHash + " ./",
       {"C5", "W6"}},
      {"H9_C6_SamePathTwice",
       appended(manifest, line),
       prefix + "Manifest contains duplicate paths: data/a.txt",
       {"C6"},
       "duplicate-path",
       manifest},
      {"C6_OtherDigest",
       appended(manifest, kHash + "  ./data/a.txt\n"),
       prefix + "Manifest contains duplicate paths: data/a.txt",
       {"C6", "W6"}},
      {"H8_D1_OtherFiles",
       [](BagFiles& files) {
         files = BagBuilder().file("data/b", "b").payload_algorithms({sha256, sha512}).build();
         std::string& text = files["manifest-sha512.txt"];
         text.erase(text.find('\n') + 1);
         retag(files);
       },
       "Payload manifests are inconsistent: every payload file must be listed in every payload manifest",
       {"D1"},
       "inconsistent-manifests",
       "data/b"},
      {"D1_SkipsG1AndM1",
       [](BagFiles& files) {
         files = BagBuilder().file("data/b", "b").payload_algorithms({sha256, sha512}).build();
         std::string& text = files["manifest-sha512.txt"];
         text.erase(text.find('\n') + 1);
         replace(files["bag-info.txt"], "7.2", "9.9");
         retag(files);
       },
       "Payload manifests are inconsistent: every payload file must be listed in every payload manifest",
       {"D1"}},
      {"D2_OtherTagFiles",
       [](BagFiles& files) {
         files = BagBuilder().tag_algorithms({md5, sha256}).build();
         std::string& text = files["tagmanifest-md5.txt"];
         text.erase(text.find('\n') + 1);
       },
       "Tag manifests are inconsistent: each tag manifest should list the same set of tag files",
       {"D2"},
       "inconsistent-manifests"},
      {"H8_D3_OnlyWeak",
       [](BagFiles& files) { files = BagBuilder().payload_algorithms({md5, sha1}).build(); },
       "Payload manifests only use deprecated checksums: add a payload manifest using SHA-256 or SHA-512",
       {"D3"},
       "weak-manifests"},
      {"D3_EmptyPayload",
       [](BagFiles& files) { files = BagBuilder().without_payload().payload_algorithms({md5}).build(); },
       "Payload manifests only use deprecated checksums: add a payload manifest using SHA-256 or SHA-512",
       {"D3"}},
      {"H9_H1_OutsideData",
       [line](BagFiles& files) {
         files = BagBuilder().file("a.txt", "hello\n").build();
         files["manifest-sha256.txt"] += digest_of(sha256, "hello\n").hex() + "  a.txt\n";
         replace(files["bag-info.txt"], "6.1", "6.2");
         retag(files);
       },
       "Not all payload files are in the data/ directory: a.txt",
       {"H1"},
       "outside-payload",
       "a.txt"},
      {"H9_H2_PayloadInTagManifest",
       [line](BagFiles& files) { files["tagmanifest-sha256.txt"] += line; },
       "Tag manifests must not list payload files or tag manifests: data/a.txt",
       {"H2"},
       "bad-manifest",
       "data/a.txt"},
      {"H2_TagManifestInTagManifest",
       [](BagFiles& files) {
         files = BagBuilder().tag_algorithms({md5}).build();
         files["tagmanifest-md5.txt"] += std::string(32, '0') + "  tagmanifest-md5.txt\n";
       },
       "Tag manifests must not list payload files or tag manifests: tagmanifest-md5.txt",
       {"H2", "K1"}},
  };
}

std::vector<RefusedCase> fetch_cases() {
  const std::string prefix = "Error loading fetch.txt: ";
  const std::string entry = "s3://primary/maps/t/v1/data/r.txt 56 data/r.txt\n";
  return {
      {"E1_NotUtf8",
       fetching("s3://b/\xFF 1 data/r\n"),
       prefix + "not valid UTF-8 on line 1",
       {"E1"},
       "bad-fetch",
       "fetch.txt"},
      {"I7_E2_TwoFields",
       fetching("s3://b/r data/r\n"),
       prefix + "Line <<s3://b/r data/r>> is incorrectly formatted!",
       {"E2"},
       "bad-fetch"},
      {"E2_BadLength",
       fetching("s3://b/r 9223372036854775808 data/r\n"),
       prefix + "Line <<s3://b/r 9223372036854775808 data/r>> is incorrectly formatted!",
       {"E2"}},
      {"I7_E3_BlankInUrl",
       fetching("\ns3://b/a b 56 data/r.txt\n"),
       prefix + "URI is incorrectly formatted on line 2. Spaces should be URI-encoded: s3://b/a b 56 data/r.txt",
       {"E3", "W2"},
       "bad-fetch"},
      {"E3_NoScheme",
       fetching("b/r - data/r\n"),
       prefix + "URI is incorrectly formatted on line 1. The scheme is missing: b/r - data/r",
       {"E3"}},
      {"I7_E4_TagFile",
       fetching("s3://b/r - bag-info.txt\n"),
       prefix + "fetch.txt should not contain tag files: bag-info.txt",
       {"E4", "I1", "L1"},
       "bad-fetch",
       "fetch.txt"},
      {"I7_E5_PathTwice",
       fetching(entry + entry),
       prefix + "fetch.txt contains duplicate paths: data/r.txt",
       {"E5", "I1", "I3"},
       "bad-fetch",
       "fetch.txt"},
      {"I7_I1_Create",
       fetching(entry),
       "fetch.txt is only allowed in an update",
       {"I1", "I3"},
       "fetch-in-create",
       "fetch.txt"},
      {"I7_L1_FetchedAndPresent",
       fetching("s3://b/r 6 data/a.txt\n"),
       "fetch.txt is only allowed in an update",
       {"I1", "L1"}},
  };
}

namespace {

class RefusedListsTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedListsTest, NamesTheFirstRuleAndReportsAll) { expect_refused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Manifests, RefusedListsTest, testing::ValuesIn(manifest_cases()),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(Fetch, RefusedListsTest, testing::ValuesIn(fetch_cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace strongroom::bagit
