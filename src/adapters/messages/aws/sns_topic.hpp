// ports/topic.hpp on a topic of SNS. The notice's id goes with it as attribute `strongroom-message-id`; on a FIFO topic
// it and the group also see to it that nothing is doubled or changes its order. Any thread.
#pragma once

#include <optional>

#include "adapters/messages/aws/query_api.hpp"
#include "ports/topic.hpp"

namespace strongroom::messages::aws {

/// `arn:aws:sns:{region}:{account}:{name}`: the region; nothing when it is no such name.
[[nodiscard]] std::optional<std::string> region_of_topic(std::string_view arn);

class SnsTopic final : public Topic {
 public:
  /// `endpoint`: without a slash at its end; empty for that of AWS in the topic's region.
  SnsTopic(std::string arn, const std::string& endpoint, const cloud::AwsServiceNeeds& needs);

  Result<void> publish(const Notice& notice) override;
  /// Whether it is there and may be looked at; publishes nothing.
  Result<void> look();

 private:
  const std::string arn_;
  QueryApi api_;
};

}  // namespace strongroom::messages::aws
