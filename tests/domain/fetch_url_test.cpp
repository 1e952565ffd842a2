// Goal: a URL of fetch.txt means a stored file exactly when bag-acceptance.md 7.1 says so (cases I2, I4). Method:
// tables.
#include "domain/fetch_url.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

BagId bag(const std::string& identifier) {
  return {Space::parse("maps").value(), ExternalIdentifier::parse(identifier).value()};
}

std::vector<LocationFacts> locations() {
  const auto facts = [](const char* name, Provider provider, const char* bucket, const char* prefix, const char* url) {
    LocationFacts made{.name = *LocationName::parse(name),
                       .label = name,
                       .uuid = name,
                       .bucket = bucket,
                       .prefix = prefix,
                       .url = url};
    made.provider = provider;
    return made;
  };
  std::vector<LocationFacts> all = {
      facts("first", Provider::amazon_s3, "primary", "bags/", "https://primary.s3.eu-west-1.amazonaws.com"),
      facts("vault", Provider::filesystem, "vault", "", "file:///srv/vault"),
      facts("away", Provider::azure_blob_storage, "away", "", "https://acc.blob.core.windows.net:8443/away"),
      facts("moved", Provider::filesystem, "moved", "", "file:///srv/moved")};
  all[3].fetch_aliases = {"s3://old/"};
  return all;
}

/// `{index} {path}`, or nothing.
std::string found(std::string_view url, const std::string& identifier = "t") {
  const auto target = FetchUrls(bag(identifier), locations()).find(url);
  return target ? std::to_string(target->location) + " " + target->path : "";
}

TEST(FetchUrlTest, I2_EveryLocationByEachOfItsNames) {
  EXPECT_EQ(found("s3://primary/bags/maps/t/v1/data/r.txt"), "0 v1/data/r.txt");
  EXPECT_EQ(found("S3://PRIMARY/bags/maps/t/v1/data/r.txt"), "0 v1/data/r.txt");
  EXPECT_EQ(found("https://primary.s3.eu-west-1.amazonaws.com/bags/maps/t/v1/data/r.txt"), "0 v1/data/r.txt");
  EXPECT_EQ(found("file:///srv/vault/maps/t/v1/data/r.txt"), "1 v1/data/r.txt");
  EXPECT_EQ(found("s3://vault/maps/t/v12/data/r.txt"), "1 v12/data/r.txt");
  EXPECT_EQ(found("https://acc.blob.core.windows.net:8443/away/maps/t/v1/data/r.txt"), "2 v1/data/r.txt");
  EXPECT_EQ(found("s3://old/maps/t/v1/data/r.txt"), "3 v1/data/r.txt");
  EXPECT_EQ(found("file:///srv/vault/maps/t/v1/data/%72.t%20xt%25"), "1 v1/data/r.t xt%");
  EXPECT_EQ(found("file:///srv/vault/maps/a/b%201/v1/data/\xc3\xa9", "a/b 1"), "1 v1/data/\xc3\xa9");
}

TEST(FetchUrlTest, I4_EverythingElseMeansNothing) {
  for (const char* url : {
           "s3://other/maps/t/v1/data/r.txt",
           "s3://primary/maps/t/v1/data/r.txt",  // without the location's own prefix
           "s3://moved/maps/t/v1/data/r.txt",    // it has another alias instead
           "http://vault/maps/t/v1/data/r.txt",
           "https://acc.blob.core.windows.net/away/maps/t/v1/data/r.txt",
           "https://u@primary.s3.eu-west-1.amazonaws.com/bags/maps/t/v1/data/r.txt",
           "https://primary.s3.eu-west-1.amazonaws.com:443/bags/maps/t/v1/data/r.txt",
           "file:///srv/vault/maps/t/v1/data/r.txt?versionId=1",
           "file:///srv/vault/maps/t/v1/data/r.txt#x",
           "file:///srv/vault/maps/t/v01/data/r.txt",
           "file:///srv/vault/maps/t/v0/data/r.txt",
           "file:///srv/vault/maps/t/1/data/r.txt",
           "file:///srv/vault/maps/t/v1/../v1/data/r.txt",
           "file:///srv/vault/maps/t/v1/%2e%2e/v1/data/r.txt",
           "file:///srv/vault/maps/t/v1//data/r.txt",
           "file:///srv/vault/maps/t/v1/data/r%0A.txt",
           "file:///srv/vault/maps/t/v1/data/r%FF.txt",
           "file:///srv/vault/maps/t/v1/data/r%2.txt",
           "file:///srv/vault/maps/t/v1/",
           "file:///srv/vault/maps/t/v1",
           "file:///srv/vault/maps/u/v1/data/r.txt",
           "file:///srv/vault/Maps/t/v1/data/r.txt",
           "file:///srv/vaultmaps/t/v1/data/r.txt",
           "s3://vault/maps/t/b/v1/data/r.txt",  // of the bag t/b
           "data/r.txt",
           "://vault/maps/t/v1/data/r.txt",
           "",
       }) {
    EXPECT_EQ(found(url), "") << url;
  }
  EXPECT_EQ(found("s3://vault/maps/t/b/v1/data/r.txt", "t/b"), "1 v1/data/r.txt");
}

TEST(FetchUrlTest, Aliases) {
  EXPECT_EQ(fetch_alias_fault("s3://old-bucket/"), "");
  EXPECT_EQ(fetch_alias_fault("https://h:8443/a/b/"), "");
  for (const char* wrong : {"", "s3://old", "old/", "s3://old/?a/", "https://u@h/", "s3://old/#/"}) {
    EXPECT_NE(fetch_alias_fault(wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace strongroom
