#include "base/instant.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace strongroom {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

// strftime would follow the locale; these names are fixed.
constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads exactly `count` ASCII digits at `at` and moves on.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += count;
  return value;
}

bool literal(std::string_view text, std::size_t& at, char expected) {
  if (at >= text.size() || text[at] != expected) return false;
  ++at;
  return true;
}

std::optional<sys_days> date_at(std::string_view text, std::size_t& at) {
  const auto y = digits(text, at, 4);
  if (!y || !literal(text, at, '-')) return std::nullopt;
  const auto m = digits(text, at, 2);
  if (!m || !literal(text, at, '-')) return std::nullopt;
  const auto d = digits(text, at, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

/// The fraction after a dot: 1 to 9 digits; what lies beyond microseconds is dropped.
std::optional<Duration> fraction_at(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return Duration{0};
  ++at;
  std::int64_t value = 0;
  int read = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++read) {
    if (read < 6) value = value * 10 + (text[at] - '0');
  }
  if (read == 0 || read > 9) return std::nullopt;
  for (int i = read; i < 6; ++i) value *= 10;
  return Duration{value};
}

std::optional<minutes> offset_at(std::string_view text, std::size_t& at) {
  if (at >= text.size()) return std::nullopt;
  const char sign = text[at++];
  if (sign == 'Z' || sign == 'z') return minutes{0};
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto h = digits(text, at, 2);
  if (!h || *h > 23 || !literal(text, at, ':')) return std::nullopt;
  const auto m = digits(text, at, 2);
  if (!m || *m > 59) return std::nullopt;
  const minutes offset = hours{*h} + minutes{*m};
  return sign == '+' ? offset : -offset;
}

}  // namespace

std::string format_instant(Instant instant) {
  const auto date = floor<days>(instant);
  const year_month_day ymd{date};
  const auto in_day = instant - date;
  const auto h = floor<hours>(in_day);
  const auto m = floor<minutes>(in_day - h);
  const auto s = floor<seconds>(in_day - h - m);
  const auto us = in_day - h - m - s;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), static_cast<int>(h.count()),
                static_cast<int>(m.count()), static_cast<int>(s.count()), static_cast<int>(us.count()));
  return text.data();
}

std::string format_http_date(Instant instant) {
  const auto date = floor<days>(instant);
  const year_month_day ymd{date};
  const std::chrono::hh_mm_ss time{floor<seconds>(instant - date)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday{date}.c_encoding()], static_cast<unsigned>(ymd.day()),
                kMonths[static_cast<unsigned>(ymd.month()) - 1], static_cast<int>(ymd.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::optional<Instant> parse_http_date(std::string_view text) {
  constexpr std::size_t kDay = 5;
  constexpr std::size_t kMonth = 8;
  constexpr std::size_t kYear = 12;
  constexpr std::size_t kTime = 17;
  if (text.size() < kTime) return std::nullopt;
  std::size_t at = kDay;
  const auto day_number = digits(text, at, 2);
  at = kYear;
  const auto year_number = digits(text, at, 4);
  const auto* month_name = std::find(kMonths.begin(), kMonths.end(), text.substr(kMonth, 3));
  at = kTime;
  const auto h = digits(text, at, 2);
  const auto m = h && literal(text, at, ':') ? digits(text, at, 2) : std::nullopt;
  const auto s = m && literal(text, at, ':') ? digits(text, at, 2) : std::nullopt;
  if (!day_number || !year_number || month_name == kMonths.end() || !s) return std::nullopt;
  const auto month_number = static_cast<unsigned>(month_name - kMonths.begin() + 1);
  const year_month_day date{year{*year_number}, month{month_number}, day{static_cast<unsigned>(*day_number)}};
  if (!date.ok()) return std::nullopt;
  const Instant instant = sys_days{date} + hours{*h} + minutes{*m} + seconds{*s};
  // Whatever else is in the text, a wrong day of the week among it, is not as it should be.
  return format_http_date(instant) == text ? std::optional(instant) : std::nullopt;
}

std::optional<Instant> parse_instant(std::string_view text) {
  std::size_t at = 0;
  const auto date = date_at(text, at);
  if (!date) return std::nullopt;
  if (!literal(text, at, 'T') && !literal(text, at, 't')) return std::nullopt;
  const auto h = digits(text, at, 2);
  if (!h || *h > 23 || !literal(text, at, ':')) return std::nullopt;
  const auto m = digits(text, at, 2);
  if (!m || *m > 59 || !literal(text, at, ':')) return std::nullopt;
  const auto s = digits(text, at, 2);
  if (!s || *s > 59) return std::nullopt;
  const auto fraction = fraction_at(text, at);
  if (!fraction) return std::nullopt;
  const auto offset = offset_at(text, at);
  if (!offset || at != text.size()) return std::nullopt;
  return Instant(*date) + hours{*h} + minutes{*m} + seconds{*s} + *fraction - *offset;
}

bool is_date(std::string_view text) {
  std::size_t at = 0;
  return text.size() == 10 && date_at(text, at).has_value() && at == text.size();
}

}  // namespace strongroom
