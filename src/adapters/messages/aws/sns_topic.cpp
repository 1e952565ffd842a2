#include "adapters/messages/aws/sns_topic.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"

namespace strongroom::messages::aws {
namespace {

constexpr const char* kVersion = "2010-03-31";
constexpr std::string_view kFifo = ".fifo";

cloud::AwsServiceAddress address_of(const std::string& arn, const std::string& endpoint) {
  const std::string region = region_of_topic(arn).value_or("us-east-1");
  return {"sns", "SNS", region, endpoint.empty() ? "https://sns." + region + ".amazonaws.com" : endpoint};
}

/// For what the message is, not for who sends it.
bool refuses_message(const std::string& code) { return code == "InvalidParameter" || code == "ParameterValueInvalid"; }

}  // namespace

std::optional<std::string> region_of_topic(std::string_view arn) {
  const std::vector<std::string_view> parts = split(arn, ':');
  const bool is_topic = parts.size() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") && parts[2] == "sns" &&
                        !parts[3].empty() && !parts[4].empty() && !parts[5].empty();
  return is_topic ? std::optional(std::string(parts[3])) : std::nullopt;
}

SnsTopic::SnsTopic(std::string arn, const std::string& endpoint, const cloud::AwsServiceNeeds& needs)
    : arn_(std::move(arn)), api_(address_of(arn_, endpoint), needs, kVersion) {}

Result<void> SnsTopic::publish(const Notice& notice) {
  cloud::QueryMembers members = {{"TopicArn", arn_},
                                 {"Message", notice.body},
                                 {"MessageAttributes.entry.1.Name", "strongroom-message-id"},
                                 {"MessageAttributes.entry.1.Value.DataType", "String"},
                                 {"MessageAttributes.entry.1.Value.StringValue", notice.id}};
  if (arn_.ends_with(kFifo)) {
    members.emplace_back("MessageDeduplicationId", notice.id);
    members.emplace_back("MessageGroupId", digest_of(Algorithm::sha256, notice.group).hex());
  }
  TRY(const cloud::XmlElement root, api_.call("Publish", std::move(members), arn_, refuses_message));
  const cloud::XmlElement* result = root.child("PublishResult");
  if (result == nullptr || result->text_of("MessageId").empty()) {
    return temporary("SNS's answer does not tell that the message was taken", arn_, Reason::corrupt);
  }
  return {};
}

Result<void> SnsTopic::look() {
  TRY_VOID(api_.call("GetTopicAttributes", {{"TopicArn", arn_}}, arn_));
  return {};
}

}  // namespace strongroom::messages::aws
