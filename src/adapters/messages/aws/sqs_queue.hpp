// ports/message_queue.hpp on a queue of SQS, by its URL.
// Any thread.
#pragma once

#include "adapters/messages/aws/query_api.hpp"
#include "ports/message_queue.hpp"

namespace strongroom::messages::aws {

class SqsQueue final : public MessageQueue {
 public:
  /// `url`: of the queue, `https://sqs.{region}.amazonaws.com/{account}/{name}`.
  SqsQueue(std::string url, std::string region, const cloud::AwsServiceNeeds& needs);

  Result<std::vector<QueuedMessage>> receive(std::chrono::seconds wait) override;
  Result<void> remove(const std::string& receipt) override;

 private:
  const std::string url_;
  QueryApi api_;
};

}  // namespace strongroom::messages::aws
