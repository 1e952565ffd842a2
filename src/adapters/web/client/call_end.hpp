// CallEnd: the moment after which nobody waits for an answer any longer, because the program is being stopped.
//
// Set once, by any thread, and looked at about once a second by whoever waits. A call that is cut off has got no
// answer: it may have been carried out all the same.
#pragma once

#include <atomic>
#include <chrono>

#include "base/instant.hpp"

namespace strongroom::web {

class CallEnd {
 public:
  /// Calls may go on for so long from now.
  void set(Duration grace) { at_ = (Clock::now() + grace).time_since_epoch().count(); }
  [[nodiscard]] bool has_come() const { return Clock::now().time_since_epoch().count() >= at_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::atomic<Clock::rep> at_ = Clock::time_point::max().time_since_epoch().count();
};

}  // namespace strongroom::web
