// Goal: a lost notification delays a package and never loses it; what others have begun is adopted, and nothing is
// submitted twice (transfers.md 2.5, 3.5, 17; cases A13, F12).
// Method: areas in memory, swept when told to, beside a worker.
#include "transfers/sweeping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kKey = "born-digital/pkg.zip";
constexpr Duration kGrace = std::chrono::minutes(15);
constexpr const char* kOldTime = "2026-07-01T08:00:00.000Z";

class SweepingTest : public testing::Test, protected TransferWorld {
 protected:
  Result<Swept> sweep(Adopt adopt = Adopt::hold) {
    return Sweeping(sweeping_needs, settings, areas.front(), adopt, stop.get_token()).sweep();
  }
  /// The area has been swept before, so that nothing is adopted.
  void be_known() { ASSERT_TRUE(sweep()); }
  std::vector<Transfer> all() { return transfers.find_transfers({}, std::nullopt, 100)->transfers; }
  Transfer the_one() {
    EXPECT_EQ(all().size(), 1U);
    return all().empty() ? Transfer{} : all().front();
  }
  /// As the services of before have left an accepted package.
  void place_accepted(const std::string& key) {
    const AreaTags tags = {{"Archivematica-TransferId", "T-9"},
                           {"Archivematica-ProcessingConfig", "born_digital"},
                           {"Archivematica-CatalogueIdentifier", "PP/1"},
                           {"Archivematica-AccessionNumber", ""}};
    ASSERT_TRUE(area.set_tags(area.place(key, package()), tags));
    const std::string log_text = "@@ Logging starts at x @@\nArchivematica transfer ID: T-9\n@@ Logging ends at x @@";
    ASSERT_TRUE(area.put_log(key + ".success." + kOldTime + ".acdd62860726.log", log_text, tags));
  }

  SweepingNeeds sweeping_needs{transfers, clock, entropy, log};
};

TEST_F(SweepingTest, A13_WhatNobodyToldOfIsFoundAfterItsGraceTime) {
  be_known();
  const AreaObject object = area.place(kKey, package());
  clock.pass(kGrace - std::chrono::seconds(1));
  ASSERT_EQ(sweep()->added, 0U);
  clock.pass(std::chrono::seconds(1));
  ASSERT_EQ(sweep()->added, 1U);
  EXPECT_EQ(the_one().event.name, "Observed");
  EXPECT_EQ(the_one().event.etag, object.etag);
  EXPECT_EQ(the_one().event.source, "sweep");
  ASSERT_TRUE(work());
  EXPECT_EQ(the_one().state, TransferState::accepted);
  // Once more, and the notification after all: nothing changes.
  ASSERT_EQ(sweep()->added, 0U);
  TransferEvent event{"ObjectCreated:Put", "2024-05-01T09:30:01.540Z", "1", std::nullopt, object.etag, "http"};
  const auto late = transfers.add_transfer(
      newly(arrived(areas.front(), kKey, event, settings.prefixes, clock.now(), entropy), entropy));
  ASSERT_TRUE(late);
  EXPECT_FALSE(late->is_new);
  work();
  EXPECT_EQ(archivematica.sent.size(), 1U);
}

TEST_F(SweepingTest, A9_OnlyPackagesAreLookedAt) {
  be_known();
  for (const char* key : {"born-digital/readme.txt", "born-digital/a.tar.gz", "born-digital/x.zip/",
                          "born-digital/p.zip.success.x.log", "born-digital/zip"}) {
    area.place(key, "x");
  }
  clock.pass(kGrace);
  const auto swept = sweep();
  EXPECT_EQ(swept->packages, 0U);
  EXPECT_THAT(all(), IsEmpty());
  area.place("elsewhere/A.Zip", "x");
  clock.pass(kGrace);
  EXPECT_EQ(sweep()->added, 1U) << "outside of the prefixes it is answered";
}

TEST_F(SweepingTest, ATwinStartsNothing) {
  be_known();
  upload("born-digital/PKG.ZIP", package());
  ASSERT_TRUE(work());
  ASSERT_TRUE(area.content("born-digital/PKG.zip"));
  clock.pass(kGrace);
  EXPECT_EQ(sweep()->added, 0U);
  EXPECT_EQ(all().size(), 1U);
}

