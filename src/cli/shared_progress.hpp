// A progress line that several threads add to.
//
// Bytes are counted by all; whoever finds the line free shows them, nobody waits.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "cli/command.hpp"
#include "cli/progress_line.hpp"
#include "ports/clock.hpp"

namespace strongroom::cli {

class SharedProgress {
 public:
  SharedProgress(const Surroundings& surroundings, std::string what, std::optional<std::uint64_t> total)
      : clock_(surroundings.clock), line_(surroundings.console), what_(std::move(what)), total_(total) {}

  void add(std::uint64_t bytes) {
    const std::uint64_t done = bytes_.fetch_add(bytes) + bytes;
    if (showing_.test_and_set(std::memory_order_acquire)) return;
    line_.show(what_, {.done = done, .total = total_}, clock_.since_boot());
    showing_.clear(std::memory_order_release);
  }

 private:
  Clock& clock_;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic_flag showing_;
  ProgressLine line_;
  const std::string what_;
  const std::optional<std::uint64_t> total_;
};

}  // namespace strongroom::cli
