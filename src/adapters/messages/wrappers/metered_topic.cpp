#include "adapters/messages/wrappers/metered_topic.hpp"

namespace strongroom::messages {

Result<void> MeteredTopic::publish(const Notice& notice) {
  Result<void> published = inner_->publish(notice);
  count_call(metrics_, remote_, published || published.error().act == Act::rejected);
  return published;
}

}  // namespace strongroom::messages