TEST_F(SweepingTest, AnotherUploadUnderTheSameKeyIsAnotherPackage) {
  be_known();
  upload(kKey, package());
  ASSERT_TRUE(work());
  clock.pass(std::chrono::hours(1));
  area.place(kKey, package("filename,dc.identifier\nobjects/,LE/MON/2\n"));
  clock.pass(kGrace);
  EXPECT_EQ(sweep()->added, 1U);
  EXPECT_EQ(all().size(), 2U);
}

TEST_F(SweepingTest, F12_TheFirstSweepAdoptsWhatWasBegunAndHoldsTheRest) {
  place_accepted("born-digital/done.zip");
  area.place("born-digital/bad.zip", "no zip file");
  ASSERT_TRUE(area.put_log(std::string("born-digital/bad.zip.failed.") + kOldTime + ".acdd62860726.log", "bad", {}));
  area.place("born-digital/unknown.zip", package());
  clock.pass(kGrace);
  const auto swept = sweep();
  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->adopted, 3U);
  EXPECT_EQ(swept->added, 0U);
  live(std::chrono::hours(1));
  EXPECT_THAT(archivematica.sent, IsEmpty());
  for (const Transfer& transfer : all()) {
    if (transfer.key == "born-digital/done.zip") {
      EXPECT_EQ(transfer.state, TransferState::processing);
      EXPECT_EQ(transfer.archivematica->transfer_id, "T-9");
      EXPECT_EQ(transfer.catalogue_identifier, "PP/1");
      EXPECT_EQ(transfer.accession_number, "");
      ASSERT_EQ(transfer.logs.size(), 1U) << "it has been answered, and is not answered again";
      EXPECT_TRUE(transfer.logs[0].written);
    } else if (transfer.key == "born-digital/bad.zip") {
      EXPECT_EQ(transfer.state, TransferState::rejected);
    } else {
      EXPECT_EQ(transfer.state, TransferState::received);
      EXPECT_TRUE(transfer.held);
    }
  }
  EXPECT_EQ(logs().size(), 2U);
}

TEST_F(SweepingTest, F12_WithoutTagsTheSuccessLogTellsTheTransfer) {
  for (const bool tags : {true, false}) {
    TransferWorld world({false, tags});
    const std::string log_key = std::string(kKey) + ".success." + kOldTime + ".acdd62860726.log";
    world.area.place(kKey, TransferWorld::package());
    ASSERT_TRUE(world.area.put_log(log_key, "@@ x @@\nArchivematica transfer ID: T-9\n@@ y @@", {}));
    world.clock.pass(kGrace);
    SweepingNeeds of_world{world.transfers, world.clock, world.entropy, world.log};
    ASSERT_TRUE(Sweeping(of_world, world.settings, world.areas.front(), Adopt::start, {}).sweep());
    const auto found = world.transfers.find_transfers({}, std::nullopt, 10)->transfers;
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].state, tags ? TransferState::received : TransferState::processing);
    if (!tags) {
      EXPECT_EQ(found[0].archivematica->transfer_id, "T-9");
    }
  }
}

TEST_F(SweepingTest, WhatIsToBeStartedIsStartedByTheFirstSweepToo) {
  area.place(kKey, package());
  clock.pass(kGrace);
  ASSERT_EQ(sweep(Adopt::start)->added, 1U);
  ASSERT_TRUE(work());
  EXPECT_EQ(the_one().state, TransferState::accepted);
}

// Whatever sweep it is: what bears the tag is Archivematica's already.
TEST_F(SweepingTest, ATaggedOneIsNeverSubmitted) {
  be_known();
  place_accepted(kKey);
  clock.pass(kGrace);
  EXPECT_EQ(sweep()->adopted, 1U);
  live(std::chrono::hours(1));
  EXPECT_EQ(the_one().state, TransferState::processing);
  EXPECT_THAT(archivematica.sent, IsEmpty());
}

