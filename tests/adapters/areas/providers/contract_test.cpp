// Goal: buckets keep the contract of a transfer area.
// Method: every check of contracts/transfer_area_contract.hpp on Ceph's S3 gateway, with and without versions, which
// knows few conditions, and on a strict S3 in memory, which knows them all.
#include <gtest/gtest.h>

#include "adapters/areas/providers/fixture.hpp"
#include "contracts/transfer_area_contract.hpp"

namespace strongroom {
namespace {

struct Kind {
  const char* name;
  const char* server;
  bool versions = false;
};

class AreaProviderContractTest : public testing::TestWithParam<Kind> {};

TEST_P(AreaProviderContractTest, Holds) {
  test::AreaBench bench(GetParam().server, GetParam().versions);
  const contracts::AreaUnderTest subject{
      *bench.area, [&](const std::string& key, const std::string& bytes) { return bench.place(key, bytes); },
      [&](const std::string& key) { return bench.remove(key); }, "contract/", GetParam().versions};
  for (const contracts::NamedCheck& check : contracts::transfer_area_checks(subject)) {
    const Result<void> held = check.run();
    EXPECT_TRUE(held) << check.name << ": " << held.error().text();
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AreaProviderContractTest,
                         testing::Values(Kind{"s3", "STRONGROOM_TEST_S3"},
                                         Kind{"s3_with_versions", "STRONGROOM_TEST_S3", true},
                                         Kind{"vault", "STRONGROOM_TEST_VAULT"}),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace strongroom
