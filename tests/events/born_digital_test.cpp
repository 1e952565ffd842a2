// Goal: whoever builds on born-digital bags is told of each of them once or more, always with the same bytes, and
// nothing that cannot be told is lost or holds others up (transfers.md 14, cases G4 to G7).
// Method: events in a real SQLite catalogue, a topic in memory that fails as told, listeners that begin anew.
#include "events/born_digital.hpp"

#include <gmock/gmock.h>

#include "events/topic_sink.hpp"
#include "support/stopping_clock.hpp"
#include "support/stored_versions.hpp"

namespace strongroom::events {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NotedTopic final : public Topic {
 public:
  std::vector<Notice> taken;
  Error fault;
  bool fails = false;
  bool fails_afterwards = false;  ///< it has taken the message, and the answer is lost

  Result<void> publish(const Notice& notice) override {
    if (fails) return fault;
    taken.push_back(notice);
    if (fails_afterwards) return temporary("lost");
    return {};
  }
};

class BornDigitalTest : public test::StoredVersions {
 protected:
  BornDigitalTest() {
    settings.compose = born_digital_message;
    settings.repeats = false;
  }
  /// An event of that kind with any body.
  void append(const std::string& space, const std::string& body) {
    const std::string name = "bag" + std::to_string(++count);
    const auto ingest = bench.accept(name);
    ASSERT_TRUE(ingest);
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim);
    Settle settle = bench.settle(claim->lease, *ingest);
    settle.writes = {AppendOutgoing{bench.uuid(), "registered-bag", space, body}};
    ASSERT_TRUE(bench.catalogue->settle(settle));
    ASSERT_TRUE(bench.end(*claim, Status::succeeded));
  }
  void append_bag(const std::string& space, const std::string& identifier, const std::string& version) {
    append(space, R"({"space":")" + space + R"(","externalIdentifier":")" + identifier + R"(","version":")" + version +
                      R"(","type":"RegisteredBagNotification"})");
  }
  /// As a process that has just begun.
  Result<bool> tell() { return TopicSink(needs, settings, source.get_token()).publish_some(); }
  std::vector<std::string> bodies() const {
    std::vector<std::string> found;
    for (const Notice& notice : topic.taken) found.push_back(notice.body);
    return found;
  }

  int count = 0;
  NotedTopic topic;
  NoMetrics metrics;
  TopicSinkSettings settings{"born-digital", "born-digital", {{"registered-bag"}, {}, {{"born-digital"}}}};
  TopicSinkNeeds needs{topic,
                       *catalogue,
                       *catalogue,
                       *catalogue,
                       bench.clock,
                       metrics,
                       log,
                       [this](const MessageAside& message) -> Result<void> {
                         TRY_VOID(catalogue->set_aside(message));
                         told.push_back(message.reason);
                         return tells ? Result<void>() : Result<void>(temporary("the disk is full"));
                       }};
  std::vector<std::string> told;  ///< of what was set aside
  bool tells = true;
  std::stop_source source;
};

// G4
TEST_F(BornDigitalTest, OneMessageForABagOfItsSpaceAndNoneForOthers) {
  ASSERT_TRUE(tell());
  append_bag("born-digital", "PP/1", "v2");
  for (const char* space : {"born-digital-accessions", "testing", "digitised", "Born-Digital"}) {
    append_bag(space, "PP/1", "v1");
  }
  ASSERT_TRUE(*tell());
  ASSERT_EQ(topic.taken.size(), 1U);
  EXPECT_THAT(topic.taken.front().body,
              testing::MatchesRegex(R"(\{"identifier":"PP/1","space":"born-digital","version":"v2",)"
                                    R"("origin":"archivematica","timeSent":"....-..-..T..:..:..\......."\})"));
  EXPECT_EQ(topic.taken.front().id.size(), 36U);
  EXPECT_FALSE(*tell());
}

// G4
TEST_F(BornDigitalTest, ARepetitionIsToldOnlyWhenAskedFor) {
  ASSERT_TRUE(tell());
  store("a", "Chart");
  settings.filter.allowed_spaces = std::vector<std::string>{contracts::CatalogueBench::bag("a").space.str()};
  ASSERT_TRUE(*tell());
  ASSERT_EQ(topic.taken.size(), 1U);
  const Deed deed{"operator", "reindex", "every bag", "done", {}, bench.clock.now()};
  ASSERT_TRUE(catalogue->begin_reindex({bench.uuid(), {}, bench.clock.now(), deed}));
  ASSERT_TRUE(catalogue->continue_reindex(bench.clock.now(), {bench.uuid()}));
  ASSERT_TRUE(*tell());
  EXPECT_EQ(topic.taken.size(), 1U);
  settings.repeats = true;
  settings.topic = "another listener";
  settings.from_start = true;
  while (*tell()) {
  }
  EXPECT_EQ(topic.taken.size(), 3U);
  EXPECT_NE(topic.taken[1].id, topic.taken[2].id);
}

