// A disk that has as much room as a test says. Any thread.
// For the simulation of full disks.
#pragma once

#include <atomic>

#include "ports/disk_gauge.hpp"

namespace strongroom::memory {

class MemoryGauge final : public DiskGauge {
 public:
  explicit MemoryGauge(std::uint64_t free) : free_(free) {}
  void set(std::uint64_t free) { free_ = free; }
  Result<std::uint64_t> free_bytes() override { return free_.load(); }

 private:
  std::atomic<std::uint64_t> free_;
};

}  // namespace strongroom::memory
