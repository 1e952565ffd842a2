// Goal: publications are counted by the name of where they go, those without an answer apart from the others
// (transfers.md 16.3).
// Method: a topic that answers as told.
#include "adapters/messages/wrappers/metered_topic.hpp"

#include <gtest/gtest.h>

#include "support/counting_metrics.hpp"

namespace strongroom::messages {
namespace {

class ToldTopic final : public Topic {
 public:
  explicit ToldTopic(const Result<void>& answer) : answer_(answer) {}
  Result<void> publish(const Notice&) override { return answer_; }

 private:
  const Result<void>& answer_;
};

TEST(MeteredTopicTest, PublicationsAreCountedByHowTheyEnded) {
  test::CountingMetrics metrics;
  Result<void> answer;
  MeteredTopic topic(std::make_unique<ToldTopic>(answer), "notification webhook", metrics);
  const auto count = [&](const std::string& outcome) {
    return metrics.counts["strongroom_transfer_calls_total notification webhook " + outcome];
  };
  EXPECT_TRUE(topic.publish({"1", 1, "g", "{}"}));
  answer = rejected("the webhook answered 422");
  EXPECT_FALSE(topic.publish({"1", 1, "g", "{}"}));
  EXPECT_EQ(count("succeeded"), 2) << "a refusal is an answer";
  for (const Error& failure : {temporary("no answer"), broken("the webhook answered 403")}) {
    answer = failure;
    EXPECT_EQ(topic.publish({"1", 1, "g", "{}"}).error().what, failure.what);
  }
  EXPECT_EQ(count("succeeded"), 2);
  EXPECT_EQ(count("failed"), 2);
}

}  // namespace
}  // namespace strongroom::messages
