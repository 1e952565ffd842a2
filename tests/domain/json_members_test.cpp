// Goal: a member that is missing or of another type is an Error and never an exception. Method: each question put to
// members of every type.
#include "domain/json_members.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

constexpr std::string_view kText = R"({"t":"é","n":7,"min":-1,"big":9223372036854775808,"f":1.5,"b":true,"z":null,)"
                                   R"("at":"2024-05-01T09:31:40.250000Z","o":{"a":"1","b":"2"},)"
                                   R"("os":[{"a":"1"},{}],"ts":["x","y"],"mixed":["x",1]})";

JsonMembers members() { return JsonMembers::parse(kText).value(); }

TEST(JsonMembers, Values) {
  EXPECT_EQ(members().text("t").value(), "é");
  EXPECT_EQ(members().number("n").value(), 7U);
  EXPECT_TRUE(members().boolean("b").value());
  EXPECT_EQ(format_instant(members().instant("at").value()), "2024-05-01T09:31:40.250000Z");
  EXPECT_EQ(members().object("o").value().text("b").value(), "2");
  EXPECT_EQ(members().objects("os").value().at(0).text("a").value(), "1");
  EXPECT_EQ(members().texts("ts").value(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(members().object("o").value().all_texts().value(),
            (std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(members().expect("t", "é"));
  EXPECT_TRUE(members().has("z"));
  EXPECT_FALSE(members().has("y"));
}

TEST(JsonMembers, WrongTypesAreCorrupt) {
  const auto all = members();
  for (const char* name : {"t", "n", "min", "big", "f", "b", "z", "at", "o", "os", "ts", "mixed", "absent"}) {
    SCOPED_TRACE(name);
    const std::string_view n(name);
    EXPECT_EQ(all.text(name).has_value(), n == "t" || n == "at");
    EXPECT_EQ(all.number(name).has_value(), n == "n");
    EXPECT_EQ(all.boolean(name).has_value(), n == "b");
    EXPECT_EQ(all.instant(name).has_value(), n == "at");
    EXPECT_EQ(all.object(name).has_value(), n == "o");
    EXPECT_EQ(all.objects(name).has_value(), n == "os");
    EXPECT_EQ(all.texts(name).has_value(), n == "ts");
    EXPECT_FALSE(all.expect(name, "other"));
  }
  EXPECT_EQ(all.text("absent").error().reason, Reason::corrupt);
  EXPECT_FALSE(all.all_texts());
}

TEST(JsonMembers, OnlyWholeObjects) {
  for (const std::string text : {"", "1", "[]", "null", "{", "{}x", "{\"a\":}", "{\"a\":\"\xFF\"}", "{'a':1}"}) {
    const auto parsed = JsonMembers::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().reason, Reason::corrupt);
  }
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "{\"a\":";
  EXPECT_FALSE(JsonMembers::parse(deep));
}

TEST(JsonMembers, PartsOutliveTheWhole) {
  const auto inner = JsonMembers::parse(kText).value().object("o").value();
  EXPECT_EQ(inner.text("a").value(), "1");
}

}  // namespace
}  // namespace strongroom
