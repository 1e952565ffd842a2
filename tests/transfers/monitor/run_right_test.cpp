// Goal: one run of the monitor at a time, whoever dies or sleeps (transfers.md 12.1).
// Method: several claimants of one catalogue, their clock moved on, their answers lost.
#include "transfers/run_right.hpp"

#include <gtest/gtest.h>

#include "transfers/monitor/monitor_world.hpp"

namespace strongroom::transfers {
namespace {

class RunRightTest : public testing::Test, protected test::MonitorWorld {
 protected:
  std::optional<RunRight> take() {
    auto taken = RunRight::take(needs_);
    EXPECT_TRUE(taken) << taken.error().text();
    return taken ? std::move(*taken) : std::nullopt;
  }
  RunRightNeeds needs_{catalogue, transfers, clock, entropy, &owners, {"boot", "owner"}};
};

TEST_F(RunRightTest, IsGivenOnceAndAgainWhenItWasGivenBack) {
  auto first = take();
  ASSERT_TRUE(first);
  EXPECT_FALSE(take());
  ASSERT_TRUE(first->renew());
  ASSERT_TRUE(first->give_back());
  EXPECT_TRUE(take());
}

TEST_F(RunRightTest, IsGivenBackByWhoLeaves) {
  {
    EXPECT_TRUE(take());
  }
  EXPECT_TRUE(take());
}

TEST_F(RunRightTest, RunsOutWithoutARenewal) {
  auto first = take();
  ASSERT_TRUE(first);
  clock.pass(RunRight::kHold / 2);
  ASSERT_TRUE(first->renew());
  clock.pass(RunRight::kHold / 2 + std::chrono::seconds(1));
  EXPECT_FALSE(take()) << "it was renewed";
  clock.pass(RunRight::kHold / 2);
  EXPECT_EQ(first->renew().error().reason, Reason::stale_lease) << "somebody may have it by now";
  auto second = take();
  ASSERT_TRUE(second);
  EXPECT_EQ(first->renew().error().reason, Reason::stale_lease);
  ASSERT_TRUE(first->give_back());
  EXPECT_FALSE(take()) << "what the first gives back is not the second's";
  EXPECT_TRUE(second->renew());
}

TEST_F(RunRightTest, ADeadOwnerLosesItAtOnce) {
  auto first = take();
  ASSERT_TRUE(first);
  owners.all_dead = true;
  EXPECT_TRUE(take());
}

TEST_F(RunRightTest, AClockThatWasWrongKeepsNobodyOut) {
  clock.pass(std::chrono::hours(24 * 365));
  auto first = take();
  ASSERT_TRUE(first);
  clock.pass(-std::chrono::hours(24 * 365));
  EXPECT_TRUE(take());
}

TEST_F(RunRightTest, OnlyOneOfTwoAtOnceHasIt) {
  // The other one takes the number between the look and the claim.
  ASSERT_TRUE(catalogue.remember("monitor.run.1", R"({"boot":"b","owner":"o","token":"t","until":")" +
                                                      format_instant(clock.now() + RunRight::kHold) + "\"}"));
  EXPECT_FALSE(take());
}

}  // namespace
}  // namespace strongroom::transfers
