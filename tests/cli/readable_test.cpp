// Sizes, times and durations for people: tables of values and their texts.
#include "cli/readable.hpp"

#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

TEST(ReadableSizeTest, Table) {
  const std::pair<std::uint64_t, const char*> cases[] = {
      {0, "0 bytes"},       {1023, "1023 bytes"},    {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},    {10 << 10, "10 KiB"},    {1023 << 10, "1023 KiB"},
      {1 << 20, "1.0 MiB"}, {5ULL << 40, "5.0 TiB"}, {5ULL << 50, "5.0 PiB"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(readable_size(bytes), text);
}

TEST(ReadableDurationTest, Table) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const std::pair<Duration, const char*> cases[] = {
      {seconds(-5), "0 s"},         {Duration(999'999), "0 s"}, {seconds(59), "59 s"},
      {seconds(60), "1 min"},       {minutes(59), "59 min"},    {hours(1), "1 h"},
      {minutes(200), "3 h 20 min"}, {hours(24), "1 d"},         {hours(52), "2 d 4 h"}};
  for (const auto& [duration, text] : cases) EXPECT_EQ(readable_duration(duration), text);
}

TEST(ReadableInstantTest, OthersStayAsTheyAre) {
  EXPECT_EQ(readable_instant("2024-05-01T09:30:02.118204Z"), "2024-05-01 09:30:02");
  EXPECT_EQ(readable_instant("2024-05-01T11:30:02+02:00"), "2024-05-01 09:30:02");
  EXPECT_EQ(readable_instant("soon\n"), "soon%0A");
}

TEST(CountedTest, Table) {
  EXPECT_EQ(counted(0, "file"), "0 files");
  EXPECT_EQ(counted(1, "file"), "one file");
  EXPECT_EQ(counted(1234, "file"), "1,234 files");
}

TEST(FirstCharactersTest, NeverCutsInsideACharacter) {
  EXPECT_EQ(first_characters("abc", 2), "ab");
  EXPECT_EQ(first_characters("abc", 9), "abc");
  EXPECT_EQ(first_characters("\xC3\xBC"
                             "a",
                             1),
            "\xC3\xBC");
  EXPECT_EQ(first_characters("", 1), "");
}

}  // namespace
}  // namespace strongroom::cli
