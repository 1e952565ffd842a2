// Goal: no notification of a queue is lost or taken twice, whatever is in it and whoever fails (transfers.md 3.3; A11).
// Method: a queue in memory that gives each message again until it is removed, beside a catalogue that may fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/queue_intake.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::IsEmpty;
using testing::SizeIs;

class HeldQueue final : public MessageQueue {
 public:
  std::vector<QueuedMessage> messages;
  std::optional<Error> fails{};
  std::function<void()> before_receive{};

  void add(std::string body) {
    const std::string number = std::to_string(++added_);
    messages.push_back({number, "receipt " + number, std::move(body)});
  }
  Result<std::vector<QueuedMessage>> receive(std::chrono::seconds /*wait*/) override {
    if (before_receive) before_receive();
    if (fails) return *fails;
    return std::vector<QueuedMessage>(messages.begin(),
                                      messages.begin() + std::min<std::ptrdiff_t>(10, std::ssize(messages)));
  }
  Result<void> remove(const std::string& receipt) override {
    std::erase_if(messages, [&](const QueuedMessage& message) { return message.receipt == receipt; });
    return {};
  }

 private:
  int added_ = 0;
};

std::string record_of(const std::string& key, const std::string& sequencer) {
  return R"({"eventName":"ObjectCreated:Put","eventTime":"2026-07-31T08:00:00.000Z","s3":{"bucket":{"name":)"
         R"("transfer-source"},"object":{"key":")" +
         key + R"(","sequencer":")" + sequencer + R"("}}})";
}

std::string notification_of(const std::string& records) { return "{\"Records\":[" + records + "]}"; }

class QueueIntakeTest : public testing::Test, protected TransferWorld {
 protected:
  std::size_t kept() { return transfers.find_transfers({}, std::nullopt, 100)->transfers.size(); }
  std::vector<MessageAside> aside() { return *transfers.messages_aside(0, 100); }

  HeldQueue queue;
  NoMetrics metrics;
  DeadLetters dead_letters{transfers, alarm};
  IntakeNeeds intake{mortal, dead_letters, clock, entropy, log, metrics};
  IntakeSettings wanted{.areas = {{"main", "transfer-source"}}};
  QueueIntake reader{intake, wanted, queue, alarm, "main", stop.get_token()};
};

TEST_F(QueueIntakeTest, A11_NotificationsPlainAndInEnvelopesAreTakenAndRemoved) {
  queue.add(R"({"Service":"Amazon S3","Event":"s3:TestEvent"})");
  queue.add(notification_of(record_of("born-digital/a.zip", "1") + "," + record_of("born-digital/b.zip", "2")));
  queue.add(R"({"Type":"Notification","Message":"{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"eventTime\":)"
            R"(\"2026-07-31T08:00:00.000Z\",\"s3\":{\"bucket\":{\"name\":\"transfer-source\"},\"object\":{\"key\":)"
            R"(\"born-digital/c.zip\",\"sequencer\":\"3\"}}}]}"})");
  ASSERT_TRUE(reader.take_all());
  EXPECT_THAT(queue.messages, IsEmpty());
  EXPECT_EQ(kept(), 3U);
  queue.add(notification_of(record_of("born-digital/a.zip", "1")));
  ASSERT_TRUE(reader.take_all());
  EXPECT_EQ(kept(), 3U) << "delivered twice, kept once";
}

TEST_F(QueueIntakeTest, A12_WhatCannotBeReadIsSetAsideWithItsBeginningAndToldOnce) {
  const std::string endless = "{" + std::string(400'000, 'x');
  queue.add("hello");
  queue.add(endless);
  queue.add("hello");
  ASSERT_TRUE(reader.take_all());
  EXPECT_THAT(queue.messages, IsEmpty());
  ASSERT_THAT(aside(), SizeIs(2)) << "the same text is one message";
  EXPECT_EQ(aside()[1].body, endless.substr(0, 256U << 10U));
  EXPECT_EQ(aside()[0].source, "sqs");
  EXPECT_EQ(aside()[1].reason, aside()[0].reason);
  EXPECT_EQ(alerts(), 1U) << "one problem";
}

TEST_F(QueueIntakeTest, A11_NothingIsRemovedBeforeItIsDurable) {
  for (int i = 0; i < 15; ++i) queue.add(notification_of(record_of("born-digital/p.zip", std::to_string(i))));
  mortal.death_rate = 0.2;
  for (int attempt = 0; attempt < 200 && !queue.messages.empty(); ++attempt) {
    mortal.dead = false;
    const auto taken = reader.take_some(std::chrono::seconds(0));
    EXPECT_TRUE(taken || taken.error().reason == Reason::stopped);
    EXPECT_GE(kept() + queue.messages.size(), 15U);
  }
  EXPECT_THAT(queue.messages, IsEmpty());
  EXPECT_EQ(kept(), 15U);
}

TEST_F(QueueIntakeTest, AQueueThatIsBarredIsAnOperatorsAffairUntilItAnswers) {
  queue.add(notification_of(record_of("born-digital/a.zip", "1")));
  queue.fails = broken("SQS refuses the keys", "", Reason::forbidden);
  int asked = 0;
  queue.before_receive = [&] {
    if (++asked == 4) queue.fails.reset();
    if (asked == 6) stop.request_stop();
  };
  reader.run();
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(alerts(), 2U) << "one while it lasted, and one when it was over";
}

}  // namespace
}  // namespace strongroom::transfers
