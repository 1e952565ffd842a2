// Who may have a long answer kept elsewhere now: few at once, since each holds a thread of the server meanwhile, and
// nobody for a while after it has failed, since each would wait for the failure anew.
//
// Never waits. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/instant.hpp"
#include "base/limits.hpp"

namespace strongroom::api {

class LargeResponseTurns {
 public:
  static constexpr Duration kRest = std::chrono::minutes(1);

  enum class Answer : std::uint8_t { yes, busy, resting };

  /// `yes` is a turn, to be given back by end(). `now` is Clock::since_boot(), here and below.
  [[nodiscard]] Answer begin(Duration now) {
    if (now.count() < rests_until_.load()) return Answer::resting;
    if (running_.fetch_add(1) < limits::kLargeResponsesAtOnce) return Answer::yes;
    running_.fetch_sub(1);
    return Answer::busy;
  }
  void end() { running_.fetch_sub(1); }
  /// It has failed: nobody has a turn for `kRest`.
  void rest(Duration now) { rests_until_ = (now + kRest).count(); }

 private:
  std::atomic<std::size_t> running_{0};
  std::atomic<Duration::rep> rests_until_{0};
};

}  // namespace strongroom::api
