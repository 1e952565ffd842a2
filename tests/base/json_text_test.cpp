// JsonWriter: commas, nesting and escapes, compared with whole texts.
#include "base/json_text.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(JsonTextTest, WritesMembersWithoutWhitespace) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .member("text", "a")
      .member("number", std::int64_t{-7})
      .member("large", std::uint64_t{9'000'000'000'000'000'000U})
      .member("flag", true);
  json.key("list").begin_array().number(1).text("b").begin_object().end_object().raw("null").end_array();
  json.key("empty").begin_array().end_array();
  json.end_object();
  EXPECT_EQ(out,
            R"({"text":"a","number":-7,"large":9000000000000000000,"flag":true,"list":[1,"b",{},null],"empty":[]})");
}

TEST(JsonTextTest, EscapesWhatMustBe) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain /", "\"plain /\""},
      {"\"\\", "\"\\\"\\\\\""},
      {"\n\t\x01", "\"\\u000a\\u0009\\u0001\""},
      {std::string("\0", 1), "\"\\u0000\""},
      {"\x7F\xC3\xA9", "\"\x7F\xC3\xA9\""},
      {"a\xFF"
       "b\xC3",
       "\"a\xEF\xBF\xBD"
       "b\xEF\xBF\xBD\""},
  };
  for (const auto& [text, expected] : cases) {
    std::string out;
    append_json_string(out, text);
    EXPECT_EQ(out, expected);
  }
}

}  // namespace
}  // namespace strongroom
