// Goal: ten failures of a pair within a minute make that pair wait for the rest of it, and nobody else; memory stays
// bounded. Method: instants passed in.
#include "api/throttle.hpp"

#include <gtest/gtest.h>

namespace strongroom::api {
namespace {

TEST(ThrottleTest, CountsPairsWithinAMinute) {
  Throttle throttle;
  const Duration start = std::chrono::hours(1);
  for (int i = 0; i < 9; ++i) throttle.count_failure("a", "::1", start);
  EXPECT_EQ(throttle.wait_for("a", "::1", start), std::nullopt);
  throttle.count_failure("a", "::1", start + std::chrono::seconds(30));
  EXPECT_EQ(throttle.wait_for("a", "::1", start + std::chrono::milliseconds(30'500)), 30);
  EXPECT_EQ(throttle.wait_for("a", "::2", start), std::nullopt);
  EXPECT_EQ(throttle.wait_for("b", "::1", start), std::nullopt);
  EXPECT_EQ(throttle.wait_for("a", "::1", start + std::chrono::seconds(60)), std::nullopt);
  throttle.count_failure("a", "::1", start + std::chrono::seconds(61));
  EXPECT_EQ(throttle.wait_for("a", "::1", start + std::chrono::seconds(61)), std::nullopt);
}

TEST(ThrottleTest, MemoryIsBounded) {
  Throttle throttle;
  for (int i = 0; i < 50'000; ++i) throttle.count_failure(std::to_string(i), "::1", Duration(i));
  for (int i = 0; i < 10; ++i) throttle.count_failure("a", "::1", Duration(50'000));
  EXPECT_TRUE(throttle.wait_for("a", "::1", Duration(50'000)).has_value());
}

}  // namespace
}  // namespace strongroom::api
