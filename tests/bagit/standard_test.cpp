// Goal: bags by the rules of BagIt alone, of every version and encoding: what is right passes, what is wrong is named.
// Method: a bag a row, made by the builder and changed in one place, with all findings it must give.
#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
namespace {

using testing_support::remanifest;

/// Characters of the Basic Multilingual Plane only.
std::string as_utf16(std::string_view utf8, bool big_endian) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(utf8[at]); };
    unsigned unit = byte(i);
    std::size_t size = 1;
    if (unit >= 0xE0) {
      unit = (unit & 0x0FU) << 12U | (byte(i + 1) & 0x3FU) << 6U | (byte(i + 2) & 0x3FU);
      size = 3;
    } else if (unit >= 0xC0) {
      unit = (unit & 0x1FU) << 6U | (byte(i + 1) & 0x3FU);
      size = 2;
    }
    i += size;
    const char high = static_cast<char>(unit >> 8U);
    const char low = static_cast<char>(unit & 0xFFU);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  }
  return out;
}

/// Characters up to U+00FF only.
std::string as_latin1(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x80) {
      out += utf8[i];
    } else {
      out += static_cast<char>((byte & 0x03U) << 6U | (static_cast<unsigned char>(utf8[++i]) & 0x3FU));
    }
  }
  return out;
}

using Recode = std::function<std::string(std::string_view)>;

/// A bag with letters beyond ASCII in a name and a value, its tag files in another encoding.
BagFiles encoded(const std::string& name, const Recode& recode, bool ascii_only = false) {
  BagBuilder builder;
  builder.info(ascii_only ? "Contact: Zoe" : "Contact: Zoë");
  builder.file(ascii_only ? "data/b" : "data/été", "summer");
  BagFiles files = builder.build();
  replace(files["bagit.txt"], "UTF-8", name);
  for (const char* file : {"bag-info.txt", "manifest-sha256.txt"}) files[file] = recode(files[file]);
  retag(files);
  files["tagmanifest-sha256.txt"] = recode(files["tagmanifest-sha256.txt"]);
  return files;
}

/// A right bag whose payload manifest also lists `path`, which is not there.
BagFiles listing(const std::string& path) {
  return changed(BagBuilder().build(), appended("manifest-sha256.txt", kHash + "  " + path + "\n"));
}

/// A right bag with a payload file of that name, which its manifest lists.
BagFiles holding(const std::string& name) { return BagBuilder().file(name, "x").build(); }

BagFiles without(std::string file) {
  return changed(BagBuilder().build(), [=](BagFiles& files) {
    files.erase(file);
    retag(files);
  });
}

/// Of two payload files, one is in both manifests and the other in one only.
BagFiles partly_listed(const std::string& version) {
  return changed(
      BagBuilder().version(version).file("data/b", "b").payload_algorithms({Algorithm::md5, Algorithm::sha256}).build(),
      [](BagFiles& files) {
        std::string& text = files["manifest-md5.txt"];
        text.resize(text.find('\n') + 1);
        retag(files);
      });
}

BagFiles repeating(const std::string& version) {
  return changed(BagBuilder().version(version).build(), [](BagFiles& files) {
    files["manifest-sha256.txt"] += files["manifest-sha256.txt"];
    retag(files);
  });
}

/// A bag of which one listed file is left to be fetched.
BagFiles incomplete(const std::string& line) {
  return changed(BagBuilder().file("data/b", "b").file("fetch.txt", line).build(),
                 [](BagFiles& files) { files.erase("data/b"); });
}

