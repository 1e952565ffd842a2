// Goal: what met trouble is tried again often at first and patiently later, and transient trouble alone ends in giving
// up (transfers.md 2.3).
// Method: notes on one attempt after another, with both ends of chance.
#include "transfers/delay.hpp"

#include <gtest/gtest.h>

#include <array>

namespace strongroom::transfers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kRetryFor = hours(72);
const Instant kMorning = *parse_instant("2026-07-31T08:00:00Z");

/// The pause after so many attempts in vain.
Duration pause_after(int attempts, double chance, const Trouble& trouble = {.cause = "no answer"}) {
  std::optional<TransferDelay> delay;
  for (int i = 0; i < attempts; ++i) delay = delayed_again(delay, trouble, kMorning, chance);
  return delay->next_attempt - kMorning;
}

TEST(DelayTest, PausesGrowToAQuarterOfAnHour) {
  constexpr std::array<int, 8> kSeconds = {30, 60, 120, 240, 480, 900, 900, 900};
  for (std::size_t i = 0; i < kSeconds.size(); ++i) {
    EXPECT_EQ(pause_after(static_cast<int>(i) + 1, 0.5), Duration(seconds(kSeconds.at(i)))) << i;
  }
  EXPECT_EQ(pause_after(100'000, 0.5), Duration(minutes(15)));
}

TEST(DelayTest, ChanceSpreadsThemByAFifth) {
  for (const int attempts : {1, 3, 6, 50}) {
    const auto middle = static_cast<double>(pause_after(attempts, 0.5).count());
    EXPECT_NEAR(static_cast<double>(pause_after(attempts, 0).count()), middle * 0.8, 1) << attempts;
    EXPECT_NEAR(static_cast<double>(pause_after(attempts, 1).count()), middle * 1.2, 1) << attempts;
  }
}

TEST(DelayTest, ARemotesWishCountsUpToAnHour) {
  EXPECT_EQ(pause_after(1, 0.5, {.cause = "429", .retry_after = minutes(40)}), Duration(minutes(40)));
  EXPECT_EQ(pause_after(1, 0.5, {.cause = "429", .retry_after = hours(24)}), Duration(hours(1)));
  // What is asked for sooner than it would be tried anyway changes nothing.
  EXPECT_EQ(pause_after(4, 0.5, {.cause = "429", .retry_after = seconds(1)}), Duration(minutes(4)));
}

TEST(DelayTest, TheNoteSaysSinceWhenAndWhy) {
  const TransferDelay first = delayed_again(std::nullopt, {.cause = "no answer"}, kMorning, 0.5);
  EXPECT_EQ(first.since, kMorning);
  EXPECT_EQ(first.attempts, 1);
  const TransferDelay second =
      delayed_again(first, {.cause = "403", .operator_problem = true}, kMorning + minutes(1), 0.5);
  EXPECT_EQ(second.since, kMorning);
  EXPECT_EQ(second.attempts, 2);
  EXPECT_EQ(second.cause, "403");
  EXPECT_TRUE(second.operator_problem);
}

TEST(DelayTest, TransientTroubleIsGivenUpAfterItsTime) {
  const TransferDelay first = delayed_again(std::nullopt, {.cause = "no answer"}, kMorning, 0.5);
  const Instant last = kMorning + kRetryFor;
  EXPECT_FALSE(
      is_given_up(delayed_again(first, {.cause = "cut"}, last - seconds(1), 0.5), kRetryFor, last - seconds(1)));
  EXPECT_TRUE(is_given_up(delayed_again(first, {.cause = "cut"}, last, 0.5), kRetryFor, last));
}

TEST(DelayTest, WhatOperatorsMendUsesUpNoTime) {
  const Trouble transient{.cause = "no answer"};
  const Trouble operators{.cause = "403", .operator_problem = true};
  std::optional<TransferDelay> delay = delayed_again(std::nullopt, transient, kMorning, 0.5);
  const Instant barred = kMorning + hours(70);
  delay = delayed_again(delay, operators, barred, 0.5);
  EXPECT_FALSE(is_given_up(*delay, kRetryFor, barred + hours(24 * 30)));
  // When it is over, the clock begins anew.
  const Instant mended = barred + hours(24 * 30);
  delay = delayed_again(delay, transient, mended, 0.5);
  EXPECT_FALSE(is_given_up(*delay, kRetryFor, mended));
  delay = delayed_again(delay, transient, mended + kRetryFor, 0.5);
  EXPECT_TRUE(is_given_up(*delay, kRetryFor, mended + kRetryFor));
}

}  // namespace
}  // namespace strongroom::transfers
