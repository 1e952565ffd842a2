// When the monitor reports: a schedule in the manner of cron, always in UTC (transfers.md 1.2, 12.1).
//
// Five fields: minute, hour, day of the month, month, day of the week; each `*`, or a list of values, ranges and steps;
// months and days of the week also by name. Or the form of AWS, `cron(15 6 ? * MON *)`, with a year and with Sunday as
// 1; its `L`, `W` and `#` are not understood. Plain values and pure functions: any thread.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom::transfers {

class Schedule {
 public:
  /// Broken, with the field and what is wrong with it; also for one that never comes.
  [[nodiscard]] static Result<Schedule> parse(std::string_view text);

  /// The first slot after `instant`; nothing when its years are over.
  [[nodiscard]] std::optional<Instant> next_after(Instant instant) const;
  /// The last slot at `instant` or before it; nothing when there was none since 1970.
  [[nodiscard]] std::optional<Instant> last_until(Instant instant) const;

 private:
  Schedule() = default;
  friend struct ScheduleReader;

  [[nodiscard]] bool has_month(std::chrono::year_month month) const;
  [[nodiscard]] bool has_day(std::chrono::year_month_day date) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;   ///< Sunday is 0
  std::bitset<230> years_;    ///< since 1970
  bool any_of_both_ = false;  ///< a day that fits one of days_ and weekdays_ is enough
};

}  // namespace strongroom::transfers
