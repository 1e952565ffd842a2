// How much of large objects may be held in memory on their way to providers, by all uploads together.
//
// Whoever has no room waits for others to be done with theirs. All calls may come from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace strongroom::remote {

class PartRoom {
 public:
  explicit PartRoom(std::uint64_t bytes) : free_(bytes), all_(bytes) {}

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
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::uint64_t free_;
  const std::uint64_t all_;
};

}  // namespace strongroom::remote
