// The progress line: its text, and that it is shown to people only, not too often, and cleaned away.
#include "cli/progress_line.hpp"

#include <gtest/gtest.h>

#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

TEST(ProgressTextTest, Table) {
  EXPECT_EQ(progress_text("up", {0, 100}, 80), "[                    ]   0 %  up  0 bytes of 100 bytes");
  EXPECT_EQ(progress_text("up", {50, 100}, 80), "[##########          ]  50 %  up  50 bytes of 100 bytes");
  EXPECT_EQ(progress_text("up", {200, 100}, 80), "[####################] 100 %  up  200 bytes of 100 bytes");
  EXPECT_EQ(progress_text("up", {7}, 80), "up  7 bytes");
  EXPECT_EQ(progress_text("up", {0, 0}, 80), "up  0 bytes of 0 bytes");
  EXPECT_EQ(progress_text("up", {50, 100}, 10), "[#########");
  EXPECT_EQ(progress_text("up", {50, 100, 2048, 90}, 80),
            "[##########          ]  50 %  up  50 bytes of 100 bytes  2.0 KiB/s  1 min left");
  EXPECT_EQ(progress_text("\xC3\xBC\xC3\xBC", {7}, 1), "\xC3\xBC") << "a character was cut";
  EXPECT_EQ(progress_text("a\x1B[2J", {7}, 80), "a%1B[2J  7 bytes") << "the service reached the terminal";
}

TEST(ProgressLineTest, OnATerminal) {
  KeptConsole console;
  console.interactive = true;
  {
    ProgressLine line(console);
    line.show("up", {1}, std::chrono::seconds(1));
    line.show("up", {2}, std::chrono::milliseconds(1050));
    line.show("up", {3}, std::chrono::milliseconds(1100));
    EXPECT_EQ(console.complained, "\r\x1B[Kup  1 bytes\r\x1B[Kup  3 bytes");
    console.complained.clear();
    line.clear();
    line.clear();
    EXPECT_EQ(console.complained, "\r\x1B[K");
    line.show("up", {4}, std::chrono::seconds(2));
    console.complained.clear();
  }
  EXPECT_EQ(console.complained, "\r\x1B[K");
}

TEST(ProgressLineTest, NothingWithoutATerminal) {
  KeptConsole console;
  {
    ProgressLine line(console);
    line.show("up", {1, 2}, std::chrono::seconds(1));
  }
  EXPECT_EQ(console.complained, "");
}

}  // namespace
}  // namespace strongroom::cli