// G5
TEST_F(BornDigitalTest, WhatCannotBeToldIsSetAsideOnceAndTheNextGoesOn) {
  ASSERT_TRUE(tell());
  append_bag("born-digital", "PP/1", "v1");
  append("born-digital", R"({"space":"born-digital","externalIdentifier":"PP/2"})");
  append_bag("born-digital", "PP/3", "3");
  append("born-digital", "[]");
  append_bag("born-digital", "PP/4", "v1");
  ASSERT_TRUE(*tell());
  EXPECT_THAT(bodies(), ElementsAre(HasSubstr("PP/1"), HasSubstr("PP/4")));
  const auto aside = catalogue->messages_aside(0, 10);
  ASSERT_TRUE(aside);
  ASSERT_EQ(aside->size(), 3U);
  EXPECT_EQ((*aside)[0].reason, "the event's body has no text version");
  EXPECT_EQ((*aside)[1].reason, "the event's body has a version that is none: 3");
  EXPECT_EQ((*aside)[2].reason, "the event's body is not a JSON object");
  EXPECT_THAT((*aside)[0].body, HasSubstr("PP/2"));
  EXPECT_THAT(log.text, HasSubstr("notice_refused sink=born-digital"));
  EXPECT_EQ(told.size(), 3U) << "one of each";
}

// G5
TEST_F(BornDigitalTest, WhatCannotBeSetAsideHoldsThePlace) {
  ASSERT_TRUE(tell());
  append("born-digital", "[]");
  append_bag("born-digital", "PP/4", "v1");
  tells = false;
  EXPECT_FALSE(tell());
  EXPECT_THAT(bodies(), testing::IsEmpty());
  tells = true;
  ASSERT_TRUE(*tell());
  EXPECT_THAT(bodies(), ElementsAre(HasSubstr("PP/4")));
  EXPECT_EQ(told.size(), 2U) << "once more: whoever was told may not have heard";
}

// G6
TEST_F(BornDigitalTest, ToldAgainItHasTheSameIdAndTheSameBytes) {
  ASSERT_TRUE(tell());
  append_bag("born-digital", "PP/1", "v1");
  topic.fails_afterwards = true;
  EXPECT_FALSE(tell());
  topic.fails_afterwards = false;
  ASSERT_TRUE(*tell());
  ASSERT_EQ(topic.taken.size(), 2U);
  EXPECT_EQ(topic.taken[0].id, topic.taken[1].id);
  EXPECT_EQ(topic.taken[0].body, topic.taken[1].body);
}

// G7
TEST_F(BornDigitalTest, OperatorsHearOfWhatBarsItUntilItGoesOn) {
  ASSERT_TRUE(tell());
  append_bag("born-digital", "PP/1", "v1");
  topic.fails = true;
  topic.fault = broken("the webhook answered 403");
  std::vector<std::string> heard;
  needs.tell_barred = [&](const std::string& why) {
    heard.push_back(why);
    topic.fails = heard.size() < 3;
    if (why.empty()) source.request_stop();
  };
  test::StoppingClock clock(bench.clock, source, 12);
  TopicSinkNeeds stopping{topic,   *catalogue, *catalogue,      *catalogue,       clock,
                          metrics, log,        needs.set_aside, needs.tell_barred};
  TopicSink(stopping, settings, source.get_token()).run();
  EXPECT_THAT(heard, ElementsAre(topic.fault.what, topic.fault.what, topic.fault.what, ""));
  EXPECT_THAT(bodies(), ElementsAre(HasSubstr("PP/1")));
}

// G7
TEST_F(BornDigitalTest, TroubleHoldsThePlaceAndARefusalDoesNot) {
  ASSERT_TRUE(tell());
  append_bag("born-digital", "PP/1", "v1");
  append_bag("born-digital", "PP/2", "v1");
  topic.fails = true;
  for (const Error& fault : {temporary("cut"), broken("the webhook answered 403")}) {
    topic.fault = fault;
    EXPECT_FALSE(tell());
    EXPECT_TRUE(catalogue->messages_aside(0, 10)->empty());
  }
  topic.fails = false;
  ASSERT_TRUE(*tell());
  EXPECT_THAT(bodies(), ElementsAre(HasSubstr("PP/1"), HasSubstr("PP/2")));
  append_bag("born-digital", "PP/3", "v1");
  topic.fails = true;
  topic.fault = rejected("the webhook answered 422");
  ASSERT_TRUE(*tell());
  ASSERT_EQ(catalogue->messages_aside(0, 10)->size(), 1U);
  EXPECT_EQ(catalogue->messages_aside(0, 10)->front().reason, "the webhook answered 422");
}

TEST_F(BornDigitalTest, AMessageSetAsideIsThereOnceUntilItIsDropped) {
  const MessageAside message{0, "who", "event", "{}", "why", bench.clock.now()};
  EXPECT_TRUE(*catalogue->set_aside(message));
  EXPECT_FALSE(*catalogue->set_aside(message));
  const auto listed = catalogue->messages_aside(0, 10);
  ASSERT_EQ(listed->size(), 1U);
  const std::int64_t number = listed->front().number;
  EXPECT_EQ(catalogue->find_aside(number)->value(), listed->front());
  EXPECT_TRUE(catalogue->messages_aside(number, 10)->empty());
  EXPECT_TRUE(*catalogue->drop_aside(number));
  EXPECT_FALSE(*catalogue->drop_aside(number));
  EXPECT_FALSE(*catalogue->find_aside(number));
}

}  // namespace
}  // namespace strongroom::events
