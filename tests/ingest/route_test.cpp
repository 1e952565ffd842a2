// route: the order of the doors, from the records of a run alone.
#include "ingest/route.hpp"

#include <gtest/gtest.h>

namespace strongroom::ingest {
namespace {

LocationFacts location(const char* name, bool staged = true) {
  return LocationFacts{*LocationName::parse(name),
                       name,
                       "uuid",
                       Provider::filesystem,
                       LocationRole::replica,
                       name,
                       "",
                       "",
                       AccessTier::hot,
                       staged};
}

const std::vector<LocationFacts> kTwo = {location("a"), location("b")};

StepKey at(Step step, const char* name = nullptr) {
  return name == nullptr ? StepKey{step, std::nullopt} : StepKey{step, LocationName::parse(name)};
}

StepRecord record(StepKey key, StepState state, std::string waypoint = "{}") {
  StepRecord step;
  step.key = std::move(key);
  step.state = state;
  step.waypoint = std::move(waypoint);
  if (state == StepState::done) step.ended = instant_of(1);
  return step;
}

std::vector<StepRecord> done_until_version() {
  std::vector<StepRecord> steps;
  for (Step step : {Step::unpack, Step::find_root, Step::verify, Step::assign_version}) {
    steps.push_back(record(at(step), StepState::done));
  }
  return steps;
}

TEST(OpenDoorsTest, OpensOneDoorAfterTheOtherUpToTheVersion) {
  std::vector<StepRecord> steps;
  for (Step step : {Step::unpack, Step::find_root, Step::verify, Step::assign_version}) {
    EXPECT_EQ(open_doors(steps, kTwo), std::vector{at(step)});
    steps.push_back(record(at(step), StepState::running));
    EXPECT_EQ(open_doors(steps, kTwo), std::vector{at(step)}) << "a running step is still open";
    steps.back().state = StepState::done;
  }
  EXPECT_EQ(open_doors(steps, kTwo), (std::vector{at(Step::replicate, "a"), at(Step::replicate, "b")}));
}

TEST(OpenDoorsTest, LocationsGoOnByThemselvesAndWaitForEachOtherBeforeCommit) {
  auto steps = done_until_version();
  steps.push_back(record(at(Step::replicate, "a"), StepState::done));
  EXPECT_EQ(open_doors(steps, kTwo), (std::vector{at(Step::confirm, "a"), at(Step::replicate, "b")}));
  steps.push_back(record(at(Step::confirm, "a"), StepState::done));
  EXPECT_EQ(open_doors(steps, kTwo), std::vector{at(Step::replicate, "b")});
  steps.push_back(record(at(Step::replicate, "b"), StepState::done));
  steps.push_back(record(at(Step::confirm, "b"), StepState::done));
  EXPECT_EQ(open_doors(steps, kTwo), (std::vector{at(Step::commit, "a"), at(Step::commit, "b")}));
  steps.push_back(record(at(Step::commit, "b"), StepState::done));
  EXPECT_EQ(open_doors(steps, kTwo), std::vector{at(Step::commit, "a")});
  steps.push_back(record(at(Step::commit, "a"), StepState::done));
  EXPECT_EQ(open_doors(steps, kTwo), std::vector{at(Step::register_bag)});
  steps.push_back(record(at(Step::register_bag), StepState::done));
  EXPECT_TRUE(open_doors(steps, kTwo).empty());
}

TEST(OpenDoorsTest, NothingOpensOnceAStepHasFailed) {
  auto steps = done_until_version();
  steps.push_back(record(at(Step::replicate, "a"), StepState::failed));
  EXPECT_TRUE(open_doors(steps, kTwo).empty());
  EXPECT_TRUE(has_failed(steps));
}

TEST(BeginsFinalWritesTest, AStagedLocationAtCommitAnotherAtReplicate) {
  EXPECT_TRUE(begins_final_writes(Step::commit, location("a", true)));
  EXPECT_FALSE(begins_final_writes(Step::replicate, location("a", true)));
  EXPECT_TRUE(begins_final_writes(Step::replicate, location("a", false)));
}

TEST(RewindTest, UnpackToVerifyAndWhatLiesInStagingIsDoneAgain) {
  auto steps = done_until_version();
  steps.push_back(record(at(Step::replicate, "a"), StepState::done));
  steps.push_back(record(at(Step::confirm, "a"), StepState::running, ""));
  steps.push_back(record(at(Step::replicate, "b"), StepState::running, ""));
  const auto again = rewind(steps, kTwo);
  std::vector<StepKey> keys;
  for (const StepRecord& step : again) {
    EXPECT_EQ(step.state, StepState::again);
    keys.push_back(step.key);
  }
  EXPECT_EQ(keys, (std::vector{at(Step::unpack), at(Step::find_root), at(Step::verify), at(Step::replicate, "a")}));
}

TEST(RewindTest, WhatIsCommittedStays) {
  auto steps = done_until_version();
  for (const char* name : {"a", "b"}) {
    steps.push_back(record(at(Step::replicate, name), StepState::done));
    steps.push_back(record(at(Step::confirm, name), StepState::done));
  }
  steps.push_back(record(at(Step::commit, "a"), StepState::done));
  for (const StepRecord& step : rewind(steps, kTwo)) EXPECT_NE(step.key.location, LocationName::parse("a"));
}

TEST(RewindTest, NothingIsDoneAgainOnceTheDescriptionIsRecorded) {
  auto steps = done_until_version();
  steps.push_back(record(at(Step::register_bag), StepState::running, R"({"v":1})"));
  EXPECT_TRUE(rewind(steps, kTwo).empty());
  steps.front().state = StepState::again;
  EXPECT_EQ(open_doors(steps, kTwo), std::vector{at(Step::register_bag)});
}

}  // namespace
}  // namespace strongroom::ingest
