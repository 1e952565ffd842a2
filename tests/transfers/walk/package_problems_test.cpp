// Goal: what operators are told of a single package is told once and is over when the package moves on, whoever moves
// it (transfers.md 10.5, 10.7, 11, 16.3).
// Method: packages in a world in memory, whose Archivematica and area change as told.
#include "transfers/package_problems.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/steering.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = PackageAnswer::Kind;

constexpr Duration kHour = std::chrono::hours(1);
const std::string kKey = "born-digital/pkg.zip";

class PackageProblemsTest : public testing::Test, protected TransferWorld {
 protected:
  /// Of all alerts so far, what they are of, and `over` behind those that say so.
  std::vector<std::string> told() {
    std::vector<std::string> found;
    for (const memory::ToldEvent& event : transfers.told()) {
      if (event.kind != "operator-alert") continue;
      const std::string& body = event.notice.body;
      const std::size_t begin = body.find(R"("problem":")") + 11;
      const std::string problem = body.substr(begin, body.find('"', begin) - begin);
      found.push_back(problem.substr(problem.rfind(' ') + 1) +
                      (body.find(R"("over":true)") == std::string::npos ? "" : " over"));
    }
    return found;
  }
  void order(const Result<Transfer>& after, const std::string& id) {
    ASSERT_TRUE(after);
    ASSERT_TRUE(transfers.change_transfer(show(id), {*after}, {"ann", "order", id, "done", {}, clock.now()}));
  }
  void register_bag() {
    const BagId bag{*Space::parse("born-digital"), *ExternalIdentifier::parse("LE/MON/1")};
    ASSERT_TRUE(transfers.add_mets_names(bag, Version(1), {"data/x-T-1/METS.xml"}));
  }
};

TEST_F(PackageProblemsTest, APersonThatIsWaitedForAgainIsToldOfAgain) {
  const std::string id = upload(kKey, package());
  archivematica.statuses["T-1"] = {"USER_INPUT", "Approve transfer", ""};
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("user-input"));
  archivematica.statuses["T-1"] = {"PROCESSING", "Scan", ""};
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("user-input", "user-input over"));
  archivematica.statuses["T-1"] = {"USER_INPUT", "Store AIP", ""};
  live(kHour);
  register_bag();
  live(kHour);
  EXPECT_EQ(state(id), TransferState::stored);
  EXPECT_THAT(told(), ElementsAre("user-input", "user-input over", "user-input", "user-input over"));
  EXPECT_THAT(show(id).alerted, IsEmpty());
}

TEST_F(PackageProblemsTest, SilentUntilAStatusIsTold) {
  upload(kKey, package());
  live(kHour * 7);
  EXPECT_THAT(told(), ElementsAre("silent"));
  archivematica.statuses["T-1"] = {"PROCESSING", "Scan", ""};
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("silent", "silent over"));
}

TEST_F(PackageProblemsTest, InTheBacklogUntilItIsIngested) {
  upload(kKey, package());
  archivematica.statuses["T-1"] = {"COMPLETE", "", "BACKLOG"};
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("backlog"));
  archivematica.statuses["T-1"] = {"COMPLETE", "", "S-1"};
  archivematica.statuses["S-1"] = {"PROCESSING", "", ""};
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("backlog", "backlog over"));
}

TEST_F(PackageProblemsTest, TagsAndLogUntilTheyAreWritten) {
  upload(kKey, package());
  bool down = true;
  area.set_hook([&](std::string_view step, const std::string& key) -> Result<void> {
    const bool is_answer = step == "set_tags" || (step == "put_log" && key.find(".success.") != std::string::npos);
    if (down && is_answer) return temporary("503");
    return {};
  });
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("tags"));
  down = false;
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("tags", "tags over"));
}

TEST_F(PackageProblemsTest, ARefusalIsOverOnceSomebodyDecides) {
  archivematica.answers = {Kind::refused, Kind::refused};
  const std::string id = upload(kKey, package());
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("refusal"));
  order(retried(show(id), false, "ann", clock.now()), id);
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("refusal", "refusal over", "refusal")) << "it was refused again";
  order(dismissed(show(id), "sent in error", "ann", clock.now(), kHour), id);
  live(kHour);
  EXPECT_THAT(told(), ElementsAre("refusal", "refusal over", "refusal", "refusal over"));
  EXPECT_EQ(state(id), TransferState::failed);
}

TEST_F(PackageProblemsTest, AnOutcomeThatNobodyKnowsIsTold) {
  archivematica.answers.assign(1000, Kind::busy);
  const std::string id = upload(kKey, package());
  for (int hours = 0; hours < 80 && state(id) != TransferState::failed; ++hours) {
    clock.pass(kHour);
    work();
  }
  ASSERT_EQ(state(id), TransferState::failed);
  EXPECT_EQ(show(id).reason->code, "outcome-uncertain");
  EXPECT_THAT(told(), ElementsAre("uncertain"));
}

TEST(PackageProblemLastsTest, WhatIsNotKnownIsOver) {
  Transfer transfer;
  EXPECT_FALSE(lasts(transfer, "another"));
  transfer.state = TransferState::accepted;
  EXPECT_TRUE(lasts(transfer, "silent"));
  EXPECT_TRUE(lasts(transfer, "tags"));
  EXPECT_FALSE(lasts(transfer, "success-log"));
}

}  // namespace
}  // namespace strongroom::transfers
