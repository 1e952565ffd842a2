#include "cli/progress_line.hpp"

#include <algorithm>
#include <array>
#include <string_view>

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

std::string progress_text(const std::string& what, std::uint64_t done, std::optional<std::uint64_t> total,
                          std::size_t width) {
  constexpr std::size_t kBar = 20;
  std::string line;
  if (total && *total > 0) {
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
    const auto filled = static_cast<std::size_t>(part * kBar);
    const std::string percent = std::to_string(static_cast<int>(part * 100));
    line = "[" + std::string(filled, '#') + std::string(kBar - filled, ' ') + "] " +
           std::string(3 - std::min<std::size_t>(3, percent.size()), ' ') + percent + " %  ";
  }
  line += what + "  " + readable_size(done);
  if (total) line += " of " + readable_size(*total);
  return line.substr(0, width);
}

void ProgressLine::show(const std::string& what, std::uint64_t done, std::optional<std::uint64_t> total, Duration now) {
  if (!console_.is_interactive()) return;
  if (shown_at_ && now - *shown_at_ < std::chrono::milliseconds(100)) return;
  shown_at_ = now;
  visible_ = true;
  // The last column stays free: a full line would wrap on some terminals.
  console_.err("\r\x1B[K" + progress_text(what, done, total, console_.width() - 1));
}

void ProgressLine::clear() {
  if (visible_) console_.err("\r\x1B[K");
  visible_ = false;
}

}  // namespace strongroom::cli
