// Updates that build on each other, and what races with them (cases I5, I6, J1, J4, J5): whatever the order of the
// world, a version has the files its depositor meant, or the ingest fails with its reason and nothing is visible.
#include <gtest/gtest.h>

#include "world.hpp"

namespace strongroom::simulation {
namespace {

class OpenGate final : public Gate {
 public:
  Result<void> at(const char*, Moment) override { return {}; }
};

class UpdateTest : public testing::Test {
 protected:
  explicit UpdateTest(const WorldSettings& settings = {}) : world(settings, gate) {}

  const std::map<std::string, std::string> first = {{"r.txt", std::string(56, 'r')}, {"s.txt", "second\n"}};

  void create() { world.post({IngestType::create, "t", make_bag("t", first), true, false, ""}); }
  /// An update that brings `n.txt` and fetches r.txt and s.txt from these versions.
  Submission delta(const std::string& own, const std::string& r, const std::string& s) {
    const std::map<std::string, Fetched> fetched = {{"r.txt", {r + "/data/r.txt", first.at("r.txt")}},
                                                    {"s.txt", {s + "/data/s.txt", first.at("s.txt")}}};
    return {IngestType::update,
            "t",
            make_delta("t", {{"n.txt", own}}, fetched),
            true,
            false,
            "",
            {{"data/r.txt", first.at("r.txt")}, {"data/s.txt", first.at("s.txt")}}};
  }
  void run() {
    world.run_to_rest([] { return false; });
  }
  std::string last_event(std::size_t index) {
    return world.catalogue().events_of(world.ingests().at(index)).value().back().description;
  }
  Status status(std::size_t index) { return world.catalogue().find_ingest(world.ingests().at(index)).value()->status; }

  OpenGate gate;
  World world;
};

/// Files that an update fetches are read in every location.
class ReadingUpdateTest : public UpdateTest {
 protected:
  ReadingUpdateTest() : UpdateTest({.verify_fetched = FetchedCheck::content}) {}
};

TEST_F(UpdateTest, I1_EveryVersionHoldsWhatItBrought) {
  create();
  world.post(delta("two", "v1", "v1"));
  world.post(delta("three", "v1", "v1"));
  // A shallow one: everything is taken, the newest file from the version that brought it.
  const std::map<std::string, Fetched> everything = {{"r.txt", {"v1/data/r.txt", first.at("r.txt")}},
                                                     {"again.txt", {"v1/data/r.txt", first.at("r.txt")}},
                                                     {"n.txt", {"v3/data/n.txt", "three"}}};
  world.post({IngestType::update,
              "t",
              make_delta("t", {}, everything),
              true,
              false,
              "",
              {{"data/r.txt", first.at("r.txt")}, {"data/again.txt", first.at("r.txt")}, {"data/n.txt", "three"}}});
  run();
  world.check();
}

TEST_F(UpdateTest, I5_J4_RacingUpdatesDoNotBringBackWhatWasReplaced) {
  create();
  // Both were made when v1 was the latest; the first one replaces s.txt.
  Submission replacing = delta("two", "v1", "v1");
  replacing.files = make_delta("t", {{"s.txt", "replaced\n"}}, {{"r.txt", {"v1/data/r.txt", first.at("r.txt")}}});
  replacing.fetched = {{"data/r.txt", first.at("r.txt")}};
  world.post(replacing);
  world.post(delta("stale", "v1", "v1"));
  run();
  EXPECT_EQ(status(1), Status::succeeded);
  EXPECT_EQ(last_event(2),
            "Verification (pre-replicating to archive storage) failed - fetch.txt does not name the most recent stored "
            "copy of: data/s.txt");
  EXPECT_FALSE(world.catalogue()
                   .find_registered({Space::parse("maps").value(), ExternalIdentifier::parse("t").value()}, Version(3))
                   .value());
}

TEST_F(UpdateTest, J1_RacingCreatesMakeOneBag) {
  create();
  create();
  run();
  EXPECT_EQ(status(0), Status::succeeded);
  EXPECT_EQ(last_event(1),
            "Assigning bag version failed - Cannot create new bag: a bag with the supplied external identifier already "
            "exists in this space");
}

TEST_F(UpdateTest, I6_AFileThatOneLocationLostStopsTheUpdate) {
  create();
  run();
  world.location(2).lose("maps/t/v1/data/r.txt");
  world.post(delta("two", "v1", "v1"));
  run();
  bool told = false;
  for (const IngestEvent& event : world.catalogue().events_of(world.ingests().at(1)).value()) {
    told = told ||
           event.description == "Verification (replica-2) failed - Unable to verify one file in the bag: data/r.txt";
  }
  EXPECT_TRUE(told);
  EXPECT_EQ(status(1), Status::failed);
  // Nothing of it stays, and its number is free for the next one.
  const auto held = world.location(0).objects();
  for (const auto& [key, bytes] : held) EXPECT_EQ(key.find("/v2/"), std::string::npos) << key;
  EXPECT_EQ(world.location(0).staged().size(), 0U);
  EXPECT_FALSE(world.catalogue().find_ingest(world.ingests().at(1)).value()->version);
  // What was found out about v1 is not forgotten with the ingest.
  const auto damage = world.damage().damage_in("uuid-2", "", 10).value();
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].copy, (FileCopy{"uuid-2", "maps/t/v1/data/r.txt", first.at("r.txt").size(),
                                      digest_of(Algorithm::sha256, first.at("r.txt"))}));
  EXPECT_EQ(world.damage().count_damage("uuid-0").value() + world.damage().count_damage("uuid-1").value(), 0U);
}

TEST_F(UpdateTest, I6_AFileOfAnotherSizeStopsTheUpdate) {
  create();
  run();
  world.location(1).lose("maps/t/v1/data/s.txt");
  world.location(1).plant("maps/t/v1/data/s.txt", "longer than it was\n");
  world.post(delta("two", "v1", "v1"));
  run();
  EXPECT_EQ(status(1), Status::failed);
  EXPECT_EQ(world.damage().count_damage("uuid-1").value(), 1U);
}

TEST_F(ReadingUpdateTest, I6_AFileThatWasPutBackIsFoundToBeRight) {
  create();
  run();
  world.location(1).lose("maps/t/v1/data/s.txt");
  world.location(1).plant("maps/t/v1/data/s.txt", "sicond\n");
  world.post(delta("two", "v1", "v1"));
  run();
  EXPECT_EQ(status(1), Status::failed);
  EXPECT_EQ(world.damage().count_damage("uuid-1").value(), 1U) << "it has the right size, and other bytes";
  world.location(1).lose("maps/t/v1/data/s.txt");
  world.location(1).plant("maps/t/v1/data/s.txt", first.at("s.txt"));
  world.post(delta("two", "v1", "v1"));
  run();
  EXPECT_EQ(status(2), Status::succeeded);
  EXPECT_EQ(world.damage().count_damage("uuid-1").value(), 0U);
}

}  // namespace
}  // namespace strongroom::simulation
