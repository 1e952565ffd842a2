// Goal: the reader of request bodies takes exactly JSON, minus what http-api.md 1.5 forbids, and says where a fault is.
// Method: tables of texts, and agreement with the library's parser on mutations of a valid text.
#include "api/strict_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

namespace strongroom::api {
namespace {

std::string message(std::string_view text) {
  const auto parsed = parse_strict_json(text);
  return parsed ? "fine" : parsed.error().what;
}

TEST(StrictJson, ReadsValues) {
  const std::string text = R"( {"a":{"b":"x\u00e9\n\ud83d\ude00\/"},"n":null,"c":[1, {"a":2},{"a":3}],"d":-1.5e+3} )";
  const auto parsed = parse_strict_json(text);
  ASSERT_TRUE(parsed) << parsed.error().what;
  EXPECT_EQ(parsed->kind, JsonKind::object);
  EXPECT_EQ(parsed->find("a")->find("b")->text, "x\xC3\xA9\n\xF0\x9F\x98\x80/");
  EXPECT_EQ(parsed->find("n"), nullptr);
  EXPECT_EQ(parsed->find("odd"), nullptr);
  EXPECT_EQ(parsed->find("c")->source, R"([1, {"a":2},{"a":3}])");
  EXPECT_EQ(parsed->find("d")->source, "-1.5e+3");
}

TEST(StrictJson, SaysWhereAFaultIs) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"hgjh", "expected a value (line 1, column 1)"},
      {"", "the text ends too early: expected a value (line 1, column 1)"},
      {"{} x", "unexpected text after the value (line 1, column 4)"},
      {"{\"a\":1,}", "expected a member name (line 1, column 8)"},
      {"{\"a\" 1}", "expected \":\" (line 1, column 6)"},
      {"{\"a\":1", "the text ends too early: expected \",\" or \"}\" (line 1, column 7)"},
      {"[1 2]", "expected \",\" or \"]\" (line 1, column 4)"},
      {"\"\xC3\xA9\xC3\xA9\xFF\"", "bytes that are not UTF-8 (line 1, column 4)"},
      {"\n\n  [tru]", "expected a value (line 3, column 4)"},
      {"\"a\nb\"", "a control character in a string (line 1, column 3)"},
      {"\"abc", "a string without its end (line 1, column 1)"},
      {"{\"a\":1,\n\"b\":2,\"a\":3}", "the member \"a\" is given twice (line 2, column 7)"},
      {"{\"a\":1,\"\\u0061\":3}", "the member \"a\" is given twice (line 1, column 8)"},
      {"[{\"a\":1,\"a\":1}]", "the member \"a\" is given twice (line 1, column 9)"},
      {"\"\\ud800\"", "a lone surrogate (line 1, column 2)"},
      {"\"\\ud800\\u0041\"", "a lone surrogate (line 1, column 2)"},
      {"\"\\udc00\"", "a lone surrogate (line 1, column 2)"},
      {"\"\\x\"", "an unknown escape (line 1, column 2)"},
      {"\"\\u12g4\"", "an unknown escape (line 1, column 2)"},
      {"01", "unexpected text after the value (line 1, column 2)"},
      {"1.", "the text ends too early: expected a digit (line 1, column 3)"},
      {"1e", "the text ends too early: expected a digit (line 1, column 3)"},
      {"-", "expected a value (line 1, column 1)"},
      {"\xEF\xBB\xBF{}", "expected a value (line 1, column 1)"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(message(text), expected) << text;
}

TEST(StrictJson, NestingEndsAt64) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(message(nested(64)), "fine");
  EXPECT_EQ(message(nested(65)), "nesting deeper than 64 (line 1, column 65)");
  EXPECT_NE(message(std::string(1 << 20, '[')), "fine");
  std::string objects;
  for (int i = 0; i < 65; ++i) objects += "{\"a\":";
  EXPECT_EQ(message(objects).rfind("nesting deeper than 64", 0), 0U);
}

TEST(StrictJson, AgreesWithTheLibrary) {
  const std::string valid =
      R"({"a":"x\u00e9\ud83d\ude00\"","b":[1,-2.5e3,0.1,true,false,null,{}],"c":{"d":{"e":[[]]}},"f":""})";
  const std::string alphabet = "{}[]\",:\\u0123459aeEdDfF.+-tnrl \n\t\x01\x7f\xC3\xA9";
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  int fine = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = valid;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      const std::size_t kind = below(3);
      if (kind == 0) text.erase(at, 1 + below(3));
      if (kind == 1) text.insert(at, 1, alphabet[below(alphabet.size())]);
      if (kind == 2) text[at] = alphabet[below(alphabet.size())];
      if (text.empty()) text = "0";
    }
    boost::system::error_code error;
    (void)boost::json::parse(text, error);
    const std::string ours = message(text);
    if (ours.find("given twice") != std::string::npos) continue;
    ASSERT_EQ(ours == "fine", !error) << text << "\n" << ours << "\n" << error.message();
    fine += ours == "fine" ? 1 : 0;
  }
  EXPECT_GT(fine, 1000);
}

}  // namespace
}  // namespace strongroom::api
