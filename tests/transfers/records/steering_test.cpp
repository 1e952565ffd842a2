// Goal: an order to try again or to dismiss does what transfers.md 2.5 says of the state it meets, and nothing else.
// Method: each state in turn, with and without what makes a difference; the rest of the record is compared.
#include "transfers/steering.hpp"

#include <gtest/gtest.h>

namespace strongroom::transfers {
namespace {

constexpr std::string_view kKey = "95719fbf88fa66a947e7db0d695c2976ecf0669ab2b3dcdd4106dfb105f37465";
constexpr std::string_view kSecondKey = "4dfa2260aff4dbd2baaf23efbdf19712632a447dac626aea4bd8352c4dd2ea8f";

Instant at(int second) { return *parse_instant("2026-07-31T08:00:00Z") + std::chrono::seconds(second); }

Transfer package(TransferState state) {
  Transfer transfer;
  transfer.id = "t";
  transfer.area = "main";
  transfer.bucket = "transfer-source";
  transfer.key = "born-digital/pkg.zip";
  transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", std::nullopt, "e", "http"};
  transfer.idempotency_key = kKey;
  transfer.state = state;
  transfer.bound = AreaObject{transfer.key, std::nullopt, "e", 10, at(0)};
  transfer.created = at(0);
  transfer.modified = at(5);
  transfer.logs = {{"failed", "x.failed.log", "text", true}};
  return transfer;
}

Transfer failed(std::string_view code) {
  Transfer transfer = package(TransferState::failed);
  transfer.reason = TransferReason{std::string(code), "why"};
  return transfer;
}

/// What was accepted as T-1.
Transfer beyond(Transfer transfer) {
  transfer.archivematica = TransferAtArchivematica{"T-1"};
  transfer.accepted = at(3);
  transfer.tagged = true;
  transfer.submission = TransferSubmission{"{}", "born_digital", true, at(2)};
  return transfer;
}

Result<Transfer> retry(const Transfer& before, bool new_submission = false) {
  return retried(before, new_submission, "all", at(9));
}

void expect_refused(const Result<Transfer>& answer, const std::string& part) {
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().act, Act::rejected);
  EXPECT_EQ(answer.error().reason, Reason::conflict);
  EXPECT_NE(answer.error().what.find(part), std::string::npos) << answer.error().what;
}

TEST(Retry, H1_WhatWasRejectedIsCheckedAgain) {
  Transfer before = package(TransferState::rejected);
  before.findings = {{"META-ROWS"}};
  before.dismissed = TransferDismissal{"all", at(1), "x"};
  before.resolved = true;
  for (const bool new_submission : {false, true}) {
    const auto after = retry(before, new_submission);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->state, TransferState::received);
    EXPECT_EQ(after->due, at(9));
    EXPECT_EQ(after->idempotency_key, kKey);
    EXPECT_EQ(after->bound, before.bound);
    EXPECT_EQ(after->logs, before.logs);
    EXPECT_TRUE(after->findings.empty());
    EXPECT_TRUE(after->is_unresolved());
    EXPECT_EQ(after->modified, at(9));
    EXPECT_EQ(after->remarks.size(), 1U);
  }
}

TEST(Retry, E2_E9_WhatFailedBeforeAnAcceptanceIsQueuedWithTheSameKey) {
  for (const std::string_view code : {transfer_reason::kGaveUp, transfer_reason::kNoLocation, transfer_reason::kRefused,
                                      transfer_reason::kReplaced, transfer_reason::kInternal}) {
    const auto after = retry(failed(code));
    ASSERT_TRUE(after) << code;
    EXPECT_EQ(after->state, TransferState::received);
    EXPECT_EQ(after->idempotency_key, kKey);
    EXPECT_EQ(after->resubmission, 0);
    EXPECT_EQ(after->reason, std::nullopt);
    EXPECT_EQ(after->due, at(9));
  }
}

// E12: what may have arrived is sent again as it was; anything else is composed afresh.
TEST(Retry, E12_KeepsTheBodyThatMayHaveArrived) {
  Transfer before = failed(transfer_reason::kGaveUp);
  before.submission = TransferSubmission{"{}", "born_digital", true, at(2), 7};
  const auto replayed = retry(before);
  ASSERT_TRUE(replayed && replayed->submission);
  EXPECT_EQ(replayed->submission->body, "{}");
  EXPECT_EQ(replayed->submission->conflicts_only, 0);
  before.submission->may_have_arrived = false;
  EXPECT_EQ(retry(before)->submission, std::nullopt);
}

