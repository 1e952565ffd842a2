// Goal: whoever dies at whatever step, the end is the same: one transfer, one last log, the right tags (case H2).
// Method: a world in memory with a good package, a bad one, and one with its extension in capitals; its worker dies at
// the first step, in the next world at the second, and so on until it lives through all of them. Steps are calls of the
// catalogue, before and after their effect, and those of the area. Chance finds combinations elsewhere (walk_test.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kGood = "born-digital/pkg.zip";
constexpr const char* kBad = "born-digital/bad.zip";
constexpr const char* kCapitals = "born-digital/CAPITALS.ZIP";
constexpr const char* kTwin = "born-digital/CAPITALS.zip";
using AreaTag = AreaTags::value_type;

/// Everybody's packages, and the one who works on them for as long as that goes well.
class ShortLife {
 public:
  explicit ShortLife(memory::AreaKind kind) : world_(kind) {
    world_.area.set_hook([this](std::string_view, const std::string&) -> Result<void> {
      if (world_.mortal.dies()) return temporary("dead", "", Reason::stopped);
      return {};
    });
    good_ = world_.upload(kGood, TransferWorld::package());
    bad_ = world_.upload(kBad, "no zip file");
    capitals_ = world_.upload(kCapitals, TransferWorld::package("filename,dc.identifier\nobjects/,LE/MON/2\n"));
  }

  /// False when he died.
  bool live_for(int steps) {
    world_.mortal.steps_left = steps;
    const bool lived = world_.work();
    world_.mortal.steps_left.reset();
    return lived;
  }

  /// Others go on once his holds have run out.
  void others_go_on() {
    world_.live(std::chrono::minutes(6));
    for (const char* id : {"T-1", "T-2"}) world_.archivematica.statuses[id] = {"PROCESSING", "Scan for viruses", ""};
    world_.live(std::chrono::minutes(5));
  }

  void check() {
    EXPECT_EQ(world_.archivematica.taken.size(), 2U);
    for (const auto& [id, keys] :
         std::map<std::string, std::vector<std::string>>{{good_, {kGood}}, {capitals_, {kCapitals, kTwin}}}) {
      const Transfer transfer = world_.show(id);
      EXPECT_EQ(transfer.state, TransferState::processing) << transfer.key;
      ASSERT_TRUE(transfer.archivematica);
      for (const std::string& key : keys) {
        EXPECT_THAT(world_.area.tags_at(key),
                    Contains(AreaTag("Archivematica-TransferId", transfer.archivematica->transfer_id)));
      }
    }
    EXPECT_EQ(world_.state(bad_), TransferState::rejected);
    EXPECT_THAT(world_.area.tags_at(kBad), IsEmpty());
    EXPECT_THAT(world_.logs(), ElementsAre(HasSubstr("CAPITALS.ZIP.success."), HasSubstr("bad.zip.failed."),
                                           HasSubstr("pkg.zip.success.")));
    EXPECT_EQ(world_.transfers.find_transfers({}, std::nullopt, 10)->transfers.size(), 3U);
  }

 private:
  TransferWorld world_;
  std::string good_;
  std::string bad_;
  std::string capitals_;
};

TEST(DeathTest, H2_AtWhateverStepTheEndIsTheSame) {
  for (const bool versions : {false, true}) {
    bool lived = false;
    int steps = 0;
    for (; !lived; ++steps) {
      SCOPED_TRACE("step " + std::to_string(steps) + (versions ? " with versions" : ""));
      ShortLife life({.versions = versions});
      lived = life.live_for(steps);
      life.others_go_on();
      life.check();
      ASSERT_FALSE(testing::Test::HasFailure());
    }
    EXPECT_GT(steps, 100) << "that many are on the way of three packages";
  }
}

}  // namespace
}  // namespace strongroom::transfers
