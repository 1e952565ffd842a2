#include "adapters/messages/wrappers/metered_queue.hpp"

namespace strongroom::messages {

Result<std::vector<QueuedMessage>> MeteredQueue::receive(std::chrono::seconds wait) {
  auto received = inner_->receive(wait);
  count_call(metrics_, remote_, received.has_value());
  return received;
}

Result<void> MeteredQueue::remove(const std::string& receipt) {
  const Result<void> removed = inner_->remove(receipt);
  count_call(metrics_, remote_, removed.has_value());
  return removed;
}

}  // namespace strongroom::messages
