// Result and Error: values pass through, errors return early, TRY works in both forms.
#include "base/result.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return rejected("odd", std::to_string(number), Reason::unsupported);
  return number / 2;
}

Result<int> quarter(int number) {
  TRY(const int once, half(number));
  TRY(const int twice, half(once));
  return twice;
}

Result<void> check_even(int number) {
  TRY_VOID([&]() -> Result<void> {
    TRY([[maybe_unused]] const int value, half(number));
    return {};
  }());
  return {};
}

TEST(ResultTest, GivesTheValue) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_TRUE(check_even(4));
}

TEST(ResultTest, ReturnsTheFirstError) {
  const auto result = quarter(6);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().act, Act::rejected);
  EXPECT_EQ(result.error().reason, Reason::unsupported);
  EXPECT_EQ(result.error().text(), "odd (3)");
  EXPECT_EQ(check_even(5).error().where, "5");
}

TEST(ResultDeathTest, LookingAtTheValueOfAnErrorIsABug) {
  EXPECT_DEATH((void)half(1).value(), "CHECK failed");
  EXPECT_DEATH((void)half(2).error(), "CHECK failed");
}

}  // namespace
}  // namespace strongroom
