// Goal: each slot of the schedule is reported once, made up when it was missed, and tried again when it could not be
// reported (transfers.md 12.1; case F11 of cases-transfers.md).
// Method: a world in memory whose clock is set to days of the week; instances that look at it in turns.
#include "transfers/monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/monitor/monitor_world.hpp"

namespace strongroom::transfers {
namespace {

using test::answer_of;
using test::MonitorWorld;
using testing::HasSubstr;

constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kMinute = std::chrono::minutes(1);

Instant at(std::string_view text) { return parse_instant(text).value(); }

class MonitorTest : public testing::Test, protected MonitorWorld {
 protected:
  void set_clock(std::string_view text) { clock.wall = at(text); }
  /// An instance that was started now.
  Monitor instance() { return {monitor_needs, monitor, schedule, stop.get_token()}; }
  void look(Monitor& one) {
    mortal.dead = false;
    const auto looked = one.look();
    EXPECT_TRUE(looked) << looked.error().text();
  }
  void live(Monitor& one, Duration time) {
    for (const Instant end = clock.now() + time; clock.now() < end; clock.pass(kMinute)) look(one);
    look(one);
  }
  [[nodiscard]] std::size_t reports() const { return readers.accepted.size(); }

  const Schedule schedule = Schedule::parse("15 6 * * 1").value();
};

TEST_F(MonitorTest, F11_ANewInstallationBeginsWithItsFirstSlot) {
  set_clock("2026-08-02T12:00:00Z");  // a Sunday
  Monitor one = instance();
  live(one, 18 * kHour);
  EXPECT_EQ(reports(), 0U);
  live(one, kHour);
  EXPECT_EQ(reports(), 1U);
  live(one, 24 * kHour);
  EXPECT_EQ(reports(), 1U);
  EXPECT_THAT(test::text_of(readers.accepted), HasSubstr("in the last 14 days"));
}

TEST_F(MonitorTest, F11_AMissedSlotIsMadeUpOnce) {
  set_clock("2026-07-27T06:10:00Z");  // a Monday
  {
    Monitor one = instance();
    live(one, kHour);
  }
  ASSERT_EQ(reports(), 1U);
  set_clock("2026-08-03T09:00:00Z");
  Monitor later = instance();
  live(later, 3 * kHour);
  EXPECT_EQ(reports(), 2U);
}

TEST_F(MonitorTest, F11_StartedAfterTheRunOfTheWeekThereIsNone) {
  set_clock("2026-07-27T06:10:00Z");
  {
    Monitor one = instance();
    live(one, kHour);
  }
  set_clock("2026-08-02T12:00:00Z");
  Monitor later = instance();
  live(later, kHour);
  EXPECT_EQ(reports(), 1U);
}

TEST_F(MonitorTest, F11_TwoInstancesReportOnce) {
  set_clock("2026-07-27T06:10:00Z");
  Monitor one = instance();
  Monitor other = instance();
  // The other one looks while the first is at it, and again afterwards.
  readers.before_answer = [&] { look(other); };
  for (int minute = 0; minute < 60; ++minute, clock.pass(kMinute)) {
    look(one);
    look(other);
  }
  EXPECT_EQ(reports(), 1U);
}

TEST_F(MonitorTest, WhatCouldNotBeReportedIsTriedAfterAnHourForADay) {
  set_clock("2026-07-27T06:10:00Z");
  failed_package("born-digital/b.zip", "T-2");
  Monitor one = instance();
  readers.always = answer_of(500);
  live(one, kHour);
  ASSERT_EQ(reports(), 0U);
  const std::size_t posted = readers.posted.size();
  live(one, 20 * kMinute);
  EXPECT_GT(readers.posted.size(), posted);
  readers.always = {.kind = WebhookAnswer::Kind::accepted};
  live(one, 2 * kHour);
  EXPECT_EQ(reports(), 1U);
  live(one, 24 * kHour);
  EXPECT_EQ(reports(), 1U);
}

TEST_F(MonitorTest, AfterADayItIsGivenUp) {
  set_clock("2026-07-27T06:10:00Z");
  Monitor one = instance();
  readers.always = answer_of(500);
  live(one, 27 * kHour);
  EXPECT_THAT(log.text, HasSubstr("report_given_up"));
  const std::size_t posted = readers.posted.size();
  live(one, 24 * kHour);
  EXPECT_EQ(readers.posted.size(), posted);
  readers.always = {.kind = WebhookAnswer::Kind::accepted};
  set_clock("2026-08-03T06:14:00Z");
  live(one, kHour);
  EXPECT_EQ(reports(), 1U);
}

TEST_F(MonitorTest, AReportMadeByHandServesTheSlotBeforeIt) {
  set_clock("2026-07-27T06:10:00Z");
  {
    Monitor one = instance();
    look(one);
  }
  set_clock("2026-07-27T08:00:00Z");
  EXPECT_EQ(run().end, RunEnd::done);
  Monitor later = instance();
  live(later, kHour);
  EXPECT_EQ(reports(), 1U);
}

TEST_F(MonitorTest, WhatCouldNotBeRemovedIsTriedAgainBetweenReports) {
  set_clock("2026-07-27T06:10:00Z");
  Monitor one = instance();
  look(one);
  stored_package("born-digital/pkg.zip");
  area.set_hook([](std::string_view step, const std::string&) -> Result<void> {
    if (step == "erase.delete") return temporary("the store answered 503");
    return {};
  });
  live(one, 2 * kHour);
  ASSERT_EQ(reports(), 1U);
  EXPECT_TRUE(is_there("born-digital/pkg.zip"));
  area.set_hook({});
  live(one, 2 * kHour);
  EXPECT_EQ(reports(), 1U);
  EXPECT_FALSE(is_there("born-digital/pkg.zip"));
}

TEST_F(MonitorTest, ItEndsWhenItIsAskedToStop) {
  stop.request_stop();
  instance().run();
  EXPECT_EQ(reports(), 0U);
}

}  // namespace
}  // namespace strongroom::transfers
