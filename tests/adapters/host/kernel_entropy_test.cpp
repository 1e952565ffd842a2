// The kernel's chance: every byte is filled, and no two draws are alike.
#include "adapters/host/kernel_entropy.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace strongroom::host {
namespace {

// 4,096 bytes in which some value of a byte never occurs have a probability far below 10^-4 each run for all of them;
// an unfilled tail would leave zeros only.
TEST(KernelEntropyTest, FillsEveryByte) {
  KernelEntropy entropy;
  std::vector<std::byte> bytes(1 << 16);
  entropy.fill(bytes);
  const std::set<std::byte> first(bytes.begin(), bytes.begin() + 4096);
  const std::set<std::byte> last(bytes.end() - 4096, bytes.end());
  EXPECT_GT(first.size(), 200U);
  EXPECT_GT(last.size(), 200U);
}

TEST(KernelEntropyTest, NothingToFillIsFine) {
  KernelEntropy entropy;
  entropy.fill({});
}

TEST(KernelEntropyTest, DrawsDiffer) {
  KernelEntropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_uuid(entropy));
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace strongroom::host
