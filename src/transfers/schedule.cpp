#include "transfers/schedule.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace strongroom::transfers {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2199;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  std::string_view name;
  int least;
  int most;
  const std::string_view* names = nullptr;  ///< for `least` and on
  std::size_t named = 0;
};

constexpr Field kMinute = {"minute", 0, 59};
constexpr Field kHour = {"hour", 0, 23};
constexpr Field kDay = {"day of the month", 1, 31};
constexpr Field kMonth = {"month", 1, 12, kMonths.data(), kMonths.size()};
constexpr Field kWeekday = {"day of the week", 0, 7, kWeekdays.data(), kWeekdays.size()};
constexpr Field kWeekdayOfAws = {"day of the week", 1, 7, kWeekdays.data(), kWeekdays.size()};
constexpr Field kYear = {"year", kFirstYear, kLastYear};

Error wrong(std::string_view text, std::string_view why) {
  return broken("the schedule \"" + std::string(text) + "\" cannot be used: " + std::string(why));
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

Result<int> read_value(const Field& field, std::string_view text) {
  const std::string lower = to_lower_ascii(text);
  for (std::size_t i = 0; i < field.named; ++i) {
    if (lower == field.names[i]) return field.least + static_cast<int>(i);
  }
  const auto number = parse_number(text);
  if (number && *number >= static_cast<std::uint64_t>(field.least) &&
      *number <= static_cast<std::uint64_t>(field.most)) {
    return static_cast<int>(*number);
  }
  return broken(quoted(text) + " is no " + std::string(field.name) + " (" + std::to_string(field.least) + " to " +
                std::to_string(field.most) + ")");
}

/// `5`, `1-5`, `*/15`, `10-20/5`; `5/15`, from 5 on, where `open_steps`. Values into `into`.
Result<void> read_item(const Field& field, std::string_view item, bool open_steps, std::vector<int>& into) {
  const std::size_t slash = item.find('/');
  const std::string_view range = item.substr(0, slash);
  const std::size_t dash = range.find('-');
  int first = field.least;
  int last = field.most;
  if (range != "*") {
    TRY(first, read_value(field, range.substr(0, dash)));
    last = first;
    if (dash != std::string_view::npos) {
      TRY(last, read_value(field, range.substr(dash + 1)));
    }
    if (last < first) return broken("the range " + quoted(range) + " runs backwards");
  }
  std::uint64_t step = 1;
  if (slash != std::string_view::npos) {
    const auto number = parse_number(item.substr(slash + 1));
    if (!number || *number == 0) return broken("the step of " + quoted(item) + " is no number above 0");
    step = std::min<std::uint64_t>(*number, 10'000);
    if (range != "*" && dash == std::string_view::npos) {
      if (!open_steps) return broken("the step of " + quoted(item) + " needs a range or \"*\" before it");
      last = field.most;
    }
  }
  for (int value = first; value <= last; value += static_cast<int>(step)) into.push_back(value);
  return {};
}

Result<std::vector<int>> read_field(const Field& field, std::string_view text, bool is_aws) {
  const bool may_be_open = field.name == kDay.name || field.name == kWeekday.name;
  if (text == "?" && may_be_open) text = "*";
  std::vector<int> values;
  for (const std::string_view item : split(text, ',')) {
    TRY_VOID(read_item(field, item, is_aws, values));
  }
  return values;
}

template <std::size_t size>
void set_all(std::bitset<size>& bits, const std::vector<int>& values, int offset = 0) {
  for (const int value : values) bits.set(static_cast<std::size_t>(value - offset));
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

year_month month_of(sys_days day) {
  const year_month_day date(day);
  return {date.year(), date.month()};
}

}  // namespace

struct ScheduleReader {
  /// The fields `words`, of which the sixth is the year in the form of AWS.
  static Result<Schedule> read(const std::vector<std::string_view>& words, bool is_aws) {
    if (is_aws && (words[2] == "?") == (words[4] == "?")) {
      return broken("one of day of the month and day of the week must be \"?\", and the other one not");
    }
    Schedule schedule;
    TRY(const std::vector<int> minutes, read_field(kMinute, words[0], is_aws));
    TRY(const std::vector<int> hours, read_field(kHour, words[1], is_aws));
    TRY(const std::vector<int> month_days, read_field(kDay, words[2], is_aws));
    TRY(const std::vector<int> year_months, read_field(kMonth, words[3], is_aws));
    TRY(const std::vector<int> weekdays, read_field(is_aws ? kWeekdayOfAws : kWeekday, words[4], is_aws));
    TRY(const std::vector<int> years, read_field(kYear, is_aws ? words[5] : "*", is_aws));
    set_all(schedule.minutes_, minutes);
    set_all(schedule.hours_, hours);
    set_all(schedule.days_, month_days);
    set_all(schedule.months_, year_months);
    for (const int value : weekdays) schedule.weekdays_.set(static_cast<std::size_t>(is_aws ? value - 1 : value % 7));
    set_all(schedule.years_, years, kFirstYear);
    // As in cron: where both are told, either is enough.
    const auto is_open = [](std::string_view word) { return word.starts_with('*') || word == "?"; };
    schedule.any_of_both_ = !is_open(words[2]) && !is_open(words[4]);
    return schedule;
  }
};

Result<Schedule> Schedule::parse(std::string_view text) {
  const std::string_view whole = trim_blanks(text);
  const bool is_aws = to_lower_ascii(whole).starts_with("cron(");
  std::string_view fields = whole;
  if (is_aws) {
    if (!whole.ends_with(')')) return wrong(text, "a \")\" is missing at its end");
    fields = whole.substr(5, whole.size() - 6);
  }
  const std::vector<std::string_view> words = words_of(fields);
  const std::size_t wanted = is_aws ? 6 : 5;
  if (words.size() != wanted) {
    return wrong(text, "it has " + std::to_string(words.size()) + " fields, not " + std::to_string(wanted) +
                           " (minute, hour, day of the month, month, day of the week" + (is_aws ? ", year)" : ")"));
  }
  auto schedule = ScheduleReader::read(words, is_aws);
  if (!schedule) return wrong(text, schedule.error().what);
  if (!schedule->next_after(sys_days(year(kFirstYear) / 1 / 1) - std::chrono::minutes(1))) {
    return wrong(text, "no day is like that");
  }
  return schedule;
}

bool Schedule::has_month(year_month month) const {
  const int since = static_cast<int>(month.year()) - kFirstYear;
  return since >= 0 && since <= kLastYear - kFirstYear && years_.test(static_cast<std::size_t>(since)) &&
         months_.test(static_cast<unsigned>(month.month()));
}

bool Schedule::has_day(year_month_day date) const {
  const bool day = days_.test(static_cast<unsigned>(date.day()));
  const bool weekday = weekdays_.test(std::chrono::weekday(sys_days(date)).c_encoding());
  return any_of_both_ ? day || weekday : day && weekday;
}

std::optional<Instant> Schedule::next_after(Instant instant) const {
  const sys_days first = std::chrono::floor<days>(instant);
  for (year_month month = month_of(first); month.year() <= year(kLastYear); month += months(1)) {
    if (!has_month(month)) continue;
    const sys_days end = (month / std::chrono::last);
    for (sys_days day = std::max<sys_days>(first, month / 1); day <= end; day += days(1)) {
      if (!has_day(day)) continue;
      for (std::size_t minute = 0; minute < 24 * 60; ++minute) {
        const Instant slot = day + std::chrono::minutes(minute);
        if (slot > instant && hours_.test(minute / 60) && minutes_.test(minute % 60)) return slot;
      }
    }
  }
  return std::nullopt;
}

std::optional<Instant> Schedule::last_until(Instant instant) const {
  const sys_days last = std::chrono::floor<days>(instant);
  for (year_month month = month_of(last); month.year() >= year(kFirstYear); month -= months(1)) {
    if (!has_month(month)) continue;
    const sys_days begin = month / 1;
    for (sys_days day = std::min<sys_days>(last, month / std::chrono::last); day >= begin; day -= days(1)) {
      if (!has_day(day)) continue;
      for (std::size_t minute = 24 * 60; minute-- > 0;) {
        const Instant slot = day + std::chrono::minutes(minute);
        if (slot <= instant && hours_.test(minute / 60) && minutes_.test(minute % 60)) return slot;
      }
    }
  }
  return std::nullopt;
}

}  // namespace strongroom::transfers
