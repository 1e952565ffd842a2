// JSON trees and streams: what is kept, what is handed over, and that the pieces it arrives in do not matter.
#include "cli/json_tree.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

TEST(JsonTreeTest, ReadsWhatIsThereAndNothingElse) {
  const auto tree = JsonTree::parse(R"({"a":"x","n":7,"neg":-1,"f":1.5,"t":true,"l":[1,{"b":"y"}],"o":{"p":null}})");
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(tree->text("a"), "x");
  EXPECT_EQ(tree->text("n"), "");
  EXPECT_EQ(tree->number("n"), 7U);
  EXPECT_FALSE(tree->number("neg").has_value());
  EXPECT_FALSE(tree->number("f").has_value());
  EXPECT_FALSE(tree->number("a").has_value());
  EXPECT_TRUE(tree->is_true("t"));
  EXPECT_FALSE(tree->is_true("a"));
  ASSERT_EQ(tree->list("l").size(), 2U);
  EXPECT_EQ(tree->list("l")[1].text("b"), "y");
  EXPECT_TRUE(tree->list("a").empty());
  EXPECT_FALSE(tree->at("o").has("p"));
  EXPECT_FALSE(tree->at("none").at("none").has("none"));
}

TEST(JsonTreeTest, WritesTheSameDocument) {
  for (const char* text :
       {R"({"a":"x\"\\\u000a","n":1e5,"big":123456789012345678901234567890,"l":[1,2.50,[],{}],"t":false,"z":null})",
        "[]", "\"\"", "0", "null", R"(["\u0001"])"}) {
    const auto tree = JsonTree::parse(text);
    ASSERT_TRUE(tree.has_value()) << text;
    EXPECT_EQ(tree->json(), text);
  }
}

TEST(JsonTreeTest, OtherTextsAreNone) {
  for (const char* text : {"", " ", "{", "{}{}", "{} x", "<html>", "{\"a\":}", "[1,]", "\"\xFF\"", "nul"}) {
    EXPECT_FALSE(JsonTree::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(JsonTree::parse(std::string(1000, '[')).has_value()) << "bottomless";
}

constexpr const char* kReport =
    R"({"stages":[{"name":"one","problems":[{"p":1},{"p":2}]},{"problems":[],"name":"two"}],"other":[3],"id":"x"})";

TEST(JsonStreamTest, HandsOverInnerBeforeOuter) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1000}}) {
    std::string seen;
    JsonStream stream({"stages", "problems"}, [&](const std::string& array, const JsonTree& element) {
      seen += array + " " + element.json() + "\n";
    });
    const std::string text = kReport;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      ASSERT_TRUE(stream.write(as_bytes(std::string_view(text).substr(at, piece))));
    }
    const Result<JsonTree> rest = stream.finish();
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->json(), R"({"stages":[],"other":[3],"id":"x"})");
    EXPECT_EQ(seen,
              "problems {\"p\":1}\nproblems {\"p\":2}\nstages {\"name\":\"one\",\"problems\":[]}\n"
              "stages {\"problems\":[],\"name\":\"two\"}\n");
  }
}

TEST(JsonStreamTest, ACutDocumentIsAnError) {
  const std::string text = kReport;
  for (std::size_t size = 0; size < text.size(); size += 5) {
    JsonStream stream({}, {});
    ASSERT_TRUE(stream.write(as_bytes(std::string_view(text).substr(0, size))));
    EXPECT_FALSE(stream.finish()) << size;
  }
}

TEST(JsonStreamTest, WhatIsNotJsonIsRefusedAtOnce) {
  JsonStream stream({}, {});
  const Result<void> written = stream.write(as_bytes("<html>"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::corrupt);
  JsonStream more({}, {});
  ASSERT_TRUE(more.write(as_bytes("{} \n")));
  EXPECT_FALSE(more.write(as_bytes("{}")));
}

}  // namespace
}  // namespace strongroom::cli
