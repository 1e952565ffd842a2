// Log lines: both formats, and whatever a field holds stays on one line (golden texts).
#include "adapters/host/log_line.hpp"

#include <gtest/gtest.h>

namespace strongroom::host {
namespace {

const Instant kTime = *parse_instant("2024-05-01T09:30:01.540112Z");

std::string value_in(LogFormat format, const std::string& value) {
  const std::string line = format_log_line(format, kTime, LogLevel::info, "e", {{"k", value}});
  const std::string before = format == LogFormat::json
                                 ? R"({"time":"2024-05-01T09:30:01.540112Z","level":"info","event":"e","k":)"
                                 : "time=2024-05-01T09:30:01.540112Z level=info event=e k=";
  EXPECT_EQ(line.substr(0, before.size()), before);
  const std::string rest = line.substr(before.size());
  return format == LogFormat::json ? rest.substr(0, rest.size() - 1) : rest;
}

TEST(LogLineTest, Golden) {
  EXPECT_EQ(
      format_log_line(LogFormat::logfmt, kTime, LogLevel::warning, "bag_registered",
                      {{"bag", "maps/SEA 1"}, {"version", "v2"}, {"bytes", "120"}}),
      R"(time=2024-05-01T09:30:01.540112Z level=warning event=bag_registered bag="maps/SEA 1" version=v2 bytes=120)");
  EXPECT_EQ(format_log_line(LogFormat::json, kTime, LogLevel::error, "boom", {{"why", "\"x\""}}),
            R"({"time":"2024-05-01T09:30:01.540112Z","level":"error","event":"boom","why":"\"x\""})");
}

TEST(LogLineTest, Values) {
  struct Case {
    std::string value;
    std::string logfmt;
    std::string json;
  };
  const Case cases[] = {
      {"plain-1.2:3/4", "plain-1.2:3/4", R"("plain-1.2:3/4")"},
      {"", R"("")", R"("")"},
      {"a=b", R"("a=b")", R"("a=b")"},
      {"two\nlines\r\ttab", R"("two\nlines\u000d\u0009tab")", R"("two\nlines\u000d\u0009tab")"},
      {"back\\slash", R"("back\\slash")", R"("back\\slash")"},
      {std::string("nul\0", 4), R"("nul\u0000")", R"("nul\u0000")"},
      {"\x1B[31mred", R"("\u001b[31mred")", R"("\u001b[31mred")"},
      {"\xC2\x9B"
       "31m",
       R"("\u009b31m")", R"("\u009b31m")"},
      {"a\xE2\x80\xA8"
       "b",
       R"("a\u2028b")", R"("a\u2028b")"},
      {"caf\xC3\xA9", "\"caf\xC3\xA9\"", "\"caf\xC3\xA9\""},
      {"bad\xFFutf", "\"bad\xEF\xBF\xBDutf\"", "\"bad\xEF\xBF\xBDutf\""},
      {"cut\xE2\x80", "\"cut\xEF\xBF\xBD\xEF\xBF\xBD\"", "\"cut\xEF\xBF\xBD\xEF\xBF\xBD\""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(value_in(LogFormat::logfmt, c.value), c.logfmt);
    EXPECT_EQ(value_in(LogFormat::json, c.value), c.json);
  }
}

TEST(LogLineTest, NamesCannotBreakTheLine) {
  EXPECT_EQ(format_log_line(LogFormat::logfmt, kTime, LogLevel::debug, "e", {{"a b=\n", "1"}}),
            "time=2024-05-01T09:30:01.540112Z level=debug event=e a_b__=1");
}

TEST(LogLineTest, LongValuesAreCutBetweenCharacters) {
  std::string value(kLogValueMax - 1, 'x');
  value += "\xC3\xA9 and more";
  const std::string shown = value_in(LogFormat::logfmt, value);
  EXPECT_EQ(shown, '"' + std::string(kLogValueMax - 1, 'x') + "... (" + std::to_string(value.size()) + " bytes)\"");
}

}  // namespace
}  // namespace strongroom::host
