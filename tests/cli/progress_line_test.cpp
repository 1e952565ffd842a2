// The progress line: its text, and that it is shown to people only, not too often, and cleaned away.
#include "cli/progress_line.hpp"

#include <gtest/gtest.h>

#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

TEST(ReadableSizeTest, Table) {
  const std::pair<std::uint64_t, const char*> cases[] = {
      {0, "0 bytes"},       {1023, "1023 bytes"},    {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},    {10 << 10, "10 KiB"},    {1023 << 10, "1023 KiB"},
      {1 << 20, "1.0 MiB"}, {5ULL << 40, "5.0 TiB"}, {5ULL << 50, "5.0 PiB"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(readable_size(bytes), text);
}

TEST(ProgressTextTest, Table) {
  EXPECT_EQ(progress_text("up", 0, 100, 80), "[                    ]   0 %  up  0 bytes of 100 bytes");
  EXPECT_EQ(progress_text("up", 50, 100, 80), "[##########          ]  50 %  up  50 bytes of 100 bytes");
  EXPECT_EQ(progress_text("up", 200, 100, 80), "[####################] 100 %  up  200 bytes of 100 bytes");
  EXPECT_EQ(progress_text("up", 7, std::nullopt, 80), "up  7 bytes");
  EXPECT_EQ(progress_text("up", 0, 0, 80), "up  0 bytes of 0 bytes");
  EXPECT_EQ(progress_text("up", 50, 100, 10), "[#########");
}

TEST(ProgressLineTest, OnATerminal) {
  KeptConsole console;
  console.interactive = true;
  {
    ProgressLine line(console);
    line.show("up", 1, std::nullopt, std::chrono::seconds(1));
    line.show("up", 2, std::nullopt, std::chrono::milliseconds(1050));
    line.show("up", 3, std::nullopt, std::chrono::milliseconds(1100));
    EXPECT_EQ(console.complained, "\r\x1B[Kup  1 bytes\r\x1B[Kup  3 bytes");
    console.complained.clear();
    line.clear();
    line.clear();
    EXPECT_EQ(console.complained, "\r\x1B[K");
    line.show("up", 4, std::nullopt, std::chrono::seconds(2));
    console.complained.clear();
  }
  EXPECT_EQ(console.complained, "\r\x1B[K");
}

TEST(ProgressLineTest, NothingWithoutATerminal) {
  KeptConsole console;
  {
    ProgressLine line(console);
    line.show("up", 1, 2, std::chrono::seconds(1));
  }
  EXPECT_EQ(console.complained, "");
}

}  // namespace
}  // namespace strongroom::cli
