// Has a filesystem begin to write what lies unwritten in memory, beside whatever its writer does next.
//
// Advice only: the barrier comes later all the same, and finds less left to do. Its errors are the barrier's to tell,
// which asks by a descriptor of its own (CORRECTNESS 1.7). begin() may be called from any thread.
#pragma once

#include <atomic>
#include <memory>

#include "ports/workers.hpp"

namespace strongroom::filesystem {

class WriteOut {
 public:
  explicit WriteOut(std::unique_ptr<Lane> lane) : lane_(std::move(lane)) {}
  /// Returns at once, where the lane has a thread. Nothing is begun while the last one is going on.
  void begin(int directory);

 private:
  std::atomic<bool> busy_ = false;  ///< whoever sets it is the lane's one poster
  std::unique_ptr<Lane> lane_;      ///< last: its end waits for what uses the others
};

}  // namespace strongroom::filesystem
