#include "adapters/messages/wrappers/metered_queue.hpp"

namespace strongroom::messages {

void MeteredQueue::count(bool succeeded) {
  metrics_.count(metric::kRemoteCalls, {remote_, succeeded ? "succeeded" : "failed"});
}

Result<std::vector<QueuedMessage>> MeteredQueue::receive(std::chrono::seconds wait) {
  auto received = inner_->receive(wait);
  count(received.has_value());
  return received;
}

Result<void> MeteredQueue::remove(const std::string& receipt) {
  const Result<void> removed = inner_->remove(receipt);
  count(removed.has_value());
  return removed;
}

}  // namespace strongroom::messages
