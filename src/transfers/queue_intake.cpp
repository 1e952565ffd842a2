#include "transfers/queue_intake.hpp"

#include <utility>

#include "transfers/problems.hpp"

namespace strongroom::transfers {
namespace {

/// A stop is not kept waiting for longer.
constexpr std::chrono::seconds kPoll{8};
constexpr Duration kPause = std::chrono::seconds(30);
constexpr std::string_view kSource = "sqs";

}  // namespace

Result<void> QueueIntake::take(const QueuedMessage& message) {
  const auto taken = take_in(needs_, settings_, kSource, message.body);
  if (!taken && taken.error().act != Act::rejected) return taken.error();
  if (!taken) TRY_VOID(set_unreadable_aside(needs_, kSource, message.body, taken.error().what));
  return queue_.remove(message.receipt);
}

Result<std::size_t> QueueIntake::take_some(std::chrono::seconds wait) {
  TRY(const auto messages, queue_.receive(wait));
  for (const QueuedMessage& message : messages) TRY_VOID(take(message));
  return messages.size();
}

Result<void> QueueIntake::take_all() {
  while (!stop_.stop_requested()) {
    TRY(const std::size_t taken, take_some(std::chrono::seconds(0)));
    if (taken == 0) break;
  }
  return {};
}

void QueueIntake::run() {
  const std::string barred = problem::queue(area_);
  std::string told;
  while (!stop_.stop_requested()) {
    const auto taken = take_some(kPoll);
    if (taken) {
      if (!std::exchange(told, {}).empty()) alarm_.over(barred);
      continue;
    }
    if (std::exchange(told, taken.error().text()) != taken.error().text()) {
      needs_.log.write(LogLevel::error, "queue_not_read", {{"area", area_}, {"error", told}});
    }
    if (taken.error().act == Act::broken) {
      alarm_.raise(barred, "The queue of the area " + area_ + " cannot be read: " + taken.error().what);
    }
    needs_.clock.wait_until(needs_.clock.since_boot() + kPause, stop_);
  }
}

}  // namespace strongroom::transfers
