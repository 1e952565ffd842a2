// Goal: calls of a queue are counted by its name and by how they ended (transfers.md 16.3).
// Method: a queue that answers as told.
#include "adapters/messages/wrappers/metered_queue.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "support/counting_metrics.hpp"

namespace strongroom::messages {
namespace {

class ToldQueue final : public MessageQueue {
 public:
  explicit ToldQueue(const std::optional<Error>& failure) : failure_(failure) {}
  Result<std::vector<QueuedMessage>> receive(std::chrono::seconds) override {
    if (failure_) return *failure_;
    return std::vector<QueuedMessage>{{"1", "r-1", "{}"}};
  }
  Result<void> remove(const std::string&) override { return failure_ ? Result<void>(*failure_) : Result<void>(); }

 private:
  const std::optional<Error>& failure_;
};

TEST(MeteredQueueTest, CallsAreCountedByHowTheyEnded) {
  test::CountingMetrics metrics;
  std::optional<Error> failure;
  MeteredQueue queue(std::make_unique<ToldQueue>(failure), "queue of main", metrics);
  const auto count = [&](const std::string& outcome) {
    return metrics.counts["strongroom_transfer_calls_total queue of main " + outcome];
  };
  ASSERT_EQ(queue.receive(std::chrono::seconds(1))->size(), 1U);
  EXPECT_TRUE(queue.remove("r-1"));
  EXPECT_EQ(count("succeeded"), 2);
  failure = temporary("no answer");
  EXPECT_EQ(queue.receive(std::chrono::seconds(1)).error().what, "no answer");
  EXPECT_FALSE(queue.remove("r-1"));
  EXPECT_EQ(count("succeeded"), 2);
  EXPECT_EQ(count("failed"), 2);
}

}  // namespace
}  // namespace strongroom::messages
