// The place of a package as it is typed: PROVIDER:BUCKET/PATH and nothing else.
#include "cli/ingest.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

TEST(ParseSourceTest, Table) {
  const Result<SourceName> source = parse_source("filesystem:uploads/2024/b 1:2.tar.gz");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->provider, "filesystem");
  EXPECT_EQ(source->bucket, "uploads");
  EXPECT_EQ(source->path, "2024/b 1:2.tar.gz");
  for (const char* text : {"", "x", "uploads/b", ":uploads/b", "filesystem:", "filesystem:uploads",
                           "filesystem:uploads/", "filesystem:/b"}) {
    EXPECT_FALSE(parse_source(text)) << text;
  }
}

}  // namespace
}  // namespace strongroom::cli
