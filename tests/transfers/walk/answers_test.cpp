// Goal: what the record and the logs of a package tell beyond its state: earlier ones of its name, the same content,
// the bag's next version, a file that was replaced; and that no log is lost or left over whoever dies
// (transfers.md 2.5, 5, 7.2, 10.7). Method: a world in memory, where workers die and files change as told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/report.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Kind = PackageAnswer::Kind;

constexpr const char* kKey = "born-digital/pkg.zip";
constexpr Duration kHour = std::chrono::hours(1);

BagId expected_bag() { return {*Space::parse("born-digital"), *ExternalIdentifier::parse("LE/MON/1")}; }

class AnswersTest : public testing::Test, protected TransferWorld {
 protected:
  /// A bag with this transfer is registered, and its package is looked at.
  void store(const std::string& id) {
    const std::string there = show(id).archivematica->transfer_id;
    ASSERT_TRUE(transfers.add_mets_names(expected_bag(), Version(1), {"data/x-" + there + "/METS.xml"}));
    live(kHour);
    ASSERT_EQ(state(id), TransferState::stored);
  }
  std::string success_log() {
    for (const std::string& key : logs()) {
      if (key.find(".success.") != std::string::npos) return *area.content(key);
    }
    return {};
  }
};

TEST_F(AnswersTest, AnAcceptedPackageResolvesEarlierRejectedOnes) {
  const std::string first = upload(kKey, "no zip file");
  const std::string elsewhere = upload("born-digital/other.zip", "no zip file");
  ASSERT_TRUE(work());
  const std::string second = upload(kKey, "neither");
  ASSERT_TRUE(work());
  EXPECT_FALSE(show(first).resolved);
  const std::string third = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(state(third), TransferState::accepted);
  const std::string fourth = upload(kKey, "no zip file once more");
  live(kHour);
  EXPECT_TRUE(show(first).resolved);
  EXPECT_TRUE(show(second).resolved);
  EXPECT_THAT(show(first).remarks.back().description, HasSubstr("a later package of its name has been accepted"));
  EXPECT_FALSE(show(elsewhere).resolved);
  EXPECT_FALSE(show(fourth).resolved) << "it came later";
}

TEST_F(AnswersTest, F2_AStoredPackageResolvesEarlierFailedOnes) {
  archivematica.answers = {Kind::refused};
  const std::string first = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(state(first), TransferState::failed);
  clock.pass(kHour);
  const std::string second = upload(kKey, package("filename,dc.identifier\nobjects/,LE/MON/1\n\n"));
  ASSERT_TRUE(work());
  ASSERT_EQ(state(second), TransferState::accepted);
  EXPECT_FALSE(show(first).resolved);
  store(second);
  EXPECT_TRUE(show(first).resolved);
}

TEST_F(AnswersTest, AnEarlierOneThatIsHeldIsResolvedLater) {
  const std::string first = upload(kKey, "no zip file");
  ASSERT_TRUE(work());
  const auto held = transfers.claim_transfer(first, clock.now(), std::chrono::minutes(5)).value();
  ASSERT_TRUE(held);
  upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_FALSE(show(first).resolved);
  live(std::chrono::minutes(10));
  EXPECT_TRUE(show(first).resolved);
}

TEST_F(AnswersTest, TheSameContentAsAStoredPackageIsNamed) {
  const std::string first = upload(kKey, package());
  ASSERT_TRUE(work());
  const std::string early = upload("born-digital/early.zip", package());
  ASSERT_TRUE(work());
  EXPECT_THAT(show(early).findings, testing::Each(testing::Field(&TransferFinding::code, Not("W-SAME-CONTENT"))))
      << "nothing is stored yet";
  store(first);
  const std::string again = upload("born-digital/copy.zip", package());
  ASSERT_TRUE(work());
  ASSERT_EQ(state(again), TransferState::accepted) << "a warning rejects nothing";
  std::string description;
  for (const TransferFinding& finding : show(again).findings) {
    if (finding.code == "W-SAME-CONTENT") description = finding.description;
  }
  EXPECT_THAT(description, HasSubstr("\"main: born-digital/pkg.zip\""));
  EXPECT_THAT(description, HasSubstr("v1 of \"born-digital/LE/MON/1\""));
}

TEST_F(AnswersTest, TheLogTellsWhetherTheBagExistsAlready) {
  upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_THAT(success_log(), HasSubstr("becomes the bag \"LE/MON/1\" in the space \"born-digital\"."));
  EXPECT_THAT(success_log(), Not(HasSubstr("exists already")));
  TransferWorld other;
  other.transfers.register_version(expected_bag(), Version(3));
  other.upload(kKey, package());
  ASSERT_TRUE(other.work());
  EXPECT_THAT(*other.area.content(other.logs().at(0)), HasSubstr("exists already, in version v3"));
}

TEST_F(AnswersTest, AFileReplacedAfterItWasAcceptedIsTold) {
  for (const bool tags : {true, false}) {
    for (const bool removed : {true, false}) {
      TransferWorld world({false, tags});
      const std::string id = world.upload(kKey, package());
      world.archivematica.before_submit = [&] {
        if (removed) {
          world.area.remove(kKey);
        } else {
          world.area.place(kKey, package("another"));
        }
      };
      world.live(kHour);
      const Transfer transfer = world.show(id);
      ASSERT_EQ(transfer.state, TransferState::accepted);
      EXPECT_TRUE(transfer.object_lost);
      EXPECT_TRUE(transfer.tagged);
      ASSERT_EQ(world.logs().size(), 1U) << "it is followed and answered all the same";
      const auto entry = report_entry(transfer, {}, world.clock.now(), std::chrono::hours(48));
      ASSERT_TRUE(entry);
      EXPECT_THAT(entry->remark, HasSubstr("its file was replaced or removed after Archivematica took it"));
    }
  }
}