TEST(Retry, E13_AfterAnAcceptanceOnlyANewSubmissionIsMade) {
  Transfer uncertain = failed(transfer_reason::kUncertain);
  uncertain.submission = TransferSubmission{"{}", "born_digital", true, at(2), 7};
  for (const Transfer& before : {uncertain, beyond(failed(transfer_reason::kArchivematicaFailed)),
                                 beyond(failed(transfer_reason::kNotRegistered))}) {
    expect_refused(retry(before), "a new submission must be ordered");
    const auto after = retry(before, true);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->idempotency_key, kSecondKey);
    EXPECT_EQ(after->resubmission, 1);
    EXPECT_EQ(after->state, TransferState::received);
    EXPECT_EQ(after->submission, std::nullopt);
    EXPECT_EQ(after->archivematica, std::nullopt);
    EXPECT_EQ(after->accepted, std::nullopt);
    EXPECT_FALSE(after->tagged);
    EXPECT_EQ(after->logs, before.logs);
  }
  EXPECT_NE(retry(beyond(failed(transfer_reason::kNotRegistered)), true)->remarks.back().description.find("T-1"),
            std::string::npos);
}

TEST(Retry, WhatIsDelayedIsTriedNow) {
  for (const TransferState state : {TransferState::received, TransferState::checking, TransferState::submitting}) {
    Transfer before = package(state);
    expect_refused(retry(before), "already");
    before.delay = TransferDelay{at(1), "no answer", false, 3, at(900), at(1)};
    before.due = at(900);
    const auto after = retry(before);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->state, state);
    EXPECT_EQ(after->due, at(9));
    EXPECT_EQ(after->delay->next_attempt, at(9));
    EXPECT_EQ(after->delay->attempts, 3);
    EXPECT_EQ(after->delay->since, at(1));
  }
}

TEST(Retry, WhatIsHeldIsLetGo) {
  Transfer before = package(TransferState::received);
  before.held = true;
  before.dismissed = TransferDismissal{"all", at(1), "x"};
  const auto after = retry(before);
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->held);
  EXPECT_EQ(after->due, at(9));
  EXPECT_TRUE(after->is_unresolved());
}

TEST(Retry, H1_OthersAreRefused) {
  for (const bool new_submission : {false, true}) {
    expect_refused(retry(package(TransferState::stored), new_submission), "it is stored");
    expect_refused(retry(beyond(package(TransferState::accepted)), new_submission), "is working on it");
    expect_refused(retry(beyond(package(TransferState::processing)), new_submission), "is working on it");
  }
}

TEST(Retry, TimeNeverGoesBack) {
  const auto after = retried(package(TransferState::rejected), false, "all", at(1));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->modified, at(5));
  EXPECT_EQ(after->remarks.back().created, at(5));
}

Result<Transfer> dismiss(const Transfer& before, std::string_view reason = "a test") {
  return dismissed(before, reason, "all", at(9), kOverdueAfter);
}

TEST(Dismiss, WhatIsReportedCanBe) {
  Transfer held = package(TransferState::received);
  held.held = true;
  Transfer overdue = beyond(package(TransferState::processing));
  overdue.accepted = at(9) - kOverdueAfter;
  for (const Transfer& before : {package(TransferState::rejected), failed(transfer_reason::kGaveUp), held, overdue}) {
    const auto after = dismiss(before);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->dismissed, (TransferDismissal{"all", at(9), "a test"}));
    EXPECT_FALSE(after->is_unresolved());
    EXPECT_EQ(after->state, before.state);
    EXPECT_EQ(after->held, before.held);
    EXPECT_EQ(after->due, before.due);
    EXPECT_EQ(after->remarks.back().description, "Dismissed by all: a test");
  }
}

TEST(Dismiss, OthersCannotBe) {
  Transfer not_yet = beyond(package(TransferState::accepted));
  not_yet.accepted = at(10) - kOverdueAfter;
  for (const Transfer& before : {package(TransferState::stored), package(TransferState::received),
                                 package(TransferState::checking), package(TransferState::submitting), not_yet}) {
    expect_refused(dismiss(before), "its status is " + std::string(name_of(before.state)));
  }
}

TEST(Dismiss, AReasonMustBeGiven) {
  for (const char* blank : {"", " ", "\t\r\n "}) {
    const auto after = dismiss(package(TransferState::rejected), blank);
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().act, Act::rejected);
    EXPECT_EQ(after.error().reason, Reason::other);
  }
}

}  // namespace
}  // namespace strongroom::transfers
