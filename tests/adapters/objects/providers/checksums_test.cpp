// What a provider has computed of the objects it stores, as it tells it (pipeline.md 8.2): of whole objects, of objects
// in parts, of none; on a server that keeps digests, and on servers that do not.
#include <gmock/gmock.h>

#include "adapters/objects/providers/fixture.hpp"
#include "contracts/contract.hpp"

namespace strongroom {
namespace {

using contracts::opener_of;
using contracts::sample_text;
using contracts::spec_of;

constexpr const char* kVault = "STRONGROOM_TEST_VAULT";
constexpr std::uint64_t kPart = 5U << 20U;

class ChecksumsTest : public testing::Test {
 protected:
  std::unique_ptr<s3::S3Store> store(const char* server) {
    // One of the servers knows no condition.
    s3::StoreOptions options{"arch/", "", s3::CreateOnly::by_looking, kPart};
    return bench_.s3_store(options, server);
  }
  static std::optional<ServerChecksum> put(remote::RemoteStore& store, const std::string& key,
                                           const std::string& content) {
    const auto done = store.put(key, spec_of(content), opener_of(content));
    EXPECT_TRUE(done) << done.error().text();
    const auto told = store.checksum_of(key);
    EXPECT_TRUE(told) << told.error().text();
    return told ? *told : std::optional<ServerChecksum>();
  }

  test::ProviderBench bench_;
};

TEST_F(ChecksumsTest, OfAWholeObject) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{kPart}}) {
    const std::string content = sample_text(size, 1);
    const auto told = put(*store(kVault), "v1/" + std::to_string(size), content);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->size, size);
    EXPECT_EQ(told->part_size, std::nullopt);
    EXPECT_EQ(told->sha256, digest_of(Algorithm::sha256, content));
  }
}

TEST_F(ChecksumsTest, OfAnObjectInParts) {
  for (const std::size_t size : {kPart + 1, 2 * kPart, 2 * kPart + 7}) {
    const std::string content = sample_text(size, 2);
    const auto told = put(*store(kVault), "v1/" + std::to_string(size), content);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->size, size);
    EXPECT_EQ(told->part_size, kPart);
    Hasher parts(Algorithm::sha256);
    for (std::size_t at = 0; at < size; at += kPart) {
      parts.update(digest_of(Algorithm::sha256, content.substr(at, kPart)).bytes());
    }
    EXPECT_EQ(told->sha256, parts.finish());
  }
}

TEST_F(ChecksumsTest, OfWhatIsNotThere) {
  for (const char* server : {kVault, "STRONGROOM_TEST_S3"}) {
    const auto told = store(server)->checksum_of("v1/none");
    ASSERT_FALSE(told) << server;
    EXPECT_EQ(told.error().reason, Reason::not_found) << server;
    EXPECT_EQ(told.error().where, "v1/none");
  }
}

TEST_F(ChecksumsTest, WhereNoneIsKept) {
  for (const char* server : {"STRONGROOM_TEST_S3", "STRONGROOM_TEST_SWIFT"}) {
    EXPECT_EQ(put(*store(server), "v1/small", "few bytes"), std::nullopt) << server;
    EXPECT_EQ(put(*store(server), "v1/large", sample_text(kPart + 1, 3)), std::nullopt) << server;
  }
  EXPECT_EQ(put(*bench_.azure_store(), "v1/small", "few bytes"), std::nullopt);
}

}  // namespace
}  // namespace strongroom
