// Goal: operators are told of each problem once, again after a day while it lasts, and once when it is over
// (transfers.md 16.3). Method: a catalogue in memory, and a webhook that can fail.
#include "transfers/alarm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/memory/transfers.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::transfers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TakingWebhook final : public Webhook {
 public:
  using Webhook::post;
  WebhookAnswer answer{.kind = WebhookAnswer::Kind::accepted};
  std::vector<std::string> posted;
  WebhookAnswer post(const std::string& json, const HttpHeaders&) override {
    posted.push_back(json);
    return answer;
  }
};

class AlarmTest : public testing::Test {
 protected:
  std::vector<std::string> told() {
    std::vector<std::string> bodies;
    for (const memory::ToldEvent& event : transfers.told()) {
      EXPECT_EQ(event.kind, "operator-alert");
      EXPECT_EQ(event.notice.space, "");
      bodies.push_back(event.notice.body);
    }
    return bodies;
  }

  memory::MemoryTransfers transfers;
  TakingWebhook webhook;
  test::FakeClock clock;
  test::FakeEntropy entropy;
  test::FakeLog log;
  Alarm alarm{{transfers, &webhook, clock, entropy, log}};
};

TEST_F(AlarmTest, OneForEachProblemHoweverOftenItIsMet) {
  for (int i = 0; i < 10; ++i) alarm.raise("dashboard", "Archivematica does not accept the API key");
  alarm.raise("area main", "The bucket is not there");
  EXPECT_THAT(told(), ElementsAre(HasSubstr("dashboard"), HasSubstr("area main")));
  EXPECT_THAT(told()[0], HasSubstr(R"("over":false)"));
  EXPECT_THAT(webhook.posted, ElementsAre(R"({"text":"Strongroom: Archivematica does not accept the API key"})",
                                          R"({"text":"Strongroom: The bucket is not there"})"));
  EXPECT_THAT(log.text, HasSubstr("operator_alert problem=dashboard"));
}

TEST_F(AlarmTest, AgainAfterADayWhileItLasts) {
  alarm.raise("dashboard", "403");
  clock.pass(std::chrono::hours(23));
  alarm.raise("dashboard", "403");
  EXPECT_EQ(told().size(), 1U);
  clock.pass(std::chrono::hours(1));
  alarm.raise("dashboard", "403");
  EXPECT_EQ(told().size(), 2U);
  // What is wrong otherwise is news.
  alarm.raise("dashboard", "404");
  EXPECT_EQ(told().size(), 3U);
}

TEST_F(AlarmTest, OnceWhenItIsOver) {
  alarm.over("dashboard");
  EXPECT_THAT(told(), IsEmpty());
  alarm.raise("dashboard", "403");
  alarm.over("dashboard");
  alarm.over("dashboard");
  EXPECT_THAT(told(), ElementsAre(HasSubstr(R"("over":false)"), HasSubstr(R"("over":true)")));
  EXPECT_THAT(webhook.posted, ElementsAre(HasSubstr("403"), R"({"text":"Strongroom: over: dashboard"})"));
  alarm.raise("dashboard", "403");
  EXPECT_EQ(told().size(), 3U);
}

TEST_F(AlarmTest, AWebhookThatFailsIsLoggedAndKeepsNothingBack) {
  webhook.answer = {.kind = WebhookAnswer::Kind::barred, .message = "the webhook answered 403"};
  alarm.raise("dashboard", "401");
  EXPECT_EQ(told().size(), 1U);
  EXPECT_THAT(log.text, HasSubstr("alert_not_posted error=the webhook answered 403"));
  alarm.over("dashboard");
  EXPECT_EQ(told().size(), 2U);
  EXPECT_EQ(webhook.posted.size(), 1U) << "that it is over is no news where nobody heard of it";
  webhook.answer = {.kind = WebhookAnswer::Kind::accepted};
  alarm.raise("dashboard", "401");
  EXPECT_EQ(webhook.posted.size(), 2U);
  alarm.raise("dashboard", "401");
  EXPECT_EQ(webhook.posted.size(), 2U) << "nothing is owed";
}

TEST_F(AlarmTest, WhatTheWebhookDidNotTakeIsPostedAgainWhileItLasts) {
  webhook.answer = {.kind = WebhookAnswer::Kind::retry, .message = "no answer"};
  alarm.raise("dashboard", "401");
  alarm.raise("dashboard", "401");
  EXPECT_EQ(webhook.posted.size(), 1U);
  for (std::size_t attempts = 2; attempts < 5; ++attempts) {
    clock.pass(std::chrono::minutes(5));
    alarm.raise("dashboard", "401");
    alarm.raise("dashboard", "401");
    EXPECT_EQ(webhook.posted.size(), attempts);
  }
  clock.pass(std::chrono::minutes(5));
  webhook.answer = {.kind = WebhookAnswer::Kind::accepted};
  alarm.raise("dashboard", "401");
  EXPECT_EQ(webhook.posted.size(), 5U);
  clock.pass(std::chrono::minutes(5));
  alarm.raise("dashboard", "401");
  EXPECT_EQ(webhook.posted.size(), 5U);
  EXPECT_EQ(told().size(), 1U) << "it is one alert all the same";
  alarm.over("dashboard");
  EXPECT_THAT(webhook.posted.back(), HasSubstr("over: dashboard"));
}

TEST_F(AlarmTest, WithoutAWebhookItIsToldAllTheSame) {
  Alarm quiet({transfers, nullptr, clock, entropy, log});
  quiet.raise("dashboard", "401");
  EXPECT_EQ(told().size(), 1U);
  EXPECT_THAT(log.text, Not(HasSubstr("alert_not_posted")));
}

}  // namespace
}  // namespace strongroom::transfers
