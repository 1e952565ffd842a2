// The readers of single tag files, where the check's own tests do not reach: line ends across blocks, line limits,
// names of manifests, escapes, URIs, lists for texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"
#include "bagit/metadata.hpp"
#include "bagit/uri.hpp"
#include "base/limits.hpp"
#include "support/memory_bag.hpp"

namespace strongroom::bagit {
namespace {

using testing::ElementsAre;
using testing_support::ProblemList;

/// Gives one byte at a time, so that every place is the end of a block.
class ByteByByte final : public ByteSource {
 public:
  explicit ByteByByte(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(ByteSpan into) override {
    if (at_ == text_.size()) return std::size_t{0};
    into[0] = static_cast<std::byte>(text_[at_++]);
    return std::size_t{1};
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

struct Line {
  std::string text;
  std::uint64_t number;
  bool utf8;
  bool too_long;
  friend bool operator==(const Line&, const Line&) = default;
};

std::vector<Line> lines_of(ByteSource& source, std::size_t line_max) {
  TagLineReader reader(source, line_max);
  std::vector<Line> lines;
  for (;;) {
    const auto line = reader.next();
    EXPECT_TRUE(line);
    if (*line == nullptr) return lines;
    lines.push_back({std::string((*line)->text), (*line)->number, (*line)->utf8, (*line)->too_long});
  }
}

TEST(TagLinesTest, EndsMayBeMixed) {
  const std::string euro = "\xE2\x82\xAC";
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"", {}},
      {"a", {"a"}},
      {"a\n", {"a"}},
      {"a\r", {"a"}},
      {"a\r\n", {"a"}},
      {"a\nb\rc\r\nd", {"a", "b", "c", "d"}},
      {"\n\r\r\n\n", {"", "", "", ""}},
      {"\xEF\xBB\xBF"
       "a\n\xEF\xBB\xBF"
       "b",
       {"a",
        "\xEF\xBB\xBF"
        "b"}},
      {euro + "\n", {euro}},
  };
  for (const auto& [text, expected] : cases) {
    ByteByByte slow(text);
    TextSource fast(text);
    for (ByteSource* source : {static_cast<ByteSource*>(&slow), static_cast<ByteSource*>(&fast)}) {
      std::vector<std::string> found;
      std::uint64_t number = 0;
      for (const Line& line : lines_of(*source, 100)) {
        found.push_back(line.text);
        EXPECT_EQ(line.number, ++number);
        EXPECT_TRUE(line.utf8);
        EXPECT_FALSE(line.too_long);
      }
      EXPECT_EQ(found, expected);
    }
  }
}

TEST(TagLinesTest, OfALongLineOnlyTheBeginningIsHeld) {
  const std::string euro = "\xE2\x82\xAC";
  for (const std::size_t size : {11U, 200'000U}) {
    const std::string text =
        std::string(10, 'a') + "\n" + std::string(size, 'x') + "\nshort\n" + "12345678" + euro + euro + "\n\xFF\n";
    const std::vector<Line> expected = {{std::string(10, 'a'), 1, true, false},
                                        {std::string(10, 'x'), 2, true, true},
                                        {"short", 3, true, false},
                                        {"12345678", 4, true, true},
                                        {"\xFF", 5, false, false}};
    TextSource fast(text);
    EXPECT_EQ(lines_of(fast, 10), expected);
    ByteByByte slow(text);
    EXPECT_EQ(lines_of(slow, 10), expected);
  }
}

TEST(ManifestTest, NamesAreExact) {
  const auto payload = parse_manifest_name("manifest-sha256.txt");
  ASSERT_TRUE(payload);
  EXPECT_TRUE(payload->payload);
  EXPECT_EQ(payload->algorithm, Algorithm::sha256);
  const auto tag = parse_manifest_name("tagmanifest-sha3-512.txt");
  ASSERT_TRUE(tag);
  EXPECT_FALSE(tag->payload);
  EXPECT_EQ(tag->algorithm, Algorithm::sha3_512);
  EXPECT_TRUE(tag->odd_spelling);
  for (const char* name : {"manifest-crc.txt", "manifest-.txt", "manifest-SHA256.txt", "manifest-sha256.txt.txt"}) {
    const auto unsupported = parse_manifest_name(name);
    ASSERT_TRUE(unsupported) << name;
    EXPECT_FALSE(unsupported->algorithm) << name;
  }
  for (const char* name : {"Manifest-sha256.txt", "manifest-sha256.TXT", "manifest-sha256", "d/manifest-sha256.txt",
                           "manifest-d/sha256.txt", "manifest.txt", "xmanifest-md5.txt"}) {
    EXPECT_FALSE(parse_manifest_name(name)) << name;
  }
}

TEST(ManifestTest, DecodesOnlyTheseEscapes) {
  EXPECT_EQ(decode_path("a%0Ab%0ac%0Dd%0d", false), "a\nb\nc\rd\r");
  EXPECT_EQ(decode_path("%25%2525%250A", true), "%%25%0A");
  EXPECT_EQ(decode_path("%25%20%2F%0B%0", false), "%25%20%2F%0B%0");
  EXPECT_EQ(decode_path("%2", true), "%2");
}

TEST(ManifestTest, ALineBeyondTheLimitIsMalformed) {
  ProblemList problems;
  Findings findings(problems);
  const std::string digest = digest_of(Algorithm::md5, "").hex();
  const std::string longest = digest + " data/" + std::string(limits::kManifestLineMax - digest.size() - 6, 'x');
  TextSource source(longest + "\n" + longest + "x\n" + digest + " data/b\n");
  ManifestReader reader(source, "manifest-md5.txt", Algorithm::md5, {}, findings);
  const auto first = reader.next();
  ASSERT_TRUE(first && *first != nullptr);
  EXPECT_EQ((*first)->number, 1U);
  const auto second = reader.next();
  ASSERT_TRUE(second && *second != nullptr);
  EXPECT_EQ((*second)->path, "data/b");
  ASSERT_EQ(problems.problems.size(), 1U);
  EXPECT_EQ(problems.problems[0].rule, "C5");
  EXPECT_EQ(problems.problems[0].line, 2U);
  EXPECT_LE(problems.problems[0].actual.size(), 300U);
  EXPECT_FALSE(reader.whole());
}

TEST(FetchTest, FieldsAreUrlLengthAndTheRest) {
  ProblemList problems;
  Findings findings(problems);
  TextSource source("s3://b/a%20b 12 data/a b\nhttp://h/\t-\t data/x%0A%25\n\nfile:///d\xC3\xA9 0 data/z");
  FetchReader reader(source, findings);
  std::vector<FetchLine> lines;
  for (;;) {
    const auto line = reader.next();
    ASSERT_TRUE(line);
    if (*line == nullptr) break;
    lines.push_back(**line);
  }
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].url, "s3://b/a%20b");
  EXPECT_EQ(lines[0].length, 12U);
  EXPECT_EQ(lines[0].path, "data/a b");
  EXPECT_EQ(lines[1].url, "http://h/");
  EXPECT_FALSE(lines[1].length);
  EXPECT_EQ(lines[1].path, "data/x\n%");
  EXPECT_EQ(lines[2].number, 4U);
  EXPECT_EQ(problems.problems.size(), 1U);
  EXPECT_EQ(problems.problems[0].rule, "W2");
}

TEST(UriTest, AbsoluteUrisOfRfc3986) {
  for (const char* good : {"s3://bucket/key", "http://h", "https://u:p@h:443/a/b?c=d/e?#f", "file:///a%20b",
                           "urn:isbn:123", "a+b-c.d:x", "http://[2001:db8::1]:80/", "http://[::1]", "http://[v1.x:y]/",
                           "http://h/\xC3\xA9/\xE9", "mailto:a@b", "x:", "http://h:/"}) {
    EXPECT_EQ(find_uri_fault(good), "") << good;
  }
  for (const char* bad : {"",
                          "key",
                          "/a/b",
                          "//h/a",
                          ":a",
                          "1a:b",
                          "a b:c",
                          "http://h/a b",
                          "http://h/%2",
                          "http://h/%zz",
                          "http://h/<a>",
                          "http://h/a\"",
                          "http://h/a\\b",
                          "http://h/a|b",
                          "http://h/{a}",
                          "http://h/^",
                          "http://h/`",
                          "http://h:8x/",
                          "http://[::1/",
                          "http://h]/",
                          "http://[g::1]/",
                          "http://a[b]/",
                          "http://h/a#b#c",
                          "http://h/\x7F?",
                          "http://h/\x01",
                          "http://u<@h/",
                          "http://h?[",
                          "a_b:c"}) {
    EXPECT_NE(find_uri_fault(bad), "") << bad;
  }
}

TEST(NameListTest, KeepsTheSmallestThatATextCanShow) {
  NameList names;
  for (int i = 99'999; i >= 10'000; --i) names.add(std::to_string(i));
  EXPECT_EQ(names.count(), 90'000U);
  EXPECT_TRUE(names.text().starts_with("10000, 10001, 10002, "));
  EXPECT_LT(names.text().size(), 2000U);
  EXPECT_GT(names.text().size(), 1000U);
  NameList three(3);
  for (const char* name : {"d", "b", "c", "a"}) three.add(name);
  EXPECT_EQ(three.text("/"), "/a, /b, /c");
  EXPECT_EQ(three.left_out(), 1U);
}

TEST(MetadataTest, TooManyTinyFieldsAreTooLarge) {
  ProblemList problems;
  Findings findings(problems);
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "a:\n";
  TextSource source(text);
  const auto metadata = read_metadata(source, "bag-info.txt", findings);
  ASSERT_TRUE(metadata);
  EXPECT_FALSE(*metadata);
  EXPECT_EQ(findings.failure(), "Error loading bag-info.txt: too large");
}

TEST(MetadataTest, ContinuationsBelongToTheirField) {
  ProblemList problems;
  Findings findings(problems);
  TextSource source("A: 1 \n  2\t\n\n\t3\nno colon\n its own\nB:\n x\n : y\n:z\n");
  const auto metadata = read_metadata(source, "bag-info.txt", findings);
  ASSERT_TRUE(metadata && *metadata);
  using Field = std::pair<std::string, std::string>;
  EXPECT_THAT((*metadata)->fields, ElementsAre(Field("A", "1\n2\n3"), Field("B", "\nx\n: y")));
  EXPECT_EQ(findings.failure(),
            "Error loading bag-info.txt: Unable to parse the following lines in bag-info.txt: :z, no colon");
}

}  // namespace
}  // namespace strongroom::bagit
