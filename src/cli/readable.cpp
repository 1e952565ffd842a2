#include "cli/readable.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace strongroom::cli {

std::string readable_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  constexpr std::array<std::string_view, 5> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  std::uint64_t tenths = bytes * 10 / 1024;
  while (tenths >= 10240 && unit + 1 < kUnits.size()) {
    tenths /= 1024;
    ++unit;
  }
  std::string text = std::to_string(tenths / 10);
  if (tenths < 100) text += "." + std::to_string(tenths % 10);
  return text + " " + std::string(kUnits.at(unit));
}

std::string readable_instant(std::string_view text) {
  const std::optional<Instant> instant = parse_instant(text);
  if (!instant) return one_line(text);
  std::string shown = format_instant(*instant).substr(0, 19);
  std::ranges::replace(shown, 'T', ' ');
  return shown;
}

std::string readable_duration(Duration duration) {
  const std::int64_t seconds = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(duration).count());
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* small_unit) {
    return std::to_string(large) + unit + (small > 0 ? " " + std::to_string(small) + small_unit : "");
  };
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  if (seconds < kMinute) return std::to_string(seconds) + " s";
  if (seconds < kHour) return std::to_string(seconds / kMinute) + " min";
  if (seconds < kDay) return two(seconds / kHour, " h", seconds % kHour / kMinute, " min");
  return two(seconds / kDay, " d", seconds % kDay / kHour, " h");
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return number == 1 ? "one " + noun : with_thousands(number) + " " + noun + "s";
}

std::string first_characters(std::string_view text, std::size_t number) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < number && at < text.size(); ++i) {
    if (!next_code_point(text, at)) return std::string(text.substr(0, number));
  }
  return std::string(text.substr(0, at));
}

}  // namespace strongroom::cli
