#include "adapters/messages/aws/sqs_queue.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace strongroom::messages::aws {
namespace {

constexpr const char* kVersion = "2012-11-05";
constexpr std::chrono::seconds kWaitMax{20};

}  // namespace

SqsQueue::SqsQueue(std::string url, std::string region, const cloud::AwsServiceNeeds& needs)
    : url_(std::move(url)), api_({"sqs", "SQS", std::move(region), url_}, needs, kVersion) {}

Result<std::vector<QueuedMessage>> SqsQueue::receive(std::chrono::seconds wait) {
  const std::string seconds = std::to_string(std::clamp(wait, std::chrono::seconds(0), kWaitMax).count());
  TRY(const cloud::XmlElement root,
      api_.call("ReceiveMessage", {{"MaxNumberOfMessages", "10"}, {"WaitTimeSeconds", seconds}}, url_));
  const cloud::XmlElement* result = root.child("ReceiveMessageResult");
  if (result == nullptr) return temporary("SQS's answer holds no result", url_, Reason::corrupt);
  std::vector<QueuedMessage> messages;
  for (const cloud::XmlElement& one : result->children) {
    if (one.name != "Message") continue;
    QueuedMessage message{one.text_of("MessageId"), one.text_of("ReceiptHandle"), one.text_of("Body")};
    const bool is_whole = digest_of(Algorithm::md5, message.body).hex() == one.text_of("MD5OfBody");
    if (is_whole && !message.receipt.empty()) messages.push_back(std::move(message));
  }
  return messages;
}

Result<void> SqsQueue::remove(const std::string& receipt) {
  TRY_VOID(api_.call("DeleteMessage", {{"ReceiptHandle", receipt}}, url_));
  return {};
}

}  // namespace strongroom::messages::aws
