// What large objects on their way to providers may take of this process: so much memory for all uploads together, and
// threads to send parts side by side.
//
// Whoever has no room waits for others to be done with theirs. All calls may come from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "ports/workers.hpp"

namespace strongroom::remote {

class PartRoom {
 public:
  /// `workers` outlives it; without them parts are sent one after the other.
  explicit PartRoom(std::uint64_t bytes, Workers* workers = nullptr) : workers_(workers), free_(bytes), all_(bytes) {}

  /// A line for sending parts.
  std::unique_ptr<Lane> lane() { return workers_ == nullptr ? std::make_unique<InlineLane>() : workers_->lane(); }

  /// Room for one part, given back at its end. More than there is at all counts as all of it.
  class Hold {
   public:
    Hold(PartRoom& room, std::uint64_t bytes);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    PartRoom& room_;
    const std::uint64_t bytes_;
  };

 private:
  Workers* const workers_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::uint64_t free_;
  const std::uint64_t all_;
};

}  // namespace strongroom::remote
