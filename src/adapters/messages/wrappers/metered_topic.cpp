#include "adapters/messages/wrappers/metered_topic.hpp"

namespace strongroom::messages {

/// That it refuses a message is an answer like any other.
Result<void> MeteredTopic::publish(const Notice& notice) {
  Result<void> published = inner_->publish(notice);
  const bool answered = published || published.error().act == Act::rejected;
  metrics_.count(metric::kRemoteCalls, {remote_, answered ? "succeeded" : "failed"});
  return published;
}

}  // namespace strongroom::messages
