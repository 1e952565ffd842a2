// Goal: names are judged by the rules of domain-rules.md 2, in their order and with their texts. Method: every example
// of the specification by name, and the edges of each rule.
#include "domain/identifiers.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Space, Legal) {
  for (const std::string text :
       {"a:b", "Ærø", "born-digital", "a b", ".a", "海図", "strongroom", "a_strongroom", "~", "x", "\xC3\xA9"}) {
    const auto space = Space::parse(text);
    ASSERT_TRUE(space) << text << ": " << space.error().what;
    EXPECT_EQ(space->str(), text);
  }
  EXPECT_TRUE(Space::parse(std::string(128, 'a')));
  EXPECT_TRUE(Space::parse(repeated("é", 64)));
}

TEST(Space, FirstBrokenRule) {
  const std::string slashes = "must not contain slashes.";
  const std::string longer = "must not be longer than 128 bytes.";
  const std::string control = "must not contain control characters or backslashes.";
  const std::string ends = "must not begin or end with a space, or end with a dot.";
  const std::string reserved = R"(must not begin with "_strongroom".)";
  const std::string form = "must be in Unicode normal form C.";
  const std::pair<std::string, std::string> table[] = {
      {"a/b", slashes},
      {"/", slashes},
      {"", "must not be empty."},
      {std::string(129, 'a'), longer},
      {repeated("é", 64) + "a", longer},
      {std::string(128, 'a') + "/", slashes},
      {"a\\b", control},
      {"a\tb", control},
      {std::string("a\0b", 3), control},
      {"a\x7F", control},
      {"a\xC2\x9F", control},
      {"a\xFF", control},
      {".", ends},
      {"..", ends},
      {" a", ends},
      {"a ", ends},
      {"a.", ends},
      {"_strongroom", reserved},
      {"_strongroom2", reserved},
      {"_STRONGROOM", reserved},
      {"_StrongRoom-x", reserved},
      {"e\xCC\x81", form},
  };
  for (const auto& [text, rule] : table) {
    const auto space = Space::parse(text);
    ASSERT_FALSE(space) << text;
    EXPECT_EQ(space.error().what, rule) << text;
    EXPECT_EQ(space.error().act, Act::rejected);
  }
}

TEST(ExternalIdentifier, Legal) {
  for (const std::string text :
       {"b12345678", "PP MIA 1", "PP/MIA/1",  "PP-MIA-1",      "PP_MIA_1", "PP.MIA.1",    "v1",      "versions",
        "archive",   "content",  "content/1", "a/versionsx/b", "a/.b/c",   "SEA/1887/12", "v1.json", "restore",
        "a/v/b",     "a/v1x/b",  "a/xv1",     "x/contents",    "a..b",     "a/v1.jsonx",  "1"}) {
    const auto identifier = ExternalIdentifier::parse(text);
    ASSERT_TRUE(identifier) << text << ": " << identifier.error().what;
    EXPECT_EQ(identifier->str(), text);
  }
}

TEST(ExternalIdentifier, FirstBrokenRule) {
  const std::string dot = "cannot contain a path segment that ends in a dot or a space";
  const std::string characters = "can only contain characters in the class [-_/ .a-zA-Z0-9]";
  const std::string content = "cannot contain /content as a path segment";
  const std::string length = "cannot be longer than 512 bytes, or have a path segment longer than 255";
  const std::pair<std::string, std::string> table[] = {
      {"x/versions", "cannot end with /versions"},
      {"/versions", "cannot end with /versions"},
      {"b1/v1", "cannot end with a version string"},
      {"b1/v0", "cannot end with a version string"},
      {"b1/v007", "cannot end with a version string"},
      {"v2/v1", "cannot end with a version string"},
      {"b1/v2/a", "cannot contain a version string"},
      {"v2/a", "cannot start with a version string"},
      {"/a", "cannot start with a slash"},
      {"/", "cannot start with a slash"},
      {"a/", "cannot end with a slash"},
      {"a//b", "cannot contain consecutive slashes"},
      {"a  b", "cannot contain consecutive spaces"},
      {"-abc", "must begin with a Basic Latin letter or digit"},
      {" a", "must begin with a Basic Latin letter or digit"},
      {"ÅA", "must begin with a Basic Latin letter or digit"},
      {"abc_", "must end with a Basic Latin letter or digit"},
      {"a.", "must end with a Basic Latin letter or digit"},
      {"PP/MIÅ/1", characters},
      {"m+x", characters},
      {"m%20x", characters},
      {"a\nb", characters},
      {"a\\b", characters},
      {"x/archive", "cannot end with /archive"},
      {"x/restore", "cannot end with /restore"},
      {"x/content", content},
      {"x/content/y", content},
      {"a/../b", dot},
      {"a/./b", dot},
      {"a./b", dot},
      {"a /b", dot},
      {"a/v1.json", "cannot contain a path segment like v1.json"},
      {"a/v1.json/b", "cannot contain a path segment like v1.json"},
      {std::string(256, 'a'), length},
      {"x/" + std::string(256, 'a'), length},
      {repeated("abc/", 128) + "a", length},
  };
  for (const auto& [text, rule] : table) {
    const auto identifier = ExternalIdentifier::parse(text);
    ASSERT_FALSE(identifier) << text;
    EXPECT_EQ(identifier.error().what, rule + ", was " + text);
  }
}

