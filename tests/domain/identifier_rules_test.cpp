// Goal: every broken rule of an identifier is told with all its places, and the first of them is the one that
// ExternalIdentifier::parse tells. Method: identifiers that break several rules; random ones against parse.
#include "domain/identifier_rules.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "domain/identifiers.hpp"

namespace strongroom {
namespace {

using Rule = IdentifierRule;
using Broken = std::vector<BrokenRule>;

TEST(IdentifierRules, EveryPlaceInTheOrderOfTheRules) {
  EXPECT_EQ(broken_identifier_rules("PP/MIA 1"), Broken{});
  EXPECT_EQ(broken_identifier_rules(""), (Broken{{Rule::empty, 0, 0}}));
  EXPECT_EQ(broken_identifier_rules("a//b///c"), (Broken{{Rule::consecutive_slashes, 1, 2},
                                                         {Rule::consecutive_slashes, 4, 2},
                                                         {Rule::consecutive_slashes, 5, 2}}));
  EXPECT_EQ(
      broken_identifier_rules("v1/v2/v3"),
      (Broken{{Rule::ends_with_version, 6, 2}, {Rule::contains_version, 3, 2}, {Rule::starts_with_version, 0, 2}}));
  EXPECT_EQ(broken_identifier_rules("-a&b./content_"), (Broken{{Rule::first_character, 0, 1},
                                                               {Rule::last_character, 13, 1},
                                                               {Rule::characters, 2, 1},
                                                               {Rule::segment_end, 0, 5}}));
  EXPECT_EQ(broken_identifier_rules("a/content/v1.json"),
            (Broken{{Rule::content_segment, 2, 7}, {Rule::description_segment, 10, 7}}));
  EXPECT_EQ(broken_identifier_rules(std::string(600, 'x')),
            (Broken{{Rule::too_long, 0, 0}, {Rule::segment_too_long, 0, 600}}));
}

TEST(IdentifierRules, TheFirstIsTheOneThatParsingTells) {
  const std::string parts[] = {"a",  "7",        "/",       " ",       ".",     "-",
                               "v1", "versions", "content", "archive", ".json", "\xC3\xA9"};
  std::mt19937 random(1887);
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (auto left = random() % 7 + 1; left > 0; --left) text += parts[random() % std::size(parts)];
    const Broken broken = broken_identifier_rules(text);
    const auto parsed = ExternalIdentifier::parse(text);
    ASSERT_EQ(parsed.has_value(), broken.empty()) << text;
    if (!broken.empty()) {
      EXPECT_EQ(parsed.error().what, std::string(identifier_rule_text(broken.front().rule)) + ", was " + text);
    }
  }
}

}  // namespace
}  // namespace strongroom
