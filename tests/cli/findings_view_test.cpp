// Findings as people read them: only what is known of each is said, and no more of them than was asked for.
#include "cli/findings_view.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

std::string shown(const std::string& problem) {
  FindingsView view(1);
  view.add(JsonTree::parse(problem).value());
  return view.text("problem", Paint(false), "failed");
}

TEST(FindingsViewTest, SaysWhatIsKnown) {
  EXPECT_EQ(shown(R"({"rule": "N3", "kind": "k", "path": "p", "description": "d", "expected": "e", "actual": ""})"),
            "  N3 k: one problem\n    p: d (expected e)\n");
  EXPECT_EQ(shown(R"({"rule": "N3", "kind": "k", "path": "p", "description": "d", "actual": "a"})"),
            "  N3 k: one problem\n    p: d (found a)\n");
  EXPECT_EQ(shown(R"({"rule": "K1", "kind": "k", "path": "p", "line": 3, "description": "d", "algorithm": "md5",
                      "expected": "e", "actual": "a"})"),
            "  K1 k: one problem\n    p, line 3: d (md5: expected e, found a)\n");
  EXPECT_EQ(shown(R"({"rule": "P5", "kind": "k", "description": "d"})"), "  P5 k: one problem\n    d\n");
}

TEST(FindingsViewTest, TheRestIsCounted) {
  FindingsView view(1);
  for (const char* path : {"a", "b", "c"}) {
    view.add(JsonTree::parse(R"({"rule": "L2", "kind": "k", "description": "d", "path": ")" + std::string(path) + "\"}")
                 .value());
  }
  EXPECT_EQ(view.text("problem", Paint(false), "failed"),
            "  L2 k: 3 problems\n    a: d\n    and 2 more (--first shows more)\n");
}

}  // namespace
}  // namespace strongroom::cli