std::vector<StandardCase> version_rows() {
  std::vector<StandardCase> rows;
  for (const char* version : {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}) {
    std::string name = std::string("Version_") + version;
    name[name.find('.')] = '_';
    rows.push_back({name, BagBuilder().version(version).build()});
  }
  for (const Algorithm algorithm : kAlgorithms) {
    std::string name = "OnlyAlgorithm_" + std::string(name_of(algorithm));
    rows.push_back({name, BagBuilder().payload_algorithms({algorithm}).tag_algorithms({algorithm}).build()});
  }
  const std::vector<StandardCase> more = {
      {"Version_0_12", BagBuilder().version("0.12").build(), {"W4 unknown-version"}},
      {"Version_1_9", BagBuilder().version("1.9").build(), {"W4 unknown-version"}},
      {"Version_2_0", BagBuilder().version("2.0").build(), {"A7 bad-declaration"}},
      {"NoTagManifest", without("tagmanifest-sha256.txt")},
      {"NoBagInfo", without("bag-info.txt")},
      {"NoPayloadManifest", without("manifest-sha256.txt"), {"C1 missing-manifest"}},
      {"NoDeclaration", without("bagit.txt"), {"A1 missing-file"}},
      {"NoOxum", changed(BagBuilder().build(), edited("bag-info.txt", "Payload-Oxum: 6.1\n", ""))},
      {"WrongOxum",
       changed(BagBuilder().build(), edited("bag-info.txt", "6.1", "7.2")),
       {"G1 wrong-oxum", "M1 wrong-oxum"}},
      {"BadOxum", changed(BagBuilder().build(), edited("bag-info.txt", "6.1", "six")), {"B7 bad-field"}},
      {"BadDateIsNoMatter", changed(BagBuilder().build(), edited("bag-info.txt", "2024-05-01", "May Day"))},
      {"PartlyListed_0_97", partly_listed("0.97")},
      {"PartlyListed_1_0", partly_listed("1.0"), {"D1 inconsistent-manifests"}},
      {"RepeatedLine_0_97", repeating("0.97"), {"W9 repeated-line"}},
      {"RepeatedLine_1_0", repeating("1.0"), {"C6 duplicate-path"}},
      {"UnlistedTagFile", changed(BagBuilder().build(), [](BagFiles& files) { files["notes.txt"] = "n"; })},
      {"UnlistedPayload",
       changed(BagBuilder().build(), [](BagFiles& files) { files["data/notes.txt"] = "n"; }),
       {"L2 unlisted-file", "M1 wrong-oxum"}},
      {"Changed",
       changed(BagBuilder().build(), [](BagFiles& files) { files["data/a.txt"] = "hallo\n"; }),
       {"K1 wrong-checksum"}},
      {"Shortened",
       changed(BagBuilder().build(), [](BagFiles& files) { files["data/a.txt"] = "hell"; }),
       {"K1 wrong-checksum", "M1 wrong-oxum"}},
      {"Gone", changed(BagBuilder().build(), [](BagFiles& files) { files.erase("data/a.txt"); }), {"K2 missing-file"}},
      {"ToBeFetched", incomplete("https://example.org/b 1 data/b\n"), {"W15 not-fetched"}},
      {"FetchOfNothing", BagBuilder().file("fetch.txt", "\n").build(), {"W13 empty-fetch", "W2 blank-line"}},
  };
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

std::vector<StandardCase> encoding_rows() {
  const auto utf16be = [](std::string_view text) { return as_utf16(text, true); };
  const auto utf16le = [](std::string_view text) { return as_utf16(text, false); };
  const auto same = [](std::string_view text) { return std::string(text); };
  return {
      {"Encoding_Latin1", encoded("ISO-8859-1", as_latin1)},
      {"Encoding_Latin1LowerCase", encoded("iso-8859-1", as_latin1)},
      {"Encoding_Windows1252", encoded("Windows-1252", as_latin1)},
      {"Encoding_Utf16Be", encoded("UTF-16BE", utf16be)},
      {"Encoding_Utf16Le", encoded("UTF-16LE", utf16le)},
      {"Encoding_Utf16WithoutMark", encoded("UTF-16", utf16be)},
      {"Encoding_Utf16MarkBe",
       encoded("UTF-16", [&](std::string_view text) { return "\xFE\xFF" + as_utf16(text, true); })},
      {"Encoding_Utf16MarkLe",
       encoded("UTF-16", [&](std::string_view text) { return "\xFF\xFE" + as_utf16(text, false); })},
      {"Encoding_Ascii", encoded("US-ASCII", same, true)},
      {"Encoding_AsciiWithMore", encoded("US-ASCII", same), {"B2 bad-tag-file", "C4 bad-manifest"}},
      {"Encoding_Unknown", encoded("EBCDIC-DE", same), {"A6 bad-declaration"}},
      {"Encoding_Utf8WithLatin1", encoded("UTF-8", as_latin1), {"B2 bad-tag-file", "C4 bad-manifest"}},
  };
}

std::vector<StandardCase> path_rows() {
  const std::set<std::string> missing = {"G1 wrong-oxum", "H1 outside-payload", "H4 unsafe-name", "K2 missing-file"};
  const std::set<std::string> below = {"G1 wrong-oxum", "H4 unsafe-name", "K2 missing-file"};
  return {
      {"Path_Absolute", listing("/etc/passwd"), missing},
      {"Path_Above", listing("../secret"), missing},
      {"Path_AboveFromData", listing("data/../../secret"), below},
      {"Path_DotDotAlone", listing(".."), missing},
      {"Path_Home", listing("~/secret"), missing},
      {"Path_HomeOfRoot", listing("~root/secret"), missing},
      {"Path_Drive", listing("C:\\secret"), missing},
      {"Path_DriveSlash", listing("c:/secret"), missing},
      {"Path_Unc", listing("\\\\server\\share\\secret"), missing},
      {"Path_DotDotInAName", holding("data/a..b")},
      {"Path_TildeBelow", holding("data/~a")},
      {"Path_ColonBelow", holding("data/C:a")},
      {"Path_TrailingDot", holding("data/a.")},
      {"Path_Backslash", holding("data/a\\b")},
      {"Path_LongComponent", holding("data/" + std::string(300, 'a'))},
      {"Path_Blanks", holding("data/ a  b")},
      {"Path_BlankAtTheEnd", holding("data/a "), {"K2 missing-file", "L2 unlisted-file", "W5 trailing-blanks"}},
      {"Path_LineFeed", holding("data/a\nb")},
      {"Path_CarriageReturn", holding("data/a\rb")},
      {"Path_Emoji", holding("data/\xF0\x9F\x97\x9D.txt")},
      {"Path_Nfd", holding("data/e\xCC\x81.txt")},
      {"Path_NfcBesideNfd",
       BagBuilder().file("data/e\xCC\x81.txt", "x").file("data/\xC3\xA9.txt", "x").build(),
       {"W16 normalisation-collision"}},
      {"Path_CaseOnly", BagBuilder().file("data/A.TXT", "x").build(), {"W7 case-collision"}},
      {"Path_SharpS",
       BagBuilder().file("data/stra\xC3\x9F\x65", "x").file("data/STRASSE", "y").build(),
       {"W7 case-collision"}},
      {"Path_FileAndDirectory", BagBuilder().file("data/a.txt/b", "x").build(), {"H7 file-and-directory"}},
      {"Path_ThumbsDb", holding("data/Thumbs.db"), {"W11 system-file"}},
      {"Path_AppleDouble", holding("data/._a.txt"), {"W11 system-file"}},
  };
}

}  // namespace

std::vector<StandardCase> standard_cases() {
  std::vector<StandardCase> rows = version_rows();
  for (const auto& more : {encoding_rows(), path_rows()}) rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

namespace {

class StandardTest : public testing::TestWithParam<StandardCase> {};

TEST_P(StandardTest, FindsWhatIsWrongByBagItAlone) {
  CheckRequest request;
  request.rulebook = Rulebook::bagit;
  const Checked checked = check(GetParam().files, request);
  EXPECT_EQ(checked.findings(), GetParam().findings);
  EXPECT_EQ(checked.outcome.failure.has_value(), checked.outcome.problems > 0);
  EXPECT_FALSE(checked.outcome.facts);
}

INSTANTIATE_TEST_SUITE_P(All, StandardTest, testing::ValuesIn(standard_cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace strongroom::bagit
