// Names in a bag: a table for each rule of domain-rules.md 2.8 that looks at one name, and the forms in which names
// may collide.
#include "domain/bag_path.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace strongroom {
namespace {

TEST(BagPathTest, FindsTheFirstFault) {
  using enum NameFault;
  const std::vector<std::pair<std::string, std::optional<NameFault>>> cases = {
      {"data/a.txt", {}},
      {"data/.hidden", {}},
      {"data/a b", {}},
      {"data/ a", {}},
      {"data/..a", {}},
      {"data/\xC3\xA9", {}},
      {"data/a.", trailing_dot},
      {"data/a./b", trailing_dot},
      {"data/...", trailing_dot},
      {"data/../a.", trailing_dot},
      {"", unsafe_name},
      {"/data/a", unsafe_name},
      {"data//a", unsafe_name},
      {"data/", unsafe_name},
      {"data/./a", unsafe_name},
      {"data/..", unsafe_name},
      {"data/a ", unsafe_name},
      {"data/a /b", unsafe_name},
      {"data/a\nb", unsafe_name},
      {"data/a\x7F", unsafe_name},
      {"data/\xC2\x85", unsafe_name},
      {"data/a\\b", unsafe_name},
      {"data/\xFF", unsafe_name},
      {std::string("data/\0", 6), unsafe_name},
      {"data/" + std::string(255, 'x'), {}},
      {"data/" + std::string(256, 'x'), name_too_long},
      {"data/" + std::string(256, 'x') + " ", unsafe_name},
  };
  for (const auto& [name, expected] : cases) EXPECT_EQ(find_name_fault(name, 0, 0), expected) << name;
}

TEST(BagPathTest, KeysHaveABudgetOfBytesAndComponents) {
  const std::string name = "data/a";
  EXPECT_FALSE(find_name_fault(name, limits::kKeyMax - name.size(), 0));
  EXPECT_EQ(find_name_fault(name, limits::kKeyMax - name.size() + 1, 0), NameFault::name_too_long);
  EXPECT_FALSE(find_name_fault(name, 0, limits::kKeyComponentsMax - 2));
  EXPECT_EQ(find_name_fault(name, 0, limits::kKeyComponentsMax - 1), NameFault::name_too_long);
}

TEST(BagPathTest, RelativePathsStayBelow) {
  for (const char* name : {"a", "a/b", "..a/b.", "a b"}) EXPECT_TRUE(is_relative_path(name)) << name;
  for (const char* name : {"", "/", "/a", "a/", "a//b", ".", "a/..", "../a", "a/./b", "\xFF"}) {
    EXPECT_FALSE(is_relative_path(name)) << name;
  }
}

TEST(BagPathTest, NormalFormJoinsWhatLooksAlike) {
  EXPECT_EQ(normal_form_c("data/e\xCC\x81"), "data/\xC3\xA9");
  EXPECT_EQ(normal_form_c("data/\xC3\xA9"), "data/\xC3\xA9");
  EXPECT_EQ(normal_form_c("\xE2\x84\xAB"), "\xC3\x85");  // angstrom sign
  EXPECT_EQ(normal_form_c("Plain"), "Plain");
  EXPECT_NE(normal_form_c("\xEF\xAC\x81"), "fi");  // a ligature is a compatibility form, another name
}

TEST(BagPathTest, FoldingJoinsCaseAndNormalisation) {
  EXPECT_EQ(folded("data/A.TXT"), folded("data/a.txt"));
  EXPECT_EQ(folded("\xC3\x89"), folded("e\xCC\x81"));
  EXPECT_EQ(folded("stra\xC3\x9F"
                   "e"),
            folded("STRASSE"));
  EXPECT_EQ(folded("\xCE\xA3"), folded("\xCF\x82"));  // sigma, final sigma
  EXPECT_NE(folded("a"), folded("b"));
}

TEST(BagPathTest, KnowsSystemFiles) {
  for (const char* name : {".DS_Store", "data/.DS_Store", "data/x/Thumbs.db", "desktop.ini", "data/._a", "._"}) {
    EXPECT_TRUE(is_system_file(name)) << name;
  }
  for (const char* name : {"data/a", "data/.DS_Store/a", "data/thumbs.db.txt", "data/._d/a", "data/.a"}) {
    EXPECT_FALSE(is_system_file(name)) << name;
  }
}

}  // namespace
}  // namespace strongroom
