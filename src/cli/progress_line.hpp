// One line at the bottom of a terminal that shows how far something has come; nothing where there is no terminal.
//
// One thread at a time. Whatever else is printed goes through clear() first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/host/console.hpp"
#include "base/instant.hpp"

namespace strongroom::cli {

/// How much of something has been done.
struct Amount {
  std::uint64_t done = 0;  ///< bytes
  std::optional<std::uint64_t> total{};
  std::optional<std::uint64_t> per_second{};
  std::optional<std::uint64_t> seconds_left{};

  /// Whole per cent, at most 100; nothing without a total.
  [[nodiscard]] std::optional<int> percent() const;
};

/// `[#####     ]  50 %  what  1.4 GiB of 2.8 GiB  120 MiB/s  12 s left`, at most `width` characters; without a total
/// there is no bar.
[[nodiscard]] std::string progress_text(const std::string& what, const Amount& amount, std::size_t width);

class ProgressLine {
 public:
  explicit ProgressLine(host::Console& console) : console_(console) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows the line, not more often than ten times a second; `now` is time since boot.
  void show(const std::string& what, const Amount& amount, Duration now);
  void clear();

 private:
  host::Console& console_;
  std::optional<Duration> shown_at_;
  bool visible_ = false;
};

}  // namespace strongroom::cli
