// Objects moved to archive tiers on real servers, their bytes and keys as they were.
#include <gmock/gmock.h>

#include "adapters/objects/azure/archiver.hpp"
#include "adapters/objects/providers/fixture.hpp"
#include "adapters/objects/s3/archiver.hpp"
#include "contracts/contract.hpp"

namespace strongroom {
namespace {

using contracts::opener_of;
using contracts::read_object;
using contracts::sample_text;
using contracts::spec_of;

std::map<std::string, bool> states(Archiver& archiver, const std::string& prefix) {
  std::map<std::string, bool> found;
  std::string after;
  for (;;) {
    const auto page = archiver.list(prefix, after, 2);
    EXPECT_TRUE(page) << page.error().text();
    if (!page || page->empty()) return found;
    for (const TieredObject& object : *page) found[object.key] = object.is_archived;
    after = page->back().key;
  }
}

class ArchiverTest : public testing::Test {
 protected:
  std::unique_ptr<s3::S3Archiver> s3_archiver(s3::ArchiverOptions options) {
    return std::make_unique<s3::S3Archiver>(std::make_unique<s3::Bucket>(bench_.s3_address(), bench_.s3_needs()),
                                            std::move(options));
  }
  static void fill(ObjectStore& store) {
    for (const char* key : {"v1/a b", "v1/b/\xC3\xA9+", "v1/c", "v10/a"}) {
      const std::string content = sample_text(5000, 1) + key;
      const auto put = store.put(key, spec_of(content), opener_of(content));
      ASSERT_TRUE(put) << put.error().text();
    }
  }

  test::ProviderBench bench_;
};

TEST_F(ArchiverTest, AnObjectOfS3IsCopiedOntoItself) {
  const auto store = bench_.s3_store({"arch/", "STANDARD_IA"});
  fill(*store);
  const auto archiver = s3_archiver({"arch/", "GLACIER", s3::ArchiveBy::copy});
  EXPECT_THAT(states(*archiver, "v1/"),
              testing::ElementsAre(testing::Pair("v1/a b", false), testing::Pair("v1/b/\xC3\xA9+", false),
                                   testing::Pair("v1/c", false)));
  for (const char* key : {"v1/a b", "v1/b/\xC3\xA9+", "v1/a b"}) {
    const auto moved = archiver->archive(key);
    ASSERT_TRUE(moved) << moved.error().text();
  }
  EXPECT_THAT(states(*archiver, "v1/"),
              testing::ElementsAre(testing::Pair("v1/a b", true), testing::Pair("v1/b/\xC3\xA9+", true),
                                   testing::Pair("v1/c", false)));
  // This server lets what lies in that class be read: it is what it was.
  const auto bytes = read_object(*store, "v1/a b");
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_EQ(*bytes, sample_text(5000, 1) + "v1/a b");
}

TEST_F(ArchiverTest, ALargeObjectOfS3IsCopiedInParts) {
  const auto store = bench_.s3_store();
  const std::string content = sample_text((11U << 20U) + 77U, 2);
  ASSERT_TRUE(store->put("v1/large", spec_of(content), opener_of(content)));
  s3::ArchiverOptions options{"", "GLACIER", s3::ArchiveBy::copy};
  options.copy_size = 5U << 20U;
  const auto archiver = s3_archiver(options);
  const auto moved = archiver->archive("v1/large");
  ASSERT_TRUE(moved) << moved.error().text();
  EXPECT_THAT(states(*archiver, "v1/"), testing::ElementsAre(testing::Pair("v1/large", true)));
  const auto bytes = read_object(*store, "v1/large");
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(*bytes == content);
}

TEST_F(ArchiverTest, AnObjectOfS3IsTaggedForTheLifecycle) {
  const auto store = bench_.s3_store();
  fill(*store);
  const auto archiver = s3_archiver({"", "GLACIER"});
  const auto asked = archiver->archive("v1/a b");
  ASSERT_TRUE(asked) << asked.error().text();
  EXPECT_FALSE(states(*archiver, "v1/")["v1/a b"]) << "nobody has moved it yet";
  s3::Bucket bucket(bench_.s3_address(), bench_.s3_needs());
  const auto tags = bucket.ask({"GET", "v1/a b", {{"tagging", ""}}});
  ASSERT_TRUE(tags) << tags.error().text();
  const cloud::XmlElement* set = tags->child("TagSet");
  ASSERT_NE(set, nullptr);
  ASSERT_NE(set->child("Tag"), nullptr);
  EXPECT_EQ(set->child("Tag")->text_of("Key"), "strongroom-tier");
  EXPECT_EQ(set->child("Tag")->text_of("Value"), "archive");
}

TEST_F(ArchiverTest, WhatIsMissingIsAnError) {
  bench_.s3_store();
  for (const auto by : {s3::ArchiveBy::copy, s3::ArchiveBy::tag}) {
    const auto moved = s3_archiver({"", "GLACIER", by})->archive("v1/nothing");
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().reason, Reason::not_found);
  }
}

TEST_F(ArchiverTest, ABlobOfAzureChangesItsTier) {
  const auto store = bench_.azure_store({"arch/", "Cool"});
  fill(*store);
  azure::AzureArchiver archiver(std::make_unique<azure::Container>(bench_.azure_address(), bench_.azure_needs()),
                                "arch/");
  for (const char* key : {"v1/a b", "v1/b/\xC3\xA9+", "v1/a b"}) {
    const auto moved = archiver.archive(key);
    ASSERT_TRUE(moved) << moved.error().text();
  }
  EXPECT_THAT(states(archiver, "v1/"),
              testing::ElementsAre(testing::Pair("v1/a b", true), testing::Pair("v1/b/\xC3\xA9+", true),
                                   testing::Pair("v1/c", false)));
  const auto bytes = read_object(*store, "v1/a b");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason, Reason::archived);
  EXPECT_TRUE(read_object(*store, "v1/c"));
}

}  // namespace
}  // namespace strongroom
