// Goal: the texts that monitoring reads are exactly those of domain-rules.md 4. Method: tables of inputs and texts.
#include "domain/steps.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace strongroom {
namespace {

constexpr Step kAll[] = {Step::unpack,    Step::find_root, Step::verify, Step::assign_version,
                         Step::replicate, Step::confirm,   Step::commit, Step::register_bag};

TEST(Steps, CodesAreReadBack) {
  for (Step step : kAll) EXPECT_EQ(parse_step(code_of(step)), step);
  EXPECT_EQ(code_of(Step::register_bag), "register");
  EXPECT_EQ(parse_step("unpacking"), std::nullopt);
  EXPECT_EQ(parse_step(""), std::nullopt);
}

TEST(Steps, StatesAreReadBack) {
  for (StepState state : {StepState::running, StepState::done, StepState::again, StepState::failed}) {
    EXPECT_EQ(parse_step_state(name_of(state)), state);
  }
  EXPECT_EQ(parse_step_state("gone"), std::nullopt);
}

TEST(Steps, SuccessfulCourse) {
  const auto name = [](Step step) { return step_name(step, "Amazon Glacier"); };
  EXPECT_EQ(started_text(name(Step::unpack)), "Unpacking started");
  EXPECT_EQ(succeeded_text(name(Step::unpack), unpacked_detail(172032, 9)),
            "Unpacking succeeded - Unpacked 168 KB from 9 files");
  EXPECT_EQ(succeeded_text(name(Step::find_root)), "Detecting bag root succeeded");
  EXPECT_EQ(succeeded_text(name(Step::verify)), "Verification (pre-replicating to archive storage) succeeded");
  EXPECT_EQ(succeeded_text(name(Step::assign_version), "assigned bag version v1"),
            "Assigning bag version succeeded - assigned bag version v1");
  EXPECT_EQ(succeeded_text(name(Step::replicate)), "Replicating to Amazon Glacier succeeded");
  EXPECT_EQ(started_text(name(Step::confirm)), "Verification (Amazon Glacier) started");
  EXPECT_EQ(succeeded_text(name(Step::commit)), "Verification (Amazon Glacier) succeeded");
  EXPECT_EQ(started_text(name(Step::register_bag)), "Register started");
}

TEST(Steps, OnlyTheFirstLetterIsRaised) {
  EXPECT_EQ(started_text("unpacking iPods"), "Unpacking iPods started");
  EXPECT_EQ(started_text("Register"), "Register started");
  EXPECT_EQ(failed_text("ærø"), "ærø failed");
}

TEST(Steps, FailuresAndRetries) {
  EXPECT_EQ(failed_text("unpacking"), "Unpacking failed");
  EXPECT_EQ(failed_text("unpacking", "There is no upload area attic"),
            "Unpacking failed - There is no upload area attic");
  EXPECT_EQ(retrying_text("replicating to Azure", "the network timed out"),
            "Replicating to Azure retrying - the network timed out");
}

TEST(Steps, F3_SizeTexts) {
  const std::pair<std::uint64_t, const char*> table[] = {
      {0, "0 bytes"},        {1, "1 bytes"},           {55, "55 bytes"},
      {1023, "1023 bytes"},  {1024, "1 KB"},           {2047, "1 KB"},
      {172032, "168 KB"},    {1048575, "1023 KB"},     {1048576, "1 MB"},
      {123456789, "117 MB"}, {1ULL << 30U, "1 GB"},    {1ULL << 40U, "1 TB"},
      {1ULL << 50U, "1 PB"}, {1ULL << 60U, "1024 PB"}, {(1ULL << 50U) - 1, "1023 TB"},
  };
  for (const auto& [bytes, text] : table) EXPECT_EQ(size_text(bytes), text) << bytes;
}

TEST(Steps, F3_CountsOfFiles) {
  EXPECT_EQ(unpacked_detail(55, 1), "Unpacked 55 bytes from 1 file");
  EXPECT_EQ(unpacked_detail(55, 0), "Unpacked 55 bytes from 0 files");
  EXPECT_EQ(unpacked_detail(123456789, 1234), "Unpacked 117 MB from 1,234 files");
}

TEST(Steps, Aggregating) {
  EXPECT_EQ(aggregating_text(1, 3), "Aggregating replicas succeeded - 1 of 3 replicas complete");
  EXPECT_EQ(aggregating_text(2, 3), "Aggregating replicas succeeded - 2 of 3 replicas complete");
  EXPECT_EQ(aggregating_text(3, 3), "Aggregating replicas succeeded - all replicas complete");
  EXPECT_EQ(aggregating_text(1, 1), "Aggregating replicas succeeded - all replicas complete");
}

TEST(Steps, F3_LongTextsAreCutTo250Characters) {
  const std::string exact(250, 'x');
  EXPECT_EQ(event_text(exact), exact);
  EXPECT_EQ(event_text(exact + "x"), std::string(247, 'x') + "...");
}

TEST(Steps, F3_TheCutFallsBetweenCharacters) {
  for (const std::string character : {"é", "海", "🗺"}) {
    std::string names;
    for (int i = 0; i < 300; ++i) names += character;
    const std::string text = event_text(names);
    EXPECT_TRUE(is_utf8(text)) << character;
    EXPECT_EQ(count_characters(text), 250U) << character;
    EXPECT_EQ(text.size(), 247 * character.size() + 3) << character;
    EXPECT_TRUE(text.ends_with(character + "...")) << character;

    std::string fits;
    for (int i = 0; i < 250; ++i) fits += character;
    EXPECT_EQ(event_text(fits), fits) << character;
  }
}

TEST(Steps, F3_AFailureNamingManyPathsIsCut) {
  std::string paths;
  for (int i = 0; i < 100; ++i) paths += "data/海図/" + std::to_string(i) + "/シート.tif, ";
  const std::string text = failed_text("detecting bag root", paths);
  EXPECT_EQ(count_characters(text), 250U);
  EXPECT_TRUE(text.ends_with("..."));
  EXPECT_TRUE(text.starts_with("Detecting bag root failed - data/海図/0/"));
}

TEST(Steps, F3_TextsAreOneLine) {
  EXPECT_EQ(failed_text("unpacking", "data/a\nb"), "Unpacking failed - data/a%0Ab");
  EXPECT_EQ(event_text("a\r\x7F"), "a%0D%7F");
  EXPECT_EQ(event_text("a\xC2\x85"), "a%C2%85");
  EXPECT_EQ(event_text("a\xFF"), "a%FF");
  // An escape is made before counting, so that a cut text keeps within the limit.
  EXPECT_EQ(count_characters(event_text(std::string(200, '\n'))), 250U);
}

}  // namespace
}  // namespace strongroom
