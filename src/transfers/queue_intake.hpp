// Queue intake: notifications of an area's queue, taken in one by one (transfers.md 3.3).
//
// A message is removed only once everything in it is durable; one that cannot be read is set aside first. While the
// queue cannot be reached the sweep finds packages. One thread.
#pragma once

#include <stop_token>
#include <string>

#include "ports/message_queue.hpp"
#include "transfers/alarm.hpp"
#include "transfers/intake.hpp"

namespace strongroom::transfers {

class QueueIntake {
 public:
  /// `area`: whose queue it is, for operators. Everything outlives it.
  QueueIntake(const IntakeNeeds& needs, const IntakeSettings& settings, MessageQueue& queue, Alarm& alarm,
              std::string area, std::stop_token stop)
      : needs_(needs),
        settings_(settings),
        queue_(queue),
        alarm_(alarm),
        area_(std::move(area)),
        stop_(std::move(stop)) {}

  /// One batch; how many messages came. An Error is the queue's or the catalogue's; what was not taken comes again.
  Result<std::size_t> take_some(std::chrono::seconds wait);
  /// Everything that is there now.
  Result<void> take_all();
  /// Until a stop is asked for.
  void run();

 private:
  Result<void> take(const QueuedMessage& message);

  const IntakeNeeds& needs_;
  const IntakeSettings& settings_;
  MessageQueue& queue_;
  Alarm& alarm_;
  const std::string area_;
  const std::stop_token stop_;
};

}  // namespace strongroom::transfers
