// The log as a descriptor sees it: lines, levels, and a reader that has stopped reading (a real pipe).
#include "adapters/host/structured_log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "adapters/host/system_clock.hpp"
#include "base/text.hpp"

namespace strongroom::host {
namespace {

using ::testing::HasSubstr;

class StructuredLogTest : public ::testing::Test {
 protected:
  StructuredLogTest() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~StructuredLogTest() override {
    close_writer();
    close(ends_[0]);
  }

  std::unique_ptr<Log> log(LogLevel level = LogLevel::info) {
    return make_log({LogFormat::logfmt, level, ends_[1]}, clock_);
  }
  void close_writer() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  std::string read_some() {
    std::array<char, 65536> bytes{};
    const ssize_t size = read(ends_[0], bytes.data(), bytes.size());
    return {bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }
  std::string read_all() {
    close_writer();
    std::string text;
    for (std::string more = read_some(); !more.empty(); more = read_some()) text += more;
    return text;
  }

  std::array<int, 2> ends_{};
  SystemClock clock_;
};

TEST_F(StructuredLogTest, WritesFromTheLevelOn) {
  const auto written = log(LogLevel::warning);
  written->write(LogLevel::debug, "one", {});
  written->write(LogLevel::info, "two", {});
  written->write(LogLevel::warning, "three", {{"n", "3"}});
  written->write(LogLevel::error, "four", {});
  const std::string text = read_all();
  EXPECT_THAT(text, HasSubstr("level=warning event=three n=3\n"));
  EXPECT_THAT(text, HasSubstr("level=error event=four\n"));
  EXPECT_EQ(split(text, '\n').size(), 3U);
}

TEST_F(StructuredLogTest, ThreadsDoNotTearLines) {
  const auto written = log();
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&] {
        for (int i = 0; i < 50; ++i) written->write(LogLevel::info, "line", {{"end", "here"}});
      });
    }
  }
  const std::string text = read_all();
  int lines = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    ++lines;
    EXPECT_TRUE(line.starts_with("time=") && line.ends_with(" event=line end=here")) << line;
  }
  EXPECT_EQ(lines, 200);
}

// The pipe is full and nobody reads: writing goes on, and afterwards the log tells how many lines were lost.
TEST_F(StructuredLogTest, AFullPipeDropsLinesAndSaysSo) {
  ASSERT_EQ(fcntl(ends_[1], F_SETFL, O_NONBLOCK), 0);
  const std::string filler(4096, 'x');
  std::size_t filled = 0;
  while (write(ends_[1], filler.data(), filler.size()) > 0) filled += filler.size();
  const auto written = log();
  written->write(LogLevel::info, "lost", {});
  written->write(LogLevel::info, "lost", {});
  while (filled > 0) filled -= read_some().size();
  written->write(LogLevel::info, "found", {});
  const std::string text = read_all();
  EXPECT_THAT(text, HasSubstr("event=log_lines_dropped count=2\n"));
  EXPECT_THAT(text, HasSubstr("event=found\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("event=lost")));
}

}  // namespace
}  // namespace strongroom::host
