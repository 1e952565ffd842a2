// Text functions: UTF-8 as RFC 3629 has it, numbers, percent encoding, one-line texts; a table for each.
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(TextTest, Utf8IsCheckedStrictly) {
  const std::vector<std::pair<std::string, bool>> cases = {
      {"", true},
      {"plain", true},
      {std::string("\0", 1), true},
      {"\xC3\xA9", true},
      {"\xE2\x82\xAC", true},
      {"\xF0\x9F\x93\xA6", true},
      {"\xF4\x8F\xBF\xBF", true},   // U+10FFFF
      {"\x80", false},              // continuation alone
      {"\xC3", false},              // cut
      {"\xE2\x82", false},          // cut
      {"\xC3(", false},             // no continuation
      {"\xC0\xAF", false},          // overlong
      {"\xE0\x80\xAF", false},      // overlong
      {"\xED\xA0\x80", false},      // surrogate
      {"\xF4\x90\x80\x80", false},  // beyond U+10FFFF
      {"\xFF", false},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(is_utf8(text), expected) << one_line(text);
}

TEST(TextTest, ControlCharactersAreThoseOfBothRanges) {
  EXPECT_FALSE(has_control_characters("a b\xC3\xA9"));
  for (const char* text : {"a\n", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F"}) EXPECT_TRUE(has_control_characters(text));
  EXPECT_FALSE(has_control_characters("\xC2\xA0"));
}

TEST(TextTest, CountsCharactersNotBytes) { EXPECT_EQ(count_characters("a\xC3\xA9\xF0\x9F\x93\xA6"), 3U); }

TEST(TextTest, SplitsAndJoins) {
  EXPECT_EQ(split("a//b/", '/'), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", '/'), (std::vector<std::string_view>{""}));
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(TextTest, BlanksAreTrimmedAtTheEnds) {
  EXPECT_EQ(trim_blanks(" \t a b\t"), "a b");
  EXPECT_EQ(trim_blanks("a\n"), "a\n");
  EXPECT_EQ(trim_blanks(" \t"), "");
  EXPECT_EQ(trim_blanks(""), "");
}

TEST(TextTest, NumbersAreDigitsUpToTheLargestSigned) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("007"), 7U);
  EXPECT_EQ(parse_number("9223372036854775807"), 9223372036854775807U);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "9223372036854775808", "99999999999999999999"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
}

TEST(TextTest, ThousandsHaveCommas) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
}

TEST(TextTest, PercentDecodesOnce) {
  EXPECT_EQ(percent_decode("a%2Fb%2f", false), "a/b/");
  EXPECT_EQ(percent_decode("%2525", false), "%25");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
  for (const char* text : {"%", "%2", "a%2x", "%x2"}) EXPECT_FALSE(percent_decode(text, false)) << text;
}

TEST(TextTest, PercentEncodesAllButUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~", ""), "aZ09-._~");
  EXPECT_EQ(percent_encode("a/b c\xC3\xA9%", "/"), "a/b%20c%C3%A9%25");
}

TEST(TextTest, OneLineShowsControlsEscaped) {
  EXPECT_EQ(one_line("a\nb\xC2\x85\xC3\xA9\xFF%"), "a%0Ab%C2%85\xC3\xA9%FF%");
}

TEST(TextTest, LowersAsciiOnly) { EXPECT_EQ(to_lower_ascii("AbZ\xC3\x89"), "abz\xC3\x89"); }

}  // namespace
}  // namespace strongroom