// Some stores date an object anew when its tags change, and it is removed by its date later.
TEST_F(AnswersTest, WhatTaggingMadeOfTheObjectIsRemembered) {
  TransferWorld world({false, true, true});
  const std::string id = world.upload("born-digital/PKG.ZIP", package());
  world.archivematica.before_submit = [&] { world.clock.pass(std::chrono::minutes(1)); };
  ASSERT_TRUE(world.work());
  const Transfer transfer = world.show(id);
  ASSERT_EQ(transfer.state, TransferState::accepted);
  EXPECT_EQ(*transfer.bound, world.area.stat(transfer.key)->value());
  EXPECT_EQ(*transfer.twin->object, world.area.stat(transfer.twin->key)->value());
}

TEST_F(AnswersTest, E8_ASuccessLogIsWrittenInWhateverStateThePackageIs) {
  for (const char* status : {"", "PROCESSING", "FAILED"}) {
    TransferWorld world;
    const std::string id = world.upload(kKey, package());
    bool down = true;
    world.area.set_hook([&](std::string_view step, const std::string& key) -> Result<void> {
      if (down && step == "put_log" && key.find(".success.") != std::string::npos) return temporary("503");
      return {};
    });
    world.live(kHour);
    if (*status != '\0') world.archivematica.statuses["T-1"] = {status, "Scan", ""};
    world.live(kHour);
    EXPECT_EQ(world.alerts(), 1U) << "after a quarter of an hour, once";
    down = false;
    world.live(kHour);
    EXPECT_THAT(world.logs(), testing::Contains(HasSubstr(".success."))) << status;
    EXPECT_EQ(world.archivematica.sent.size(), 1U);
    EXPECT_TRUE(world.show(id).tagged);
  }
}

// With versions, what was written twice would show again once the later one is removed.
TEST_F(AnswersTest, NothingIsLeftOfNoticesHoweverOftenTheyWereWritten) {
  for (const bool versions : {false, true}) {
    TransferWorld world({versions, true});
    world.archivematica.lookups_fail = temporary("Archivematica does not answer");
    world.upload(kKey, package());
    world.live(kHour);
    world.archivematica.lookups_fail = temporary("Archivematica has another cause");
    world.live(kHour);
    ASSERT_EQ(world.logs().size(), 2U);
    world.archivematica.lookups_fail.reset();
    world.live(kHour);
    EXPECT_THAT(world.logs(), ElementsAre(HasSubstr(".success."))) << versions;
  }
}

// Written, and then its writer died before that was kept.
TEST_F(AnswersTest, ANoticeThatNobodyKnowsToBeWrittenIsRemoved) {
  for (const bool versions : {false, true}) {
    TransferWorld world({versions, true});
    const std::string id = world.upload(kKey, package());
    bool dies = true;
    world.area.set_hook([&](std::string_view step, const std::string& key) -> Result<void> {
      if (dies && step == "put_log" && key.find(".received.") != std::string::npos) {
        dies = false;
        world.area.place(key, world.show(id).logs.front().text);
        world.mortal.dead = true;
        return temporary("nobody hears it");
      }
      return {};
    });
    EXPECT_FALSE(world.work());
    ASSERT_EQ(world.logs().size(), 1U);
    world.live(kHour);
    EXPECT_THAT(world.logs(), ElementsAre(HasSubstr(".success."))) << versions;
  }
}

TEST_F(AnswersTest, AForeignFileUnderTheNameOfANoticeStays) {
  archivematica.lookups_fail = temporary("Archivematica does not answer");
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(logs().size(), 1U);
  const std::string key = logs().front();
  area.place(key, "somebody's own notes");
  archivematica.lookups_fail.reset();
  live(kHour);
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_EQ(area.content(key), "somebody's own notes");
}

// Where listing is not permitted, a store answers 403 for what is not there.
TEST_F(AnswersTest, LogsAreWrittenThoughNobodyMayLookForThem) {
  area.set_hook([](std::string_view step, const std::string& key) -> Result<void> {
    if (step == "stat" && key.ends_with(".log")) return broken("403");
    return {};
  });
  upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_THAT(logs(), testing::Contains(HasSubstr(".success.")));
}

TEST_F(AnswersTest, NoticesCanBeUnwanted) {
  settings.notices = Notices::never;
  archivematica.lookups_fail = temporary("Archivematica does not answer");
  upload(kKey, package());
  live(kHour);
  EXPECT_THAT(logs(), IsEmpty());
  settings.notices = Notices::slow;
  live(kHour);
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".delayed."), HasSubstr(".received.")));
}

TEST_F(AnswersTest, NoticesCanBeForSlowPackagesOnly) {
  settings.notices = Notices::slow;
  upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".success."))) << "answered at once";
  archivematica.lookups_fail = temporary("Archivematica does not answer");
  const std::string slow = upload("born-digital/slow.zip", package());
  ASSERT_TRUE(work());
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".success."))) << "not slow yet";
  clock.pass(std::chrono::seconds(10));
  ASSERT_TRUE(work());
  EXPECT_THAT(logs(), testing::Contains(HasSubstr("slow.zip.received.")));
  archivematica.lookups_fail.reset();
  live(kHour);
  EXPECT_EQ(state(slow), TransferState::accepted);
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".success."), HasSubstr(".success.")));
}

}  // namespace
}  // namespace strongroom::transfers
