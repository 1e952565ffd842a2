// Goal: what is told is published to a topic in order, at least once and nothing of it silently not, whatever fails.
// Method: versions in a real SQLite catalogue, a topic in memory that fails by chance; each failure is a death: the
// sink begins anew from its place.
#include "events/topic_sink.hpp"

#include <gmock/gmock.h>

#include <random>

#include "support/stopping_clock.hpp"
#include "support/stored_versions.hpp"

namespace strongroom::events {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ChanceTopic final : public Topic {
 public:
  std::vector<Notice> taken;
  double fault_rate = 0;
  std::string refuses;  ///< bodies with this text
  std::mt19937 chance{5};

  Result<void> publish(const Notice& notice) override {
    if (!refuses.empty() && notice.body.find(refuses) != std::string::npos)
      return rejected("SNS answered 400 InvalidParameter");
    const bool fails = std::uniform_real_distribution<>(0, 1)(chance) < fault_rate;
    if (fails && chance() % 2 == 0) return temporary("cut");
    taken.push_back(notice);
    if (fails) return temporary("lost");
    return {};
  }
  /// External identifiers of what was taken, repetitions of the last one left out.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const Notice& notice : taken) {
      const std::size_t at = notice.body.find("externalIdentifier") + 21;
      const std::string name = notice.body.substr(at, notice.body.find('"', at) - at);
      if (found.empty() || found.back() != name) found.push_back(name);
    }
    return found;
  }
};

class TopicSinkTest : public test::StoredVersions {
 protected:
  /// As a process that has just begun.
  Result<bool> publish() { return TopicSink(needs, settings, source.get_token()).publish_some(); }

  ChanceTopic topic;
  NoMetrics metrics;
  TopicSinkSettings settings{"bags", "arn:aws:sns:eu-west-1:1:bags", {{"registered-bag"}, {}, {}}};
  TopicSinkNeeds needs{topic, *catalogue, *catalogue, *catalogue, bench.clock, metrics, log};
  std::stop_source source;
};

TEST_F(TopicSinkTest, BeginsWithWhatHappensFromThenOn) {
  store("before", "Chart");
  ASSERT_TRUE(publish());
  EXPECT_TRUE(topic.taken.empty());
  store("a", "Chart");
  store("b", "Chart");
  ASSERT_TRUE(*publish());
  EXPECT_THAT(topic.names(), ElementsAre("a", "b"));
  const Notice& first = topic.taken.front();
  EXPECT_EQ(first.body, registered_bag_body(contracts::CatalogueBench::bag("a"), Version(1)));
  EXPECT_EQ(first.group, contracts::CatalogueBench::bag("a").str());
  EXPECT_EQ(first.id.size(), 36U);
  EXPECT_FALSE(*publish());
  EXPECT_EQ(topic.taken.size(), 2U);
}

TEST_F(TopicSinkTest, ASinkThatWasThereMissesNothingOfAnEmptyLog) {
  ASSERT_TRUE(publish());
  store("first", "Chart");
  ASSERT_TRUE(publish());
  EXPECT_THAT(topic.names(), ElementsAre("first"));
}

TEST_F(TopicSinkTest, OnlyItsKindsAndSpaces) {
  ASSERT_TRUE(publish());
  settings.filter.allowed_spaces = std::vector<std::string>{"elsewhere"};
  store("a", "Chart");
  while (*publish()) {
  }
  EXPECT_TRUE(topic.taken.empty());
  settings.filter = {{"ingest-update"}, {}, {}};
  store("b", "Chart");
  while (*publish()) {
  }
  ASSERT_FALSE(topic.taken.empty());
  for (const Notice& notice : topic.taken) {
    EXPECT_THAT(notice.body, HasSubstr("\"type\":\"Ingest\""));
    EXPECT_EQ(notice.group, contracts::CatalogueBench::bag("b").str());
  }
}

TEST_F(TopicSinkTest, EverythingIsPublishedInOrderThoughItDiesAgainAndAgain) {
  ASSERT_TRUE(publish());
  topic.fault_rate = 0.3;
  std::vector<std::string> wanted;
  int deaths = 0;
  for (int i = 0; i < 60; ++i) {
    store("bag" + std::to_string(i), "Chart");
    wanted.push_back("bag" + std::to_string(i));
    deaths += publish() ? 0 : 1;
  }
  topic.fault_rate = 0;
  while (*publish()) {
  }
  EXPECT_EQ(topic.names(), wanted);
  EXPECT_GT(deaths, 5);
}

TEST_F(TopicSinkTest, WhatTheTopicRefusesIsKeptAndHoldsUpNothing) {
  ASSERT_TRUE(publish());
  topic.refuses = "bad";
  for (const char* name : {"a", "bad", "b"}) store(name, "Chart");
  ASSERT_TRUE(publish());
  EXPECT_THAT(topic.names(), ElementsAre("a", "b"));
  const auto refused = catalogue->refused_documents("topic " + settings.topic, {}, 10);
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->size(), 1U);
  EXPECT_EQ(refused->front().reason, "SNS answered 400 InvalidParameter");
  EXPECT_GT(refused->front().sequence, 0);
  EXPECT_THAT(log.text, HasSubstr("notice_refused sink=bags event="));
}

TEST_F(TopicSinkTest, TroubleIsToldOnceAndThePauseGrows) {
  ASSERT_TRUE(publish());
  store("a", "Chart");
  topic.fault_rate = 1;
  test::StoppingClock clock(bench.clock, source, 12);
  TopicSinkNeeds stopping{topic, *catalogue, *catalogue, *catalogue, clock, metrics, log};
  TopicSink(stopping, settings, source.get_token()).run();
  EXPECT_EQ(clock.pauses.front(), std::chrono::seconds(1));
  EXPECT_EQ(clock.pauses.back(), std::chrono::minutes(5));
  EXPECT_THAT(log.text, HasSubstr("topic_behind sink=bags error="));
}

}  // namespace
}  // namespace strongroom::events
