// Goal: a file that was put back is known to be right although no reader asks for it, and nothing else is believed.
// Method: stores in memory, a register in memory, and damage of each kind.
#include "care/rechecking.hpp"

#include <gtest/gtest.h>

#include "adapters/catalogue/memory/damage.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::care {
namespace {

class RecheckingTest : public testing::Test {
 protected:
  RecheckingTest() {
    for (const char* const name : {"first", "second"}) {
      facts.push_back(
          {.name = *LocationName::parse(name), .label = name, .uuid = name, .bucket = name, .prefix = {}, .url = {}});
    }
  }
  static std::string key(int number) { return "maps/x/v1/data/" + std::to_string(number); }
  /// Known to be damaged in a location.
  void damaged(const std::string& location, int number) {
    const auto noted = known.note_damage(
        {{location, key(number), kContent.size(), digest_of(Algorithm::sha256, kContent)}, "bad", clock.now()});
    ASSERT_TRUE(noted && *noted);
  }
  /// The numbers that still are.
  std::vector<std::string> left(const std::string& location) {
    std::vector<std::string> keys;
    const auto damage = known.damage_in(location, "", 100);
    EXPECT_TRUE(damage);
    for (const Damage& one : *damage) keys.push_back(one.copy.key.substr(one.copy.key.rfind('/') + 1));
    return keys;
  }
  void round() {
    const auto done = rechecking.round({});
    EXPECT_TRUE(done) << done.error().text();
  }

  inline static const std::string kContent = "as it was stored";
  test::FakeClock clock;
  test::FakeLog log;
  memory::MemoryDamage known;
  DamageNotes notes{known, clock, log};
  std::vector<LocationFacts> facts;
  test::FakeStore first, second;
  std::vector<ObjectStore*> stores{&first, &second};
  Rechecking rechecking{{known, notes, facts, stores}, {.files = 3}};
};

TEST_F(RecheckingTest, OnlyWhatIsRightEndsItsDamage) {
  for (const int number : {1, 2, 3}) damaged("first", number);
  damaged("second", 1);
  first.objects[key(1)] = kContent;
  first.objects[key(2)] = "as it was stoned";
  second.objects[key(1)] = kContent + " and more";
  round();
  EXPECT_EQ(left("first"), (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(left("second"), (std::vector<std::string>{"1"}));
  EXPECT_EQ(first.asked.size(), 2U) << "what is missing is not asked for";
  EXPECT_TRUE(second.asked.empty());
  EXPECT_NE(log.text.find("file.copy_whole_again location=first key=maps/x/v1/data/1"), std::string::npos) << log.text;
}

TEST_F(RecheckingTest, WhatCannotBeReadStaysAsItIsKnown) {
  damaged("first", 1);
  first.objects[key(1)] = kContent;
  for (const Error& error : {broken("archived", "", Reason::archived), temporary("503")}) {
    first.refusal = error;
    round();
  }
  first.refusal.reset();
  first.fails_after = 3;
  round();
  EXPECT_EQ(left("first").size(), 1U);
  facts[0].tier = AccessTier::archive;
  first.fails_after = std::string::npos;
  first.asked.clear();
  round();
  EXPECT_TRUE(first.asked.empty());
  EXPECT_EQ(left("first").size(), 1U);
}

TEST_F(RecheckingTest, RoundsGoOnWhereTheLastOneEnded) {
  for (const int number : {1, 2, 3, 4, 5}) {
    damaged("first", number);
    first.objects[key(number)] = number < 5 ? "as it was stoned" : kContent;
  }
  round();
  EXPECT_EQ(first.asked.size(), 3U);
  EXPECT_EQ(left("first").size(), 5U);
  round();
  EXPECT_EQ(first.asked.size(), 5U);
  EXPECT_EQ(left("first").size(), 4U);
  round();
  EXPECT_EQ(first.asked.size(), 8U) << "from the beginning";
}

TEST_F(RecheckingTest, AStopEndsIt) {
  damaged("first", 1);
  first.objects[key(1)] = kContent;
  std::stop_source stop;
  stop.request_stop();
  const auto done = rechecking.round(stop.get_token());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::stopped);
  EXPECT_EQ(left("first").size(), 1U);
}

}  // namespace
}  // namespace strongroom::care
