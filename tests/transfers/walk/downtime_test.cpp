// Goal: two hours without Archivematica, with workers dying, answers lost and an area that fails: every package ends in
// a state with a name, none is submitted twice, and none ends silently (transfers.md 2.3, 10.5; case E9).
// Method: a campaign of worlds in memory, each with many packages of every kind that come before, while and after
// Archivematica is away. STRONGROOM_DOWNTIMES sets their number (default 60), STRONGROOM_SEED the first of their seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using Kind = PackageAnswer::Kind;

constexpr Duration kHour = std::chrono::hours(1);

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// One world, and everybody's packages in it.
class Downtime {
 public:
  explicit Downtime(std::uint64_t seed) : world_({seed % 2 == 0, seed % 3 != 0}), chance_(seed) {
    world_.mortal.chance.seed(seed);
    world_.area.set_hook([this](std::string_view, const std::string&) -> Result<void> {
      if (trouble_ && happens(0.05)) return temporary("the area does not answer");
      return {};
    });
  }

  void live_through_it() {
    world_.mortal.death_rate = 0.02;
    trouble_ = true;
    some_uploads(5);
    world_.live(std::chrono::minutes(10));
    leave();
    for (int step = 0; step < 12; ++step) {
      if (step < 6) some_uploads(2);
      world_.live(std::chrono::minutes(10));
      if (step == 6) everybody_waits_with_a_note();
      leave();
    }
    come_back();
    some_uploads(3);
    world_.live(kHour / 2);
    trouble_ = false;
    world_.mortal.death_rate = 0;
    world_.archivematica.answers.clear();
    world_.live(kHour);
  }

  void check() {
    for (const std::string& id : good_) {
      const Transfer transfer = world_.show(id);
      EXPECT_EQ(transfer.state, TransferState::accepted) << transfer.key << ": " << transfer.label();
      EXPECT_EQ(count_logs(transfer, ".success."), 1) << transfer.key;
      EXPECT_EQ(count_logs(transfer, ".failed."), 0) << transfer.key;
    }
    for (const std::string& id : bad_) {
      const Transfer transfer = world_.show(id);
      EXPECT_EQ(transfer.state, TransferState::rejected) << transfer.key << ": " << transfer.label();
      EXPECT_EQ(count_logs(transfer, ".failed."), 1) << transfer.key;
      EXPECT_EQ(count_logs(transfer, ".received.") + count_logs(transfer, ".delayed."), 0) << transfer.key;
    }
    // One transfer for each of the good ones: as many ids as keys, and no key that is nobody's.
    EXPECT_EQ(world_.archivematica.taken.size(), good_.size());
    std::map<std::string, std::set<std::string>> bodies;
    for (const auto& sent : world_.archivematica.sent) bodies[sent.key].insert(sent.body);
    EXPECT_EQ(bodies.size(), good_.size());
  }

 private:
  bool happens(double rate) { return std::uniform_real_distribution<>(0, 1)(chance_) < rate; }

  void some_uploads(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "born-digital/p" + std::to_string(good_.size() + bad_.size()) + ".zip";
      const bool is_bad = happens(0.25);
      const std::string id = world_.upload(name, is_bad ? "no zip file" : TransferWorld::package());
      (is_bad ? bad_ : good_).push_back(id);
    }
  }

  /// Look-ups fail, requests do not come through, or their answers are lost on the way back.
  void leave() {
    world_.archivematica.lookups_fail = temporary("Archivematica does not answer");
    constexpr std::array kAnswers = {Kind::transient, Kind::not_taken, Kind::busy};
    world_.archivematica.answers.clear();
    for (int i = 0; i < 400; ++i) {
      world_.archivematica.answers.push_back(kAnswers.at(std::uniform_int_distribution<std::size_t>(0, 2)(chance_)));
    }
  }

  void come_back() {
    world_.archivematica.lookups_fail.reset();
    world_.archivematica.answers = {Kind::transient, Kind::accepted, Kind::busy, Kind::transient};
  }

  /// More than two minutes are over for these: their archivists have been told.
  void everybody_waits_with_a_note() {
    for (const std::string& id : good_) {
      const Transfer transfer = world_.show(id);
      if (transfer.state != TransferState::submitting || !transfer.delay) continue;
      const bool told =
          std::ranges::any_of(transfer.logs, [](const TransferLog& log) { return log.result == "delayed"; });
      EXPECT_TRUE(told || world_.clock.now() - transfer.delay->since < std::chrono::minutes(15)) << transfer.key;
    }
  }

  std::ptrdiff_t count_logs(const Transfer& transfer, const std::string& result) {
    return std::ranges::count_if(world_.logs(),
                                 [&](const std::string& key) { return key.starts_with(transfer.key + result); });
  }

  TransferWorld world_;
  std::mt19937_64 chance_;
  bool trouble_ = false;
  std::vector<std::string> good_;
  std::vector<std::string> bad_;
};

TEST(DowntimeTest, TwoHoursWithoutArchivematicaLoseNothingAndDoubleNothing) {
  const std::uint64_t first = number_from("STRONGROOM_SEED", 1);
  const std::uint64_t worlds = number_from("STRONGROOM_DOWNTIMES", 60);
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    SCOPED_TRACE("STRONGROOM_SEED=" + std::to_string(seed));
    Downtime world(seed);
    world.live_through_it();
    world.check();
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace strongroom::transfers
