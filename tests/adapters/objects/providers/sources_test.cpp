// Packages that lie at providers: read in one stream or by ranges, and never a mix of two.
#include <gmock/gmock.h>

#include "adapters/objects/azure/sources.hpp"
#include "adapters/objects/providers/fixture.hpp"
#include "adapters/objects/s3/sources.hpp"
#include "contracts/contract.hpp"

namespace strongroom {
namespace {

using contracts::sample_text;

class ProviderSourcesTest : public testing::TestWithParam<const char*> {
 protected:
  ProviderSourcesTest() {
    if (is_s3()) {
      bench_.s3_store({}, server());
      sources_ = std::make_unique<s3::S3Sources>(bench_.s3_address(server()), bench_.s3_needs());
    } else {
      bench_.azure_store();
      sources_ = std::make_unique<azure::AzureSources>(bench_.azure_address(), bench_.azure_needs());
    }
  }
  [[nodiscard]] bool is_s3() const { return GetParam() != std::string("azure"); }
  [[nodiscard]] const char* server() const {
    return GetParam() == std::string("swift") ? "STRONGROOM_TEST_SWIFT" : "STRONGROOM_TEST_S3";
  }
  [[nodiscard]] SourceLocation at(const std::string& path, const std::string& bucket = {}) const {
    return {is_s3() ? Provider::amazon_s3 : Provider::azure_blob_storage, bucket.empty() ? bench_.name : bucket, path};
  }
  /// As a depositor puts it there: whatever was there before is gone.
  void place(const std::string& key, const std::string& bytes) {
    if (is_s3()) {
      s3::Bucket bucket(bench_.s3_address(server()), bench_.s3_needs());
      const auto put = bucket.carry_out({"PUT", key, {}, {}, bytes});
      ASSERT_TRUE(put) << put.error().text();
      return;
    }
    azure::Container container(bench_.azure_address(), bench_.azure_needs());
    const auto put =
        container.carry_out({"PUT", key, {}, {{"x-ms-blob-type", "BlockBlob"}, {"Content-Type", "a/b"}}, bytes});
    ASSERT_TRUE(put) << put.error().text();
  }

  test::ProviderBench bench_;
  std::unique_ptr<Sources> sources_;
};

TEST_P(ProviderSourcesTest, APackageIsReadInOneStreamAndAnywhere) {
  const std::string content = sample_text(3'500'000, 4);
  place("a b/\xC3\xA9+.tar.gz", content);
  const auto package = sources_->open(at("a b/\xC3\xA9+.tar.gz"));
  ASSERT_TRUE(package) << package.error().text();
  EXPECT_EQ((*package)->identity().size, content.size());
  EXPECT_NE((*package)->identity().tag, "");
  const auto whole = read_all(**package, content.size());
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_TRUE(*whole == content);
  RandomAccess& anywhere = (*package)->anywhere();
  EXPECT_EQ(anywhere.size(), content.size());
  for (const std::uint64_t offset : {std::uint64_t{3'499'990}, std::uint64_t{0}, std::uint64_t{1'048'570},
                                     std::uint64_t{1'048'576}, std::uint64_t{3'500'000}}) {
    std::string into(20, '\0');
    const auto n = anywhere.read_at(offset, std::as_writable_bytes(std::span<char>(into.data(), into.size())));
    ASSERT_TRUE(n) << n.error().text();
    EXPECT_EQ(into.substr(0, *n), content.substr(offset, 20)) << offset;
  }
  EXPECT_TRUE((*package)->check_unchanged());
}

TEST_P(ProviderSourcesTest, AnEmptyPackageIsEmpty) {
  place("empty", "");
  const auto package = sources_->open(at("empty"));
  ASSERT_TRUE(package) << package.error().text();
  const auto whole = read_all(**package, 1);
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, "");
}

TEST_P(ProviderSourcesTest, APackageThatIsReplacedIsNoticed) {
  place("p", sample_text(2'000'000, 1));
  const auto before = sources_->open(at("p"));
  const auto during = sources_->open(at("p"));
  ASSERT_TRUE(before && during);
  ASSERT_TRUE(read_all(**during, 2'000'000));
  place("p", sample_text(2'000'000, 2));
  for (const Result<void>& failed : {[&]() -> Result<void> {
                                       TRY_VOID(read_all(**before, 2'000'000));
                                       return {};
                                     }(),
                                     (*during)->check_unchanged()}) {
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().reason, Reason::conflict);
    EXPECT_EQ(failed.error().act, Act::rejected);
  }
}

TEST_P(ProviderSourcesTest, WhatIsMissingIsTheDepositors) {
  const auto nothing = sources_->open(at("nothing"));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().reason, Reason::not_found);
  EXPECT_EQ(nothing.error().act, Act::rejected);
  EXPECT_EQ(nothing.error().where, at("nothing").text());
  const auto nowhere = sources_->open(at("nothing", "no-such-" + bench_.name));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().reason, Reason::no_container);
  EXPECT_EQ(nowhere.error().act, Act::rejected);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ProviderSourcesTest, testing::Values("s3", "swift", "azure"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace strongroom
