// Goal: paths below `/bags/` are divided as http-api.md 1.3 has it and in no other way. Method: a table with the
// examples of that section and of cases-storage.md D3, D4.
#include "api/paths.hpp"

#include <gtest/gtest.h>

namespace strongroom::api {
namespace {

TEST(SplitBagPath, DividesInOneWayOnly) {
  struct Case {
    std::string rest, space, identifier, resource, content_path;
  };
  const std::vector<Case> cases = {
      {"maps/x", "maps", "x", "", ""},
      {"maps/PP%2FMIA+1", "maps", "PP/MIA 1", "", ""},
      {"ma+ps/x", "ma+ps", "x", "", ""},
      {"maps/x/versions", "maps", "x", "versions", ""},
      {"maps/x%2Fversions", "maps", "x", "versions", ""},
      {"maps/x/%76ersions", "maps", "x", "versions", ""},
      {"maps/x/archive", "maps", "x", "archive", ""},
      {"maps/x/restore", "maps", "x", "restore", ""},
      {"maps/versions/versions", "maps", "versions", "versions", ""},
      {"maps/content/content/data/a.txt", "maps", "content", "content", "data/a.txt"},
      {"maps/content/x", "maps", "content/x", "", ""},
      {"maps/archive", "maps", "archive", "", ""},
      {"maps/b/content/data/content/v", "maps", "b", "content", "data/content/v"},
      {"maps/b/content/data/versions", "maps", "b", "content", "data/versions"},
      {"maps/b/content", "maps", "b/content", "", ""},
      {"maps/b/content/", "maps", "b", "content", ""},
      {"maps/b/content/a+b%20c%2Fd", "maps", "b", "content", "a+b c/d"},
      {"maps/b/content//a", "maps", "b", "content", "/a"},
      {"maps/a//b", "maps", "a//b", "", ""},
      {"maps//a", "maps", "/a", "", ""},
      {"maps/a/", "maps", "a/", "", ""},
      {"/a", "", "a", "", ""},
      {"maps/../x", "maps", "../x", "", ""},
  };
  for (const Case& one : cases) {
    const auto path = split_bag_path(one.rest);
    ASSERT_TRUE(path) << one.rest;
    EXPECT_EQ(path->space, one.space) << one.rest;
    EXPECT_EQ(path->identifier, one.identifier) << one.rest;
    EXPECT_EQ(path->resource, one.resource) << one.rest;
    EXPECT_EQ(path->content_path, one.content_path) << one.rest;
  }
  const auto raw = split_bag_path("m%61ps/PP%2fM+I%41/versions");
  EXPECT_EQ(raw->raw_space, "m%61ps");
  EXPECT_EQ(raw->raw_identifier, "PP%2fM+I%41");
}

TEST(SplitBagPath, WhatIsNoBagAtAll) {
  for (const std::string rest : {"", "maps", "maps/", "ma%2Fps/x", "ma%2fps/x", "maps/%", "maps/%4", "maps/%zz",
                                 "maps/%FF", "%FF/x", "maps/x/content/%zz", "maps/%C3/x"}) {
    EXPECT_FALSE(split_bag_path(rest)) << rest;
  }
}

TEST(MatchPattern, Captures) {
  EXPECT_TRUE(match_pattern("/ingests", "/ingests"));
  EXPECT_FALSE(match_pattern("/ingests", "/ingests/"));
  EXPECT_FALSE(match_pattern("/ingests", "/ingest"));
  EXPECT_FALSE(match_pattern("/ingests/{id}", "/ingests/"));
  EXPECT_FALSE(match_pattern("/ingests/{id}", "/ingests/a/"));
  EXPECT_EQ(match_pattern("/ingests/{id}", "/ingests/a%2Fb"), (Captures{{"id", "a%2Fb"}}));
  EXPECT_EQ(match_pattern("/ingests/{id}/report", "/ingests/a/report"), (Captures{{"id", "a"}}));
  EXPECT_EQ(match_pattern("/uploads/{area}/{path...}", "/uploads/a/b//c"), (Captures{{"area", "a"}, {"path", "b//c"}}));
  EXPECT_FALSE(match_pattern("/uploads/{area}/{path...}", "/uploads/a/"));
  EXPECT_FALSE(match_pattern("/uploads/{area}/{path...}", "/uploads/a"));
}

}  // namespace
}  // namespace strongroom::api
