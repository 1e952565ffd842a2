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

/// `1.4 GiB`, `12 KiB`, `7 bytes`.
[[nodiscard]] std::string readable_size(std::uint64_t bytes);

/// `[#####     ]  50 %  what  1.4 GiB of 2.8 GiB`, at most `width` columns; without a total only the bytes.
[[nodiscard]] std::string progress_text(const std::string& what, std::uint64_t done, std::optional<std::uint64_t> total,
                                        std::size_t width);

class ProgressLine {
 public:
  explicit ProgressLine(host::Console& console) : console_(console) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows the line, not more often than ten times a second; `now` is time since boot.
  void show(const std::string& what, std::uint64_t done, std::optional<std::uint64_t> total, Duration now);
  void clear();

 private:
  host::Console& console_;
  std::optional<Duration> shown_at_;
  bool visible_ = false;
};

}  // namespace strongroom::cli
