// Goal: a notice published to a topic comes out of the queues that are subscribed to it, with its id and whole, and is
// given again until it was removed. Method: a strict SNS and SQS over loopback, behind a proxy that loses answers.
#include <gmock/gmock.h>

#include <cstdlib>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "adapters/messages/aws/sns_topic.hpp"
#include "adapters/messages/aws/sqs_queue.hpp"
#include "adapters/web/client/provider_client.hpp"

namespace strongroom::messages::aws {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kAtOnce{0};

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

class MessagesTest : public testing::Test {
 protected:
  MessagesTest() : endpoint_(variable("STRONGROOM_TEST_MESSAGES").value_or("http://127.0.0.1:1")) {}

  /// A topic of this name and a queue that is subscribed to it.
  void make(const std::string& name) {
    QueryApi sns({"sns", "SNS", "eu-west-1", endpoint_}, needs_, "2010-03-31");
    QueryApi sqs({"sqs", "SQS", "eu-west-1", endpoint_}, needs_, "2012-11-05");
    const auto made = sns.call("CreateTopic", {{"Name", name}}, name);
    ASSERT_TRUE(made) << made.error().text();
    arn_ = made->child("CreateTopicResult")->text_of("TopicArn");
    const auto queue = sqs.call("CreateQueue", {{"QueueName", name}}, name);
    ASSERT_TRUE(queue) << queue.error().text();
    // Through the proxy, whose address is another one.
    const std::string url = queue->child("CreateQueueResult")->text_of("QueueUrl");
    queue_ = endpoint_ + url.substr(url.find('/', url.find("://") + 3));
    ASSERT_TRUE(sns.call(
        "Subscribe",
        {{"TopicArn", arn_}, {"Protocol", "sqs"}, {"Endpoint", "arn:aws:sqs:eu-west-1:123456789012:" + name}}, name));
    plan("[]");
  }
  void plan(const std::string& faults) { ASSERT_TRUE(web_.exchange({"POST", endpoint_ + "/faults", {}, faults})); }
  SnsTopic topic() { return {arn_, endpoint_, needs_}; }
  SqsQueue queue() { return {queue_, "eu-west-1", needs_}; }

  const std::string endpoint_;
  host::KernelEntropy entropy_;
  host::SystemClock clock_;
  web::ProviderClient web_;
  cloud::AwsKeyring keyring_{{"", "", "eu-west-1"}, variable, web_, clock_};
  cloud::AwsServiceNeeds needs_{
      web_, keyring_, clock_, entropy_, {4, std::chrono::milliseconds(10), std::chrono::milliseconds(100)}};
  std::string arn_;
  std::string queue_;
};

TEST_F(MessagesTest, G7_WhatIsPublishedComesOutOfTheQueueUntilItIsRemoved) {
  make("plain");
  const std::string body = "{\"externalIdentifier\":\"\xC3\xA9 & <b> 'q' %25 +\",\"line\":\"a\\nb\"}";
  const auto published = topic().publish({"id-1", 1, "maps/b", body});
  ASSERT_TRUE(published) << published.error().text();
  const auto received = queue().receive(kAtOnce);
  ASSERT_TRUE(received) << received.error().text();
  ASSERT_EQ(received->size(), 1U);
  EXPECT_THAT(received->front().body,
              HasSubstr("\"strongroom-message-id\": {\"Type\": \"String\", \"Value\": \"id-1\"}"));
  EXPECT_THAT(received->front().body, HasSubstr("&"));
  EXPECT_TRUE(queue().receive(kAtOnce)->empty()) << "it is hidden while somebody has it";
  for (int i = 0; i < 2; ++i) {
    const auto removed = queue().remove(received->front().receipt);
    EXPECT_TRUE(removed) << removed.error().text();
  }
}

TEST_F(MessagesTest, AQueueIsWaitedForAndGivesTenAtOnce) {
  make("many");
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(topic().publish({"id-" + std::to_string(i), i, "g", "{}"}));
  EXPECT_EQ(queue().receive(std::chrono::seconds(20))->size(), 10U);
  EXPECT_EQ(queue().receive(kAtOnce)->size(), 2U);
  const Duration before = clock_.since_boot();
  EXPECT_TRUE(queue().receive(std::chrono::seconds(1))->empty());
  EXPECT_GE(clock_.since_boot() - before, std::chrono::milliseconds(900));
}

TEST_F(MessagesTest, G7_AFifoTopicTakesARepetitionOnce) {
  make("ordered.fifo");
  plan(R"([{"method": "POST", "do": "lose"}, {"method": "POST", "do": "status", "status": 503}])");
  const auto published = topic().publish({"id-1", 1, "maps/b", "{}"});
  ASSERT_TRUE(published) << published.error().text();
  ASSERT_TRUE(topic().publish({"id-1", 1, "maps/b", "{}"}));
  EXPECT_EQ(queue().receive(kAtOnce)->size(), 1U);
}

TEST_F(MessagesTest, WhatIsWrongIsTold) {
  make("wrong");
  const auto large = topic().publish({"id-1", 1, "g", std::string((256U << 10U) + 1, 'x')});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().act, Act::rejected);
  EXPECT_TRUE(topic().look());
  SnsTopic nowhere(arn_ + "x", endpoint_, needs_);
  EXPECT_EQ(nowhere.look().error().reason, Reason::not_found);
  EXPECT_EQ(nowhere.publish({"id-1", 1, "g", "{}"}).error().reason, Reason::not_found);
  SqsQueue none(queue_ + "x", "eu-west-1", needs_);
  EXPECT_EQ(none.receive(kAtOnce).error().reason, Reason::not_found);
  plan(R"([{"method": "POST", "do": "status", "status": 403, "code": "AccessDenied"}])");
  const auto denied = queue().receive(kAtOnce);
  EXPECT_EQ(denied.error().act, Act::temporary);
  EXPECT_EQ(denied.error().reason, Reason::forbidden);
}

TEST_F(MessagesTest, AMessageThatWasDamagedStaysInTheQueue) {
  make("damaged");
  ASSERT_TRUE(topic().publish({"id-1", 1, "g", "{}"}));
  plan(R"([{"method": "POST", "do": "flip", "at": 330}])");
  const auto received = queue().receive(kAtOnce);
  EXPECT_TRUE(!received || received->empty());
}

}  // namespace
}  // namespace strongroom::messages::aws
