// Goal: providers, tiers and source locations are read and judged as http-api.md 4.1 and domain-rules.md 2.6 say.
// Method: tables of names and of the rules' texts.
#include "domain/location.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(Provider, NamesLabelsAndAliases) {
  const std::pair<Provider, std::pair<const char*, const char*>> table[] = {
      {Provider::amazon_s3, {"amazon-s3", "Amazon S3"}},
      {Provider::azure_blob_storage, {"azure-blob-storage", "Azure Blob Storage"}},
      {Provider::filesystem, {"filesystem", "File system"}}};
  for (const auto& [provider, names] : table) {
    EXPECT_EQ(name_of(provider), names.first);
    EXPECT_EQ(label_of(provider), names.second);
    EXPECT_EQ(parse_provider(names.first), provider);
  }
  for (const char* alias : {"aws-s3-standard", "aws-s3-ia", "aws-s3-glacier"}) {
    EXPECT_EQ(parse_provider(alias), Provider::amazon_s3) << alias;
  }
  for (const char* other : {"", "floppy", "Amazon-S3", "aws"}) EXPECT_EQ(parse_provider(other), std::nullopt) << other;
}

TEST(AccessTier, NamesAreReadBack) {
  for (auto tier : {AccessTier::hot, AccessTier::cool, AccessTier::cold, AccessTier::archive}) {
    EXPECT_EQ(parse_access_tier(name_of(tier)), tier);
  }
  EXPECT_EQ(parse_access_tier("frozen"), std::nullopt);
}

TEST(SourceLocation, Texts) {
  EXPECT_EQ((SourceLocation{Provider::amazon_s3, "drop", "a/b.tar.gz"}.text()), "s3://drop/a/b.tar.gz");
  EXPECT_EQ((SourceLocation{Provider::azure_blob_storage, "drop", "a.zip"}.text()), "azure://drop/a.zip");
  EXPECT_EQ((SourceLocation{Provider::filesystem, "uploads", "a.zip"}.text()), "file://uploads/a.zip");
}

TEST(SourceLocation, PathRules) {
  const std::string empty = "must not be empty.";
  const std::string odd = R"(must not contain consecutive slashes, "." or ".." components, or end with a slash.)";
  const std::string relative = "must be relative to the upload area.";
  const std::string size = "must be at most 1024 bytes, without control characters.";
  const struct {
    Provider provider;
    std::string path, fault;
  } table[] = {
      {Provider::filesystem, "2024/05/a.tar.gz", ""},
      {Provider::filesystem, ".a/..b/c d", ""},
      {Provider::filesystem, std::string(1024, 'a'), ""},
      {Provider::amazon_s3, "/a", ""},
      {Provider::filesystem, "", empty},
      {Provider::amazon_s3, "", empty},
      {Provider::filesystem, "a//b", odd},
      {Provider::filesystem, "a/", odd},
      {Provider::filesystem, "a/../b", odd},
      {Provider::filesystem, "./a", odd},
      {Provider::filesystem, "a/.", odd},
      {Provider::filesystem, "..", odd},
      {Provider::amazon_s3, "a//b", odd},
      {Provider::amazon_s3, "//a", odd},
      {Provider::azure_blob_storage, "a/..", odd},
      {Provider::filesystem, "/etc/passwd", relative},
      {Provider::filesystem, std::string(1025, 'a'), size},
      {Provider::filesystem, "a\nb", size},
      {Provider::amazon_s3, "a\xC2\x80", size},
      {Provider::amazon_s3, "a\xFF", size},
  };
  for (const auto& row : table) EXPECT_EQ(source_path_fault(row.provider, row.path), row.fault) << row.path;
  EXPECT_EQ(source_bucket_fault(""), empty);
  EXPECT_EQ(source_bucket_fault("uploads"), "");
}

}  // namespace
}  // namespace strongroom