// Some stores date an object anew with its tags. Who dies between the tags and their record leaves one that looks like
// another upload, which others have had accepted.
TEST_F(SweepingTest, H2_WhatWasTaggedByWhoDiedThenIsNoOtherPackage) {
  TransferWorld world({.tags = true, .dates_tagging = true});
  const SweepingNeeds of_world{world.transfers, world.clock, world.entropy, world.log};
  const auto sweep_there = [&] {
    return Sweeping(of_world, world.settings, world.areas.front(), Adopt::hold, {}).sweep();
  };
  ASSERT_TRUE(sweep_there());
  const std::string id = world.upload(kKey, package());
  world.archivematica.before_submit = [&] { world.clock.pass(std::chrono::minutes(1)); };
  world.area.set_hook([&](std::string_view step, const std::string&) -> Result<void> {
    world.mortal.dead = world.mortal.dead || step == "set_tags.look";
    if (world.mortal.dead) return temporary("dead", "", Reason::stopped);
    return {};
  });
  EXPECT_FALSE(world.work());
  world.area.set_hook({});
  ASSERT_FALSE(world.area.tags_at(kKey).empty());
  ASSERT_FALSE(world.show(id).tagged);
  world.clock.pass(kGrace);
  const auto swept = sweep_there();
  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->packages, 1U);
  EXPECT_EQ(swept->added + swept->adopted, 0U);
  world.live(std::chrono::hours(1));
  EXPECT_EQ(world.transfers.transfers_of_key("main", kKey)->size(), 1U);
  EXPECT_EQ(world.state(id), TransferState::accepted);
  EXPECT_TRUE(world.show(id).tagged);
  EXPECT_EQ(world.logs().size(), 1U);
  EXPECT_EQ(world.archivematica.sent.size(), 1U);
}

TEST_F(SweepingTest, ARejectedOneIsResolvedOnceItIsGoneOrReplaced) {
  be_known();
  const std::string gone = upload("born-digital/gone.zip", "no zip file");
  const std::string replaced = upload("born-digital/replaced.zip", "no zip file");
  const std::string there = upload("born-digital/there.zip", "no zip file");
  ASSERT_TRUE(work());
  clock.pass(std::chrono::hours(1));
  area.remove("born-digital/gone.zip");
  area.place("born-digital/replaced.zip", package());
  ASSERT_TRUE(sweep());
  EXPECT_TRUE(show(gone).resolved);
  EXPECT_TRUE(show(replaced).resolved);
  EXPECT_FALSE(show(there).resolved);
}

TEST_F(SweepingTest, ASweepThatFailsIsMadeAgainFromItsBeginning) {
  place_accepted("born-digital/a.zip");
  area.place("born-digital/b.zip", package());
  clock.pass(kGrace);
  bool down = true;
  area.set_hook([&](std::string_view step, const std::string& key) -> Result<void> {
    if (down && step == "stat" && key == "born-digital/b.zip") return temporary("the area does not answer");
    return {};
  });
  EXPECT_FALSE(sweep());
  down = false;
  // It is the first one still: b is held, not started.
  ASSERT_TRUE(sweep());
  live(std::chrono::hours(1));
  EXPECT_EQ(all().size(), 2U);
  EXPECT_THAT(archivematica.sent, IsEmpty());
}

TEST_F(SweepingTest, AFileThatChangesIsNoticedOnceItLiesStill) {
  be_known();
  areas.front().sweep_grace = std::chrono::seconds(10);
  Sweeping sweeping(sweeping_needs, settings, areas.front(), Adopt::start, stop.get_token());
  area.place(kKey, "begun");
  EXPECT_FALSE(*sweeping.notice(kKey));
  clock.pass(std::chrono::seconds(9));
  area.place(kKey, package());
  clock.pass(std::chrono::seconds(9));
  EXPECT_FALSE(*sweeping.notice(kKey));
  clock.pass(std::chrono::seconds(1));
  EXPECT_TRUE(*sweeping.notice(kKey));
  EXPECT_TRUE(*sweeping.notice("born-digital/readme.txt"));
  EXPECT_TRUE(*sweeping.notice("born-digital/gone.zip"));
  ASSERT_TRUE(work());
  EXPECT_EQ(the_one().state, TransferState::accepted);
}

TEST_F(SweepingTest, AStopEndsASweepThatIsNotTheFirstThen) {
  area.place(kKey, package());
  clock.pass(kGrace);
  stop.request_stop();
  ASSERT_TRUE(sweep());
  EXPECT_THAT(all(), IsEmpty());
  EXPECT_EQ(*transfers.transfer_fact("swept main"), "");
}

}  // namespace
}  // namespace strongroom::transfers
