// The contracts of ports/object_store.hpp and of deposits without staging, on real servers: Ceph's S3 gateway,
// OpenStack Swift's S3 interface and Microsoft's emulator of Azure Blob Storage; and on an S3 in memory that checks,
// keeps and tells checksums.
#include <gmock/gmock.h>

#include "adapters/objects/providers/fixture.hpp"
#include "adapters/objects/remote/identity.hpp"
#include "adapters/objects/remote/location.hpp"
#include "contracts/deposit_contract.hpp"
#include "contracts/object_store_contract.hpp"

namespace strongroom {
namespace {

using contracts::NamedCheck;

constexpr const char* kSwift = "STRONGROOM_TEST_SWIFT";

/// A store of a kind, made in an empty place.
struct Kind {
  const char* name;
  std::function<std::unique_ptr<remote::RemoteStore>(test::ProviderBench&)> make;
  bool has_races = true;  ///< knows who comes first
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

std::vector<Kind> kinds() {
  const auto looking = [](const char* server, const char* prefix) {
    return [=](test::ProviderBench& bench) { return bench.s3_store({prefix, "", s3::CreateOnly::by_looking}, server); };
  };
  return {{"s3", [](test::ProviderBench& bench) { return bench.s3_store(); }},
          {"s3_below_a_prefix",
           [](test::ProviderBench& bench) { return bench.s3_store({"arch ive/\xC3\xA9+/", "STANDARD_IA"}); }},
          {"s3_looking", looking("STRONGROOM_TEST_S3", ""), false},
          {"swift_below_a_prefix", looking(kSwift, "arch ive/\xC3\xA9+/"), false},
          {"s3_with_checksums", [](test::ProviderBench& bench) { return bench.s3_store({}, "STRONGROOM_TEST_VAULT"); }},
          {"azure", [](test::ProviderBench& bench) { return bench.azure_store(); }},
          // So small that most of what the contract writes goes in blocks.
          {"azure_blocks_below_a_prefix",
           [](test::ProviderBench& bench) { return bench.azure_store({"arch ive/\xC3\xA9+/", "Cool", 1U << 16U}); }}};
}

class ProviderContractTest : public testing::TestWithParam<Kind> {};

TEST_P(ProviderContractTest, ObjectStore) {
  test::ProviderBench bench;
  const auto store = GetParam().make(bench);
  for (const NamedCheck& check : contracts::object_store_checks({*store, bench.workers, "contract/"})) {
    if (!GetParam().has_races && check.name == contracts::kRaceCheck) continue;
    const Result<void> held = check.run();
    EXPECT_TRUE(held) << check.name << ": " << held.error().text();
  }
}

TEST_P(ProviderContractTest, DepositsWithoutStaging) {
  test::ProviderBench bench;
  const auto store = GetParam().make(bench);
  const auto uuid = remote::init_location(*store, "a label", bench.entropy);
  ASSERT_TRUE(uuid) << uuid.error().text();
  remote::DirectDepository depository(*store, *uuid, false);
  for (const NamedCheck& check : contracts::direct_deposit_checks({depository, *store, bench.workers, "run"})) {
    const Result<void> held = check.run();
    EXPECT_TRUE(held) << check.name << ": " << held.error().text();
  }
}

TEST_P(ProviderContractTest, ALocationIsItself) {
  test::ProviderBench bench;
  const auto nobody = remote::Location::open(GetParam().make(bench), "");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().reason, Reason::not_found);
  const auto uuid = remote::init_location(*GetParam().make(bench), "a \"label\"", bench.entropy);
  ASSERT_TRUE(uuid) << uuid.error().text();
  const auto again = remote::init_location(*GetParam().make(bench), "another", bench.entropy);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::already_exists);
  for (const std::string& expected : {std::string(), *uuid}) {
    const auto location = remote::Location::open(GetParam().make(bench), expected);
    ASSERT_TRUE(location) << location.error().text();
    EXPECT_EQ((*location)->uuid(), *uuid);
  }
  const auto other = remote::Location::open(GetParam().make(bench), "another-uuid");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().act, Act::temporary);
  EXPECT_EQ(other.error().reason, Reason::conflict);
}

TEST(CreateOnlyTest, AStoreWithoutConditionsIsFoundOutAndNothingIsWritten) {
  test::ProviderBench bench;
  const auto store = bench.s3_store({}, kSwift);
  for (const Result<void>& told : {store->put("k", contracts::spec_of("content"), contracts::opener_of("content")),
                                   remote::probe_create_only(*store)}) {
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().reason, Reason::unsupported) << told.error().text();
    EXPECT_EQ(told.error().act, Act::broken);
    EXPECT_THAT(told.error().text(), testing::HasSubstr("createOnly = \"look\""));
  }
  const auto keys = contracts::keys_below(*store, "");
  ASSERT_TRUE(keys) << keys.error().text();
  EXPECT_THAT(*keys, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, ProviderContractTest, testing::ValuesIn(kinds()),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace strongroom
