// Goal: slots of the schedule as cron and AWS have them, in UTC, and refusals that tell what is wrong. Method: tables,
// and a comparison with counting minutes one by one.
#include "transfers/schedule.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>

namespace strongroom::transfers {
namespace {

using testing::HasSubstr;

Instant at(const std::string& text) { return parse_instant(text + "Z").value(); }

Schedule schedule(const std::string& text) {
  auto parsed = Schedule::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().text();
  return *parsed;
}

std::string next(const std::string& text, const std::string& after) {
  const auto slot = schedule(text).next_after(at(after));
  return slot ? format_instant(*slot).substr(0, 16) : "never";
}

std::string last(const std::string& text, const std::string& until) {
  const auto slot = schedule(text).last_until(at(until));
  return slot ? format_instant(*slot).substr(0, 16) : "never";
}

TEST(ScheduleTest, MondaysAtAQuarterPastSix) {
  for (const std::string text : {"15 6 * * 1", "15 6 * * MON", "15 6 ? * mon", "cron(15 6 ? * MON *)", " 15  6 * * 1 ",
                                 "cron( 15 6 ? * 2 * )", "CRON(15 6 ? * MON *)"}) {
    SCOPED_TRACE(text);
    // 2026-07-27 is a Monday.
    EXPECT_EQ(next(text, "2026-07-26T23:59:59"), "2026-07-27T06:15");
    EXPECT_EQ(next(text, "2026-07-27T06:14:59.999999"), "2026-07-27T06:15");
    EXPECT_EQ(next(text, "2026-07-27T06:15:00"), "2026-08-03T06:15");
    EXPECT_EQ(next(text, "2026-07-27T09:00:00"), "2026-08-03T06:15");
    EXPECT_EQ(last(text, "2026-07-27T09:00:00"), "2026-07-27T06:15");
    EXPECT_EQ(last(text, "2026-07-27T06:15:00"), "2026-07-27T06:15");
    EXPECT_EQ(last(text, "2026-07-27T06:14:59.999999"), "2026-07-20T06:15");
    EXPECT_EQ(last(text, "2026-08-02T12:00:00"), "2026-07-27T06:15");
  }
}

TEST(ScheduleTest, Next) {
  struct Row {
    std::string text;
    std::string after;
    std::string expected;
  };
  const Row rows[] = {
      {"* * * * *", "2026-12-31T23:59:00", "2027-01-01T00:00"},
      {"*/15 * * * *", "2026-01-01T00:15:00", "2026-01-01T00:30"},
      {"5-20/5 8-9 * * *", "2026-01-01T08:20:00", "2026-01-01T09:05"},
      {"0 0,12 1 */3 *", "2026-02-01T00:00:00", "2026-04-01T00:00"},
      {"0 0 1 jan,Jul *", "2026-01-01T00:00:00", "2026-07-01T00:00"},
      {"0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00"},
      {"0 0 31 * *", "2026-03-31T00:00:00", "2026-05-31T00:00"},
      {"0 0 * * 0", "2026-07-27T00:00:00", "2026-08-02T00:00"},
      {"0 0 * * 7", "2026-07-27T00:00:00", "2026-08-02T00:00"},
      {"0 0 * * sun", "2026-07-27T00:00:00", "2026-08-02T00:00"},
      {"0 0 * * 5-7", "2026-07-27T00:00:00", "2026-07-31T00:00"},
      {"0 0 * * MON-FRI", "2026-07-31T00:00:00", "2026-08-03T00:00"},
      // Day of the month or day of the week where both are told; both where one begins with a star.
      {"0 0 13 * 5", "2026-07-27T00:00:00", "2026-07-31T00:00"},
      {"0 0 13 * 5", "2026-08-08T00:00:00", "2026-08-13T00:00"},
      {"0 0 */2 * 5", "2026-08-01T00:00:00", "2026-08-07T00:00"},
      {"0 0 */2 * 5", "2026-08-07T00:00:00", "2026-08-21T00:00"},
      {"cron(0/20 8 1 * ? *)", "2026-08-01T08:20:00", "2026-08-01T08:40"},
      {"cron(0 8 ? * 1 *)", "2026-07-27T00:00:00", "2026-08-02T08:00"},
      {"cron(0 8 ? * SUN-TUE *)", "2026-07-28T09:00:00", "2026-08-02T08:00"},
      {"cron(0 8 1 1 ? 2030,2040)", "2026-01-01T00:00:00", "2030-01-01T08:00"},
      {"cron(0 8 1 1 ? 2030)", "2030-01-01T08:00:00", "never"},
      {"cron(59 23 31 12 ? 2199)", "2026-01-01T00:00:00", "2199-12-31T23:59"},
  };
  for (const Row& row : rows) EXPECT_EQ(next(row.text, row.after), row.expected) << row.text << " after " << row.after;
  EXPECT_EQ(last("cron(0 8 1 1 ? 2030)", "2029-12-31T00:00:00"), "never");
  EXPECT_EQ(last("0 0 29 2 *", "2027-01-01T00:00:00"), "2024-02-29T00:00");
}

TEST(ScheduleTest, AgreesWithCountingMinutes) {
  const Instant begin = at("2026-01-30T22:00:00");
  for (const std::string text : {"15 6 * * 1", "*/7 */5 */3 * 2,4", "0 12 1,31 1-3/2 5", "59 23 28-31 2 *"}) {
    const Schedule tested = schedule(text);
    Instant minute = begin;
    const auto slot_after = [&](Instant from) {
      for (Instant tried = from + std::chrono::minutes(1);; tried += std::chrono::minutes(1)) {
        if (tested.last_until(tried) == tried) return tried;
      }
    };
    for (int i = 0; i < 6; ++i) {
      const Instant expected = slot_after(minute);
      ASSERT_EQ(tested.next_after(minute), expected) << text;
      ASSERT_EQ(tested.last_until(expected - Duration(1)), i == 0 ? tested.last_until(minute) : minute) << text;
      minute = expected;
    }
  }
}

TEST(ScheduleTest, TellsWhatIsWrong) {
  struct Row {
    std::string text;
    std::string why;
  };
  const Row rows[] = {
      {"", "0 fields, not 5"},
      {"15 6 * *", "4 fields, not 5"},
      {"15 6 ? * MON *", "6 fields, not 5"},
      {"@weekly", "1 fields"},
      {"cron(15 6 ? * MON)", "5 fields, not 6"},
      {"cron(15 6 ? * MON *", "\")\" is missing"},
      {"60 6 * * 1", "\"60\" is no minute (0 to 59)"},
      {"15 24 * * 1", "\"24\" is no hour (0 to 23)"},
      {"15 6 0 * 1", "\"0\" is no day of the month (1 to 31)"},
      {"15 6 * 13 1", "\"13\" is no month (1 to 12)"},
      {"15 6 * * 8", "\"8\" is no day of the week (0 to 7)"},
      {"15 6 * * Mo", "\"Mo\" is no day of the week"},
      {"15 six * * 1", "\"six\" is no hour"},
      {"-1 6 * * 1", "is no minute"},
      {"15, 6 * * 1", "\"\" is no minute"},
      {"? 6 * * 1", "\"?\" is no minute"},
      {"30-10 6 * * 1", "\"30-10\" runs backwards"},
      {"5/15 6 * * 1", "needs a range"},
      {"*/0 6 * * 1", "no number above 0"},
      {"*/x 6 * * 1", "no number above 0"},
      {"0 0 30 2 *", "no day is like that"},
      {"0 0 31 4,6,9,11 *", "no day is like that"},
      {"cron(15 6 * * MON *)", "must be \"?\""},
      {"cron(15 6 ? * ? *)", "must be \"?\""},
      {"cron(15 6 L * ? *)", "\"L\" is no day of the month"},
      {"cron(15 6 ? * 2#1 *)", "\"2#1\" is no day of the week"},
      {"cron(15 6 ? * 0 *)", "\"0\" is no day of the week (1 to 7)"},
      {"cron(15 6 ? * MON 1969)", "\"1969\" is no year"},
  };
  for (const Row& row : rows) {
    const auto parsed = Schedule::parse(row.text);
    ASSERT_FALSE(parsed) << row.text;
    EXPECT_EQ(parsed.error().act, Act::broken);
    EXPECT_THAT(parsed.error().text(), HasSubstr(row.why)) << row.text;
    EXPECT_THAT(parsed.error().text(), HasSubstr("\"" + row.text + "\""));
  }
}

}  // namespace
}  // namespace strongroom::transfers
