// Objects moved to archive tiers on real servers, their bytes and keys as they were; and brought back from there, on
// a server that refuses to read them before.
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
  std::unique_ptr<s3::S3Archiver> s3_archiver(s3::ArchiverOptions options, const char* server = "STRONGROOM_TEST_S3") {
    return std::make_unique<s3::S3Archiver>(std::make_unique<s3::Bucket>(bench_.s3_address(server), bench_.s3_needs()),
                                            std::move(options));
  }
  /// The server with archive classes: its time passes when it is told so.
  void pass_time(const std::string& what) {
    const auto told = bench_.web.exchange({"POST", test::ProviderBench::endpoint(kVault) + "/_vault", {}, what});
    ASSERT_TRUE(told) << told.error().text();
    ASSERT_EQ(told->status, 200);
  }

  static constexpr const char* kVault = "STRONGROOM_TEST_VAULT";

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
  for (const char* server : {"STRONGROOM_TEST_S3", kVault}) {
    s3::StoreOptions in_parts;
    in_parts.part_size = 5U << 20U;
    const auto store = bench_.s3_store(in_parts, server);
    const std::string content = sample_text((11U << 20U) + 77U, 2);
    const auto put = store->put("v1/large", spec_of(content), opener_of(content));
    ASSERT_TRUE(put) << put.error().text();
    s3::ArchiverOptions options{"", "GLACIER", s3::ArchiveBy::copy};
    options.copy_size = 5U << 20U;
    const auto archiver = s3_archiver(options, server);
    const auto moved = archiver->archive("v1/large");
    ASSERT_TRUE(moved) << moved.error().text();
    EXPECT_THAT(states(*archiver, "v1/"), testing::ElementsAre(testing::Pair("v1/large", true)));
    if (server == kVault) {
      ASSERT_TRUE(archiver->restore("v1/large", 1));
      pass_time(R"({"do":"restore"})");
    }
    const auto bytes = read_object(*store, "v1/large");
    ASSERT_TRUE(bytes);
    EXPECT_TRUE(*bytes == content) << server;
  }
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

TEST_F(ArchiverTest, WhatS3HasArchivedIsReadOnceItWasRestored) {
  const auto store = bench_.s3_store({"arch/", "STANDARD_IA"}, kVault);
  fill(*store);
  for (const char* goal : {"GLACIER", "DEEP_ARCHIVE"}) {
    const std::string key = goal == std::string("GLACIER") ? "v1/a b" : "v1/b/\xC3\xA9+";
    const std::string content = sample_text(5000, 1) + key;
    const auto archiver = s3_archiver({"arch/", goal, s3::ArchiveBy::copy, s3::RestoreTier::bulk}, kVault);
    EXPECT_EQ(archiver->look(key)->now, Readability::readable);
    ASSERT_TRUE(archiver->restore(key, 3)) << "what can be read needs none";
    ASSERT_TRUE(archiver->archive(key));
    EXPECT_EQ(archiver->look(key)->now, Readability::archived);
    const auto refused = read_object(*store, key);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::archived);
    for (int i = 0; i < 2; ++i) {
      const auto asked = archiver->restore(key, 3);
      ASSERT_TRUE(asked) << asked.error().text();
      EXPECT_EQ(archiver->look(key)->now, Readability::coming);
    }
    EXPECT_FALSE(read_object(*store, key));
    pass_time(R"({"do":"restore"})");
    const auto restored = archiver->look(key);
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->now, Readability::restored);
    ASSERT_TRUE(restored->until);
    EXPECT_NEAR(static_cast<double>((*restored->until - bench_.clock.now()) / std::chrono::hours(1)), 72, 1);
    ASSERT_TRUE(archiver->restore(key, 9)) << "its time is extended";
    EXPECT_GT(archiver->look(key)->until, restored->until);
    const auto bytes = read_object(*store, key);
    ASSERT_TRUE(bytes) << bytes.error().text();
    EXPECT_EQ(*bytes, content);
    EXPECT_TRUE(states(*archiver, "v1/")[key]) << "it is where it was";
    pass_time(R"({"do":"expire"})");
    EXPECT_EQ(archiver->look(key)->now, Readability::archived);
  }
  const auto archiver = s3_archiver({"arch/", "GLACIER"}, kVault);
  EXPECT_EQ(archiver->look("v1/none").error().reason, Reason::not_found);
  EXPECT_EQ(archiver->restore("v1/none", 3).error().reason, Reason::not_found);
}

TEST_F(ArchiverTest, ATaggedObjectIsMovedByTheLifecycle) {
  const auto store = bench_.s3_store({}, kVault);
  fill(*store);
  const auto archiver = s3_archiver({"", "GLACIER"}, kVault);
  ASSERT_TRUE(archiver->archive("v1/c"));
  EXPECT_EQ(archiver->look("v1/c")->now, Readability::readable);
  pass_time(R"({"do":"archive","class":"GLACIER"})");
  EXPECT_EQ(archiver->look("v1/c")->now, Readability::archived);
  EXPECT_EQ(archiver->look("v1/a b")->now, Readability::readable);
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
                                {"arch/"});
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

  // And back: this server does at once what takes hours.
  EXPECT_EQ(archiver.look("v1/a b")->now, Readability::archived);
  EXPECT_EQ(archiver.look("v1/c")->now, Readability::readable);
  for (const char* key : {"v1/a b", "v1/c", "v1/a b"}) {
    const auto restored = archiver.restore(key, 7);
    ASSERT_TRUE(restored) << restored.error().text();
  }
  EXPECT_TRUE(archiver.look("v1/a b")->can_be_read());
  const auto again = read_object(*store, "v1/a b");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(*again, sample_text(5000, 1) + "v1/a b");
  EXPECT_EQ(archiver.look("v1/none").error().reason, Reason::not_found);
  EXPECT_EQ(archiver.restore("v1/none", 7).error().reason, Reason::not_found);
}

}  // namespace
}  // namespace strongroom
