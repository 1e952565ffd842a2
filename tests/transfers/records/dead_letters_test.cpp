// Goal: a message that is set aside is kept once, operators are told of each kind of them once, wherever alerts go, and
// once when none of that kind is left (transfers.md 14, 16.3).
// Method: a catalogue in memory that may fail to set aside, and a webhook.
#include "transfers/dead_letters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/memory/transfers.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::transfers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TakingWebhook final : public Webhook {
 public:
  std::vector<std::string> posted;
  WebhookAnswer post(const std::string& json, const HttpHeaders&) override {
    posted.push_back(json);
    return {.kind = WebhookAnswer::Kind::accepted};
  }
};

/// Passes the time that others wait; after so many waits it asks for a stop.
class PassingClock final : public Clock {
 public:
  PassingClock(test::FakeClock& inner, std::stop_source& source, int waits)
      : inner_(inner), source_(source), waits_(waits) {}
  Instant now() override { return inner_.now(); }
  Duration since_boot() override { return inner_.since_boot(); }
  bool wait_until(Duration until, std::stop_token) override {
    inner_.pass(until - since_boot());
    if (--waits_ == 0) source_.request_stop();
    return waits_ > 0;
  }

 private:
  test::FakeClock& inner_;
  std::stop_source& source_;
  int waits_;
};

class DeadLettersTest : public testing::Test {
 protected:
  Result<bool> set_aside(const std::string& subject, const std::string& reason,
                         const std::string& source = "born-digital") {
    return letters.set_aside({0, source, subject, "{}", reason, clock.now()});
  }
  Result<bool> drop(const std::string& subject) {
    for (const MessageAside& one : *transfers.messages_aside(0, 1000)) {
      if (one.subject == subject) return letters.drop(one);
    }
    return rejected("there is none", subject);
  }

  memory::MemoryTransfers transfers;
  TakingWebhook webhook;
  test::FakeClock clock;
  test::FakeEntropy entropy;
  test::FakeLog log;
  Alarm alarm{{transfers, &webhook, clock, entropy, log}};
  DeadLetters letters{transfers, alarm};
};

TEST_F(DeadLettersTest, KeptOnceAndToldWhereverAlertsGo) {
  EXPECT_TRUE(*set_aside("event 1", "the webhook answered 422"));
  EXPECT_FALSE(*set_aside("event 1", "the webhook answered 422"));
  EXPECT_EQ(transfers.messages_aside(0, 10)->size(), 1U);
  EXPECT_THAT(webhook.posted, ElementsAre(HasSubstr("A message of born-digital was set aside: the webhook answered "
                                                    "422; `strongroom notify dead-letters list` shows it")));
  ASSERT_EQ(transfers.told().size(), 1U);
  EXPECT_EQ(transfers.told()[0].kind, "operator-alert");
  EXPECT_THAT(transfers.told()[0].notice.body, HasSubstr("the webhook answered 422"));
  EXPECT_THAT(log.text, HasSubstr("operator_alert problem=dead letters of born-digital: the webhook answered 422"));
}

TEST_F(DeadLettersTest, OneProblemForEachSourceAndReason) {
  for (int i = 0; i < 10; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_TRUE(*set_aside("record " + number, "eventTime is missing", "http"));
    EXPECT_TRUE(*set_aside("other " + number, "not JSON", "http"));
  }
  EXPECT_TRUE(*set_aside("message", "not JSON", "sqs"));
  EXPECT_EQ(transfers.messages_aside(0, 100)->size(), 21U);
  EXPECT_THAT(webhook.posted, ElementsAre(HasSubstr("eventTime"), HasSubstr("(http)"), HasSubstr("(sqs)")));
}

TEST_F(DeadLettersTest, OverWhenTheLastOneIsGone) {
  ASSERT_TRUE(set_aside("one", "422"));
  ASSERT_TRUE(set_aside("two", "422"));
  ASSERT_TRUE(set_aside("three", "413"));
  webhook.posted.clear();
  EXPECT_TRUE(*drop("one"));
  EXPECT_THAT(webhook.posted, IsEmpty());
  EXPECT_TRUE(*drop("two"));
  EXPECT_THAT(webhook.posted, ElementsAre(R"({"text":"Strongroom: over: dead letters of born-digital: 422"})"));
  EXPECT_TRUE(*drop("three"));
  EXPECT_EQ(webhook.posted.size(), 2U);
  ASSERT_TRUE(set_aside("four", "422"));
  EXPECT_EQ(webhook.posted.size(), 3U) << "it begins anew";
}

TEST_F(DeadLettersTest, ToldAgainEveryDayWhileTheyWait) {
  ASSERT_TRUE(set_aside("one", "422"));
  ASSERT_TRUE(set_aside("two", "422"));
  // Nobody was told of it: its process died.
  ASSERT_TRUE(transfers.set_aside({0, "http", "three", "{}", "not JSON", clock.now()}));
  std::stop_source source;
  PassingClock hours(clock, source, 49);
  keep_telling(letters, hours, log, source.get_token());
  const auto posted = [&](const std::string& text) {
    return std::ranges::count_if(webhook.posted,
                                 [&](const std::string& one) { return one.find(text) != std::string::npos; });
  };
  EXPECT_EQ(posted("422"), 3) << "at once, after a day and after another";
  EXPECT_EQ(posted("not JSON"), 3);
}

TEST_F(DeadLettersTest, WhatIsGoneAlreadyIsNoTrouble) {
  ASSERT_TRUE(set_aside("one", "422"));
  const MessageAside letter = transfers.messages_aside(0, 1)->front();
  EXPECT_TRUE(*letters.drop(letter));
  EXPECT_FALSE(*letters.drop(letter));
  EXPECT_EQ(webhook.posted.size(), 2U);
}

}  // namespace
}  // namespace strongroom::transfers
