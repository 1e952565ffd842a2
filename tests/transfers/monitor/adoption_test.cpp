// Goal: a catalogue that has never seen an area begins nothing in it a second time, and what was begun is carried to
// its end (transfers.md 17; case F12 of cases-transfers.md). Method: an area as the earlier services leave it, swept by
// a new catalogue, with the monitor after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/monitor/monitor_world.hpp"
#include "transfers/steering.hpp"
#include "transfers/tags.hpp"

namespace strongroom::transfers {
namespace {

using test::MonitorWorld;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Duration kHour = std::chrono::hours(1);
constexpr const char* kAccepted = "born-digital/accepted.zip";
constexpr const char* kAcceptedLog = "born-digital/accepted.zip.success.2026-07-31T08:00:00.000Z.acdd62860726.log";
constexpr const char* kRejected = "born-digital/rejected.zip";
constexpr const char* kRejectedLog = "born-digital/rejected.zip.failed.2026-07-31T08:00:00.000Z.acdd62860727.log";
constexpr const char* kUnanswered = "born-digital/unanswered.zip";

/// The area of F12.
class Taken : public MonitorWorld {
 public:
  explicit Taken(memory::AreaKind kind = {}) : MonitorWorld(kind) {
    for (const char* const key : {kAccepted, kRejected, kUnanswered}) area.place(key, package());
    clock.pass(kHour);
    const AreaTags tags = {{std::string(kTransferIdTag), "T-9"},
                           {std::string(kCatalogueIdentifierTag), "LE/MON/1"},
                           {std::string(kProcessingConfigTag), "born_digital"}};
    EXPECT_EQ(area.set_tags(area.stat(kAccepted)->value(), tags).has_value(), kind.tags);
    EXPECT_TRUE(
        area.put_log(kAcceptedLog, "Result: ACCEPTED\nArchivematica transfer ID: T-9\n@@ Logging ends @@", tags));
    EXPECT_TRUE(area.put_log(kRejectedLog, "Result: REJECTED", {}));
    clock.pass(kHour);
  }
  Transfer of(const std::string& key) {
    const auto found = transfers.transfers_of_key("main", key);
    EXPECT_TRUE(found && found->size() == 1) << key;
    return found->at(0);
  }
  Swept sweep(Adopt adopt = Adopt::hold) {
    const SweepingNeeds sweeping{transfers, clock, entropy, log};
    const auto swept = Sweeping(sweeping, settings, areas.front(), adopt, {}).sweep();
    EXPECT_TRUE(swept) << swept.error().text();
    return swept ? *swept : Swept{};
  }
};

class AdoptionTest : public testing::Test, protected Taken {};

class UntaggedAdoptionTest : public testing::Test, protected Taken {
 protected:
  UntaggedAdoptionTest() : Taken({.tags = false}) {}
};

TEST_F(AdoptionTest, F12_NothingIsBegunASecondTime) {
  const Swept swept = sweep();
  EXPECT_EQ(swept.adopted, 3U);
  ASSERT_TRUE(work());
  EXPECT_THAT(archivematica.sent, IsEmpty());
  EXPECT_EQ(of(kAccepted).state, TransferState::processing);
  EXPECT_EQ(of(kAccepted).archivematica->transfer_id, "T-9");
  EXPECT_EQ(of(kAccepted).catalogue_identifier, "LE/MON/1");
  EXPECT_EQ(of(kRejected).state, TransferState::rejected);
  EXPECT_EQ(of(kUnanswered).state, TransferState::received);
  EXPECT_TRUE(of(kUnanswered).held);
  EXPECT_EQ(sweep().added + sweep().adopted, 0U);
  EXPECT_EQ(area.keys().size(), 5U) << "nothing is written beside them";
}

TEST_F(AdoptionTest, F12_WhatIsStoredGoesWithItsLog) {
  sweep();
  store("T-9");
  const std::string text = told_now();
  EXPECT_THAT(text, HasSubstr("*Not stored*\n- born-digital/unanswered.zip - held"));
  EXPECT_THAT(text, HasSubstr("*Rejected, to be corrected and uploaded again*\n- born-digital/rejected.zip"));
  EXPECT_THAT(text, HasSubstr("*Stored*\n- born-digital/accepted.zip\n"));
  EXPECT_FALSE(is_there(kAccepted));
  EXPECT_FALSE(is_there(kAcceptedLog));
  EXPECT_TRUE(is_there(kRejected) && is_there(kRejectedLog) && is_there(kUnanswered));
}

TEST_F(AdoptionTest, F12_WhatIsHeldIsStartedByARetry) {
  sweep();
  change(of(kUnanswered).id,
         [&](Transfer& transfer) { transfer = retried(transfer, false, "ann", clock.now()).value(); });
  ASSERT_TRUE(work());
  EXPECT_EQ(archivematica.sent.size(), 1U);
  EXPECT_EQ(of(kUnanswered).state, TransferState::accepted);
}

TEST_F(AdoptionTest, F12_WhereItIsWantedTheUnansweredIsStarted) {
  sweep(Adopt::start);
  ASSERT_TRUE(work());
  EXPECT_EQ(archivematica.sent.size(), 1U);
  EXPECT_EQ(of(kUnanswered).state, TransferState::accepted);
  EXPECT_EQ(of(kRejected).state, TransferState::rejected);
}

TEST_F(UntaggedAdoptionTest, F12_WithoutTagsTheLogTells) {
  sweep();
  EXPECT_EQ(of(kAccepted).state, TransferState::processing);
  EXPECT_EQ(of(kAccepted).archivematica->transfer_id, "T-9");
  store("T-9");
  EXPECT_THAT(told_now(), HasSubstr("*Stored*\n- born-digital/accepted.zip\n"));
  EXPECT_FALSE(is_there(kAccepted));
  EXPECT_FALSE(is_there(kAcceptedLog));
}

TEST_F(AdoptionTest, F12_ALaterUploadOfARejectedOneIsNoAnswerOfIt) {
  area.place(kRejected, "corrected");
  clock.pass(kHour);
  sweep();
  EXPECT_EQ(of(kRejected).state, TransferState::received) << "its log is older than it is";
}

}  // namespace
}  // namespace strongroom::transfers
