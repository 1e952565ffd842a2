// Goal: each package is in the class that transfers.md 12.2 gives it, with the right remark, and in no report when it
// is settled. Method: records made by hand.
#include "transfers/report.hpp"

#include <gmock/gmock.h>

namespace strongroom::transfers {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;

const Instant kNow = parse_instant("2026-08-03T06:15:00Z").value();

Transfer transfer(TransferState state, Duration age = hours(1)) {
  Transfer made{};
  made.id = "id-1";
  made.area = "main";
  made.key = "born-digital/b.zip";
  made.state = state;
  made.created = kNow - age;
  if (state == TransferState::accepted || state == TransferState::processing || state == TransferState::stored) {
    made.accepted = kNow - age;
    made.archivematica = TransferAtArchivematica{.transfer_id = "T-2"};
  }
  return made;
}

Transfer failed(std::string_view code, const std::string& description = "") {
  Transfer made = transfer(TransferState::failed, days(40));
  made.archivematica = TransferAtArchivematica{.transfer_id = "T-2"};
  made.reason = TransferReason{std::string(code), description};
  return made;
}

Transfer delayed(TransferState state) {
  Transfer made = transfer(state);
  made.delay = TransferDelay{.since = kNow, .cause = "no answer", .next_attempt = kNow, .retried_since = kNow};
  return made;
}

std::string told(const Transfer& transfer, const ReportFacts& facts = {}) {
  const auto entry = report_entry(transfer, facts, kNow, hours(48));
  if (!entry) return "(left out)";
  static constexpr const char* kNames[] = {"not stored", "rejected", "delayed", "in progress", "stored"};
  return std::string(kNames[static_cast<int>(entry->kind)]) + " | " + entry->transfer_id + " | " + entry->remark;
}

TEST(ReportTest, F2_FailedOnesAreToldUntilSettled) {
  EXPECT_EQ(told(failed(transfer_reason::kArchivematicaFailed, "it failed in Extract zipped transfer")),
            "not stored | T-2 | it failed in Extract zipped transfer");
  EXPECT_EQ(told(failed(transfer_reason::kGaveUp)), "not stored | T-2 | gave-up");
  Transfer without = failed(transfer_reason::kInternal);
  without.reason.reset();
  without.archivematica.reset();
  EXPECT_EQ(told(without), "not stored |  | internal");
  Transfer settled = failed(transfer_reason::kGaveUp);
  settled.resolved = true;
  EXPECT_EQ(told(settled), "(left out)");
  settled.resolved = false;
  settled.dismissed = TransferDismissal{"op", kNow, "done by hand"};
  EXPECT_EQ(told(settled), "(left out)");
  EXPECT_EQ(told(failed(transfer_reason::kReplaced)), "(left out)") << "its successor is told";
}

TEST(ReportTest, RemovedOnesAreToldOnce) {
  Transfer vanished = failed(transfer_reason::kVanished, "gone");
  EXPECT_EQ(told(vanished), "not stored | T-2 | removed before it was stored");
  EXPECT_TRUE(report_entry(vanished, {}, kNow, hours(48))->told_gone);
  vanished.reported_gone = true;
  EXPECT_EQ(told(vanished), "(left out)");

  Transfer one = failed(transfer_reason::kGaveUp, "given up");
  EXPECT_FALSE(report_entry(one, {}, kNow, hours(48))->told_gone);
  EXPECT_EQ(told(one, {.gone = true}), "not stored | T-2 | removed before it was stored");
  EXPECT_TRUE(report_entry(one, {.gone = true}, kNow, hours(48))->told_gone);
  one.reported_gone = true;
  EXPECT_EQ(told(one, {.gone = true}), "(left out)");
}

TEST(ReportTest, F3_TheOtherClasses) {
  Transfer rejected = transfer(TransferState::rejected);
  for (const auto severity : {TransferSeverity::problem, TransferSeverity::warning, TransferSeverity::problem}) {
    rejected.findings.push_back({.code = "X", .severity = severity});
  }
  EXPECT_EQ(told(rejected), "rejected |  | 2 problems");
  rejected.findings.pop_back();
  EXPECT_EQ(told(rejected), "rejected |  | 1 problem");
  rejected.resolved = true;
  EXPECT_EQ(told(rejected), "(left out)");

  for (const auto state : {TransferState::received, TransferState::checking, TransferState::submitting}) {
    EXPECT_EQ(told(delayed(state)), "delayed |  | no answer");
    EXPECT_EQ(told(transfer(state, days(40))), "in progress |  | for 40 days") << "however old";
  }
  EXPECT_EQ(told(transfer(TransferState::processing, hours(1))), "in progress | T-2 | for 1 hour");
  EXPECT_EQ(told(transfer(TransferState::processing, days(3))),
            "not stored | T-2 | not stored 3 days after Archivematica took it");
  EXPECT_EQ(told(transfer(TransferState::accepted, hours(48))), "in progress | T-2 | for 2 days") << "not longer";
  EXPECT_EQ(told(transfer(TransferState::accepted, hours(48) + minutes(1))),
            "not stored | T-2 | not stored 2 days after Archivematica took it");
  Transfer overdue = transfer(TransferState::accepted, days(3));
  overdue.dismissed = TransferDismissal{"op", kNow, "known"};
  EXPECT_EQ(told(overdue), "(left out)");
}

TEST(ReportTest, F12_HeldOnesAreNotStored) {
  Transfer held = transfer(TransferState::received, days(10));
  held.held = true;
  EXPECT_EQ(told(held), "not stored |  | held for 10 days: an operator has to start or dismiss it");
  held.dismissed = TransferDismissal{"op", kNow, "old"};
  EXPECT_EQ(told(held), "(left out)");
}

TEST(ReportTest, E15_WhatWaitsInArchivematicaIsSaid) {
  Transfer waiting = transfer(TransferState::processing, hours(5));
  waiting.archivematica->status = "USER_INPUT";
  EXPECT_EQ(told(waiting), "in progress | T-2 | for 5 hours, waits for a decision in Archivematica");
  waiting.archivematica->sip_id = "BACKLOG";
  EXPECT_EQ(told(waiting), "in progress | T-2 | for 5 hours, lies in Archivematica's backlog");
}

TEST(ReportTest, F1_F9_StoredOnesAreToldOnceAndOnlyWhenSafe) {
  Transfer stored = transfer(TransferState::stored);
  stored.bag = TransferBag{"born-digital", "LE/MON/1", "v3"};
  EXPECT_EQ(told(stored), "in progress | T-2 | stored v3, but a required copy is not there, verified and whole");
  EXPECT_EQ(told(stored, {.safely_stored = true}), "stored | T-2 | ");
  stored.bag->note = "in space other";
  EXPECT_EQ(told(stored, {.safely_stored = true}), "stored | T-2 | in space other");
  stored.dismissed = TransferDismissal{"op", kNow, "was taken for lost"};
  EXPECT_EQ(told(stored, {.safely_stored = true}), "stored | T-2 | in space other") << "it turned up after all";
  stored.reported_stored = true;
  EXPECT_EQ(told(stored, {.safely_stored = true}), "(left out)");
  EXPECT_EQ(told(stored), "(left out)");
}

TEST(ReportTest, AgesAreRoundedDown) {
  EXPECT_EQ(told(transfer(TransferState::checking, minutes(0))), "in progress |  | for 0 minutes");
  EXPECT_EQ(told(transfer(TransferState::checking, minutes(1))), "in progress |  | for 1 minute");
  EXPECT_EQ(told(transfer(TransferState::checking, minutes(59))), "in progress |  | for 59 minutes");
  EXPECT_EQ(told(transfer(TransferState::checking, minutes(119))), "in progress |  | for 1 hour");
  EXPECT_EQ(told(transfer(TransferState::checking, hours(47))), "in progress |  | for 47 hours");
  EXPECT_EQ(told(transfer(TransferState::checking, -hours(1))), "in progress |  | for 0 minutes") << "a clock set back";
}

TEST(ReportTest, F6_Days) {
  EXPECT_EQ(report_days(std::nullopt, kNow), 14);
  const auto since = [](Duration passed) { return report_days(kNow - passed, kNow); };
  EXPECT_EQ(since(days(7)), 7);
  EXPECT_EQ(since(days(7) + minutes(15)), 7);
  EXPECT_EQ(since(days(7) + minutes(16)), 8);
  EXPECT_EQ(since(days(7) - minutes(1)), 7);
  EXPECT_EQ(since(days(1)), 1);
  EXPECT_EQ(since(hours(25)), 2);
  EXPECT_EQ(since(minutes(1)), 1);
  EXPECT_EQ(since(-days(2)), 1) << "a clock set back";
}

TEST(ReportTest, TheOrderIsByClassAreaAndKey) {
  std::vector<ReportEntry> entries = {
      {ReportClass::stored, "1", "a", "k"},     {ReportClass::not_stored, "2", "b", "a"},
      {ReportClass::not_stored, "3", "a", "z"}, {ReportClass::not_stored, "5", "a", "b"},
      {ReportClass::not_stored, "4", "a", "b"}, {ReportClass::delayed, "6", "a", "a"}};
  sort_report(entries);
  std::vector<std::string> ids;
  for (const ReportEntry& entry : entries) ids.push_back(entry.id);
  EXPECT_THAT(ids, ElementsAre("4", "5", "3", "2", "6", "1"));
}

}  // namespace
}  // namespace strongroom::transfers
