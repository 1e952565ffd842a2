#include "cli/progress_line.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/readable.hpp"

namespace strongroom::cli {

std::optional<int> Amount::percent() const {
  if (!total || *total == 0) return std::nullopt;
  return static_cast<int>(std::min(1.0, static_cast<double>(done) / static_cast<double>(*total)) * 100);
}

std::string progress_text(const std::string& what, const Amount& amount, std::size_t width) {
  constexpr std::size_t kBar = 20;
  std::string line;
  if (const std::optional<int> percent = amount.percent()) {
    const std::size_t filled = static_cast<std::size_t>(*percent) * kBar / 100;
    const std::string number = std::to_string(*percent);
    line = "[" + std::string(filled, '#') + std::string(kBar - filled, ' ') + "] " +
           std::string(3 - std::min<std::size_t>(3, number.size()), ' ') + number + " %  ";
  }
  line += one_line(what) + "  " + readable_size(amount.done);
  if (amount.total) line += " of " + readable_size(*amount.total);
  if (amount.per_second) line += "  " + readable_size(*amount.per_second) + "/s";
  if (amount.seconds_left) line += "  " + readable_duration(std::chrono::seconds(*amount.seconds_left)) + " left";
  return first_characters(line, width);
}

void ProgressLine::show(const std::string& what, const Amount& amount, Duration now) {
  if (!console_.is_interactive()) return;
  if (shown_at_ && now - *shown_at_ < std::chrono::milliseconds(100)) return;
  shown_at_ = now;
  visible_ = true;
  // The last column stays free: a full line would wrap on some terminals.
  console_.err("\r\x1B[K" + progress_text(what, amount, console_.width() - 1));
}

void ProgressLine::clear() {
  if (visible_) console_.err("\r\x1B[K");
  visible_ = false;
}

}  // namespace strongroom::cli