TEST(ExternalIdentifier, Lengths) {
  const std::string longest = repeated("abc/", 127) + "abcd";
  ASSERT_EQ(longest.size(), 512U);
  EXPECT_TRUE(ExternalIdentifier::parse(longest));
  EXPECT_FALSE(ExternalIdentifier::parse(longest + "e"));
  EXPECT_TRUE(ExternalIdentifier::parse(std::string(255, 'a')));
}

TEST(ExternalIdentifier, TheEmptyOneIsWordedByPlace) {
  EXPECT_EQ(ExternalIdentifier::parse("").error().what, "must not be empty.");
  EXPECT_EQ(ExternalIdentifier::parse("", IdentifierPlace::bag).error().what, "cannot be empty");
  EXPECT_EQ(ExternalIdentifier::parse("/a", IdentifierPlace::bag).error().what, "cannot start with a slash, was /a");
}

TEST(BagId, IsSpaceAndIdentifier) {
  const BagId bag{Space::parse("maps").value(), ExternalIdentifier::parse("SEA/1887/12").value()};
  EXPECT_EQ(bag.str(), "maps/SEA/1887/12");
}

TEST(Version, CanonicalTextOnly) {
  for (const char* text : {"v1", "v9", "v10", "v2147483647"}) {
    const auto version = Version::parse(text);
    ASSERT_TRUE(version) << text;
    EXPECT_EQ(version->str(), text);
  }
  for (const char* text : {"", "v", "1", "v0", "v01", "V1", "v1 ", " v1", "v-1", "v+1", "v1.0", "v2147483648",
                           "v99999999999", "v18446744073709551617", "abc"}) {
    EXPECT_FALSE(Version::parse(text)) << text;
  }
  EXPECT_LT(*Version::parse("v9"), *Version::parse("v10"));
}

TEST(IngestId, AnyCaseInLowerCaseOut) {
  EXPECT_EQ(IngestId::parse("5B1F3C52-90FB-4F0E-9F5C-0F6A3F0E2D11")->str(), "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11");
  for (const char* text : {"", "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d1", "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d111",
                           "5b1f3c5290fb4f0e9f5c0f6a3f0e2d11", "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d1g",
                           "{5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d1", "5b1f3c52_90fb_4f0e_9f5c_0f6a3f0e2d11"}) {
    EXPECT_FALSE(IngestId::parse(text)) << text;
  }
}

TEST(ShortNames, Characters) {
  EXPECT_TRUE(LocationName::parse("replica-1"));
  EXPECT_TRUE(LocationName::parse(std::string(64, 'a')));
  for (const std::string text : {"", "-a", "Replica", "a_b", "a.b", "é"})
    EXPECT_FALSE(LocationName::parse(text)) << text;
  EXPECT_FALSE(LocationName::parse(std::string(65, 'a')));
  EXPECT_TRUE(ClientId::parse("Map.per_1-x"));
  EXPECT_TRUE(RequestId::parse("Map.per_1-x"));
  for (const std::string text : {"", "a b", "a/b", "é", "a\n"}) {
    EXPECT_FALSE(ClientId::parse(text)) << text;
    EXPECT_FALSE(RequestId::parse(text)) << text;
  }
}

}  // namespace
}  // namespace strongroom
