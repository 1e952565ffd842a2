// The bag root: case G8 and pipeline.md 5, a row each, every one with its names in both directions; the report names
// everything, the text ten.
#include "bagit/root.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/memory_bag.hpp"

namespace strongroom::bagit {
namespace {

using testing::UnorderedElementsAreArray;
using testing_support::ProblemList;

RootOutcome find(const std::vector<std::string>& names, ProblemSink& problems) {
  const auto outcome = find_root(
      [&names](const auto& see) -> Result<void> {
        for (const std::string& name : names) TRY_VOID(see(name));
        return {};
      },
      problems);
  EXPECT_TRUE(outcome);
  return *outcome;
}

struct RootCase {
  std::string name;
  std::vector<std::string> names;
  std::optional<std::string> root = {};
  std::string failure = {};
  std::string kind = {};
  std::vector<std::string> reported = {};
};

class RootTest : public testing::TestWithParam<RootCase> {};

TEST_P(RootTest, InAnyOrder) {
  RootCase expected = GetParam();
  for (int turn = 0; turn < 2; ++turn) {
    ProblemList problems;
    const RootOutcome outcome = find(expected.names, problems);
    EXPECT_EQ(outcome.root, expected.root);
    EXPECT_EQ(outcome.failure.value_or(""), expected.failure);
    EXPECT_EQ(outcome.problems, problems.problems.size());
    std::vector<std::string> reported;
    for (const Problem& problem : problems.problems) {
      EXPECT_EQ(problem.rule, "P5");
      EXPECT_EQ(problem.kind, expected.kind);
      reported.push_back(problem.path);
    }
    EXPECT_THAT(reported, UnorderedElementsAreArray(expected.reported));
    std::reverse(expected.names.begin(), expected.names.end());
  }
}

const std::string kNone = "there is no bagit.txt at the top of the archive or one directory down";

INSTANTIATE_TEST_SUITE_P(All, RootTest,
                         testing::Values(RootCase{"Top", {"bagit.txt", "data/a"}, ""},
                                         RootCase{"TopAndBelow", {"b/bagit.txt", "bagit.txt", "x"}, ""},
                                         RootCase{"OneDirectory", {"b/bagit.txt", "b/data/a"}, "b/"},
                                         RootCase{"BagInTheBag", {"b/bagit.txt", "b/data/c/bagit.txt"}, "b/"},
                                         RootCase{"OddDirectory", {"a b. /bagit.txt"}, "a b. /"},
                                         RootCase{"Nothing", {}, {}, kNone, "no-root", {""}},
                                         RootCase{"None", {"a", "b/c"}, {}, kNone, "no-root", {""}},
                                         RootCase{"TwoDown", {"a/b/bagit.txt"}, {}, kNone, "no-root", {""}},
                                         RootCase{
                                             "OtherName", {"a/Bagit.txt", "xbagit.txt"}, {}, kNone, "no-root", {""}},
                                         RootCase{"Several",
                                                  {"b/bagit.txt", "a/bagit.txt", "x"},
                                                  {},
                                                  "there are several bags in the archive: a, b",
                                                  "several-roots",
                                                  {"a", "b"}},
                                         RootCase{"Beside",
                                                  {"b/bagit.txt", "notes.txt", "b/data/a", "b.txt", "c/d"},
                                                  {},
                                                  "there are files beside the bag directory b: b.txt, c/d, notes.txt",
                                                  "beside-root",
                                                  {"notes.txt", "b.txt", "c/d"}}),
                         [](const auto& row) { return row.param.name; });

TEST(RootTest, TheTextNamesTenAndTheReportAll) {
  std::vector<std::string> names = {"b/bagit.txt"};
  for (int i = 59; i >= 10; --i) names.push_back("x" + std::to_string(i));
  ProblemList problems;
  EXPECT_EQ(find(names, problems).failure,
            "there are files beside the bag directory b: x10, x11, x12, x13, x14, x15, x16, x17, x18, x19 and 40 more");
  EXPECT_EQ(problems.problems.size(), 50U);
}

TEST(RootTest, AnErrorOfTheReplayIsPassedOn) {
  ProblemList problems;
  const auto outcome = find_root([](const auto&) -> Result<void> { return temporary("not now"); }, problems);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().act, Act::temporary);
}

}  // namespace
}  // namespace strongroom::bagit
