// trouble: each class of pipeline.md 2.4 ends as its row says. Tables of records and errors; time is a number.
#include "ingest/trouble.hpp"

#include <gtest/gtest.h>

namespace strongroom::ingest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant kNow = instant_of(1'700'000'000'000'000);

TroubleContext context_at(Instant now) { return {"replicating to primary", "request-1", now, 0.5, false}; }

TEST(TransientDelayTest, DoublesFromOneSecondToFiveMinutesWithJitter) {
  const RetryPolicy policy;
  struct Row {
    int tries;
    double fraction;
    Duration expected;
  };
  for (const Row& row : {Row{1, 0.5, seconds(1)}, Row{2, 0.5, seconds(2)}, Row{3, 0.5, seconds(4)},
                         Row{9, 0.5, seconds(256)}, Row{10, 0.5, minutes(5)}, Row{1000, 0.5, minutes(5)},
                         Row{1, 0.0, milliseconds(500)}, Row{4, 0.0, seconds(4)}, Row{4, 0.75, seconds(10)}}) {
    EXPECT_EQ(transient_delay(policy, row.tries, row.fraction), row.expected) << row.tries << " " << row.fraction;
  }
}

TEST(FaultDelayTest, ThreeRetriesAndNoFourth) {
  EXPECT_EQ(fault_delay(1), seconds(10));
  EXPECT_EQ(fault_delay(2), minutes(1));
  EXPECT_EQ(fault_delay(3), minutes(5));
  EXPECT_EQ(fault_delay(4), std::nullopt);
}

TEST(JudgeTest, ARefusalFailsAtOnceWithItsText) {
  const Verdict verdict = judge({}, {}, rejected("there is no bagit.txt"), context_at(kNow));
  EXPECT_EQ(verdict.step.state, StepState::failed);
  EXPECT_EQ(verdict.event, "Replicating to primary failed - there is no bagit.txt");
  EXPECT_FALSE(verdict.retry_after);
}

TEST(JudgeTest, TransientTroubleTellsOfItAtMostEveryFifteenMinutes) {
  StepRecord step;
  const Error trouble = temporary("the storage provider answered 503");
  const auto at = [&](Instant now) {
    const Verdict verdict = judge({}, step, trouble, context_at(now));
    step = verdict.step;
    EXPECT_EQ(step.state, StepState::running);
    EXPECT_TRUE(verdict.retry_after.has_value());
    return verdict.event;
  };
  EXPECT_EQ(at(kNow), "Replicating to primary retrying - the storage provider answered 503");
  EXPECT_EQ(at(kNow + minutes(1)), std::nullopt);
  EXPECT_EQ(at(kNow + minutes(14)), std::nullopt);
  EXPECT_EQ(at(kNow + minutes(15)), "Replicating to primary retrying - the storage provider answered 503");
}

TEST(JudgeTest, AFullDiskIsCalledSoWhereverItIs) {
  const Error full = temporary("cannot write a file: No space left on device", "/mnt/a", Reason::no_space);
  EXPECT_EQ(judge({}, {}, full, context_at(kNow)).event, "Replicating to primary retrying - full disk");
}

TEST(JudgeTest, TransientTroubleGivesUpAfterTheTimeLimit) {
  StepRecord step;
  step.first_trouble = kNow - hours(24);
  const Verdict verdict = judge({}, step, temporary("the network timed out"), context_at(kNow));
  EXPECT_EQ(verdict.event, "Replicating to primary failed - gave up after 24 hours: the network timed out");
  EXPECT_EQ(verdict.step.state, StepState::failed);
}

TEST(JudgeTest, TheLimitIsShownInItsOwnUnit) {
  RetryPolicy policy;
  StepRecord step;
  step.first_trouble = kNow - hours(2);
  policy.time_limit = minutes(90);
  EXPECT_EQ(judge(policy, step, temporary("x"), context_at(kNow)).event,
            "Replicating to primary failed - gave up after 90 minutes: x");
  policy.time_limit = seconds(61);
  EXPECT_EQ(judge(policy, step, temporary("x"), context_at(kNow)).event,
            "Replicating to primary failed - gave up after 61 seconds: x");
  policy.time_limit = hours(1);
  EXPECT_EQ(judge(policy, step, temporary("x"), context_at(kNow)).event,
            "Replicating to primary failed - gave up after 1 hour: x");
}

TEST(JudgeTest, AnUnexpectedFaultIsTriedThreeTimesMoreAndThenQuotesTheRequest) {
  StepRecord step;
  for (int i = 1; i <= 3; ++i) {
    const Verdict verdict = judge({}, step, broken("bad_alloc"), context_at(kNow));
    EXPECT_EQ(verdict.retry_after, fault_delay(i));
    EXPECT_FALSE(verdict.event);
    step = verdict.step;
  }
  const Verdict last = judge({}, step, broken("bad_alloc"), context_at(kNow));
  EXPECT_EQ(last.event, "Replicating to primary failed - internal error, quote request request-1");
  EXPECT_EQ(last.step.state, StepState::failed);
}

TEST(JudgeTest, PastThePointOfNoReturnNothingFails) {
  TroubleContext context = context_at(kNow);
  context.past_no_return = true;
  StepRecord step;
  step.first_trouble = kNow - hours(1000);
  step.faults = 100;
  for (const Error& error : {temporary("x"), broken("y"), rejected("z")}) {
    const Verdict verdict = judge({}, step, error, context);
    EXPECT_EQ(verdict.step.state, StepState::running) << error.what;
    EXPECT_TRUE(verdict.retry_after.has_value()) << error.what;
  }
}

TEST(JudgeLossTest, ThreeAtOnceThenTenSecondsThenAMinuteThenFailed) {
  StepRecord step;
  const std::vector<std::optional<Duration>> expected = {seconds(0),  seconds(0), seconds(0),
                                                         seconds(10), minutes(1), std::nullopt};
  for (const auto& delay : expected) {
    const Verdict verdict = judge_loss(step, context_at(kNow));
    EXPECT_EQ(verdict.retry_after, delay) << "after " << step.losses << " losses";
    step = verdict.step;
  }
  EXPECT_EQ(step.state, StepState::failed);
}

TEST(JudgeLossTest, ANewHighWaterMarkStartsTheCountAnew) {
  StepRecord step;
  for (int i = 0; i < 20; ++i) {
    step.high_water += 1;
    step = judge_loss(step, context_at(kNow)).step;
    EXPECT_EQ(step.state, StepState::running);
    EXPECT_EQ(step.losses, 1);
  }
  // Reaching the same mark again is not progress.
  for (int i = 0; i < 5; ++i) step = judge_loss(step, context_at(kNow)).step;
  EXPECT_EQ(step.state, StepState::failed);
}

}  // namespace
}  // namespace strongroom::ingest
