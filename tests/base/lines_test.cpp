// LineReader: lines are the same however the source deals out its bytes, and an endless line is refused.
#include "base/lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace strongroom {
namespace {

/// Gives at most `step` bytes a time.
class SlowSource final : public ByteSource {
 public:
  SlowSource(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  Result<std::size_t> read(ByteSpan into) override {
    const std::size_t n = std::min({step_, into.size(), text_.size() - at_});
    std::memcpy(into.data(), text_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

std::vector<std::string> lines_of(const std::string& text, std::size_t step) {
  SlowSource source(text, step);
  LineReader reader(source);
  std::vector<std::string> lines;
  for (;;) {
    const auto line = reader.next();
    EXPECT_TRUE(line);
    if (*line == nullptr) return lines;
    lines.emplace_back(**line);
  }
}

TEST(LinesTest, SplitsAtLineFeeds) {
  using Lines = std::vector<std::string>;
  const std::string large(200'000, 'x');
  const std::vector<std::pair<std::string, Lines>> cases = {
      {"", {}},
      {"\n", {""}},
      {"a", {"a"}},
      {"a\n", {"a"}},
      {"a\n\nb", {"a", "", "b"}},
      {"a\r\n", {"a\r"}},
      {large + "\nb", {large, "b"}},
  };
  for (const auto& [text, expected] : cases) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      if (step == 1 && text.size() > 1000) continue;
      EXPECT_EQ(lines_of(text, step), expected);
    }
  }
}

TEST(LinesTest, RefusesALineBeyondTheLimit) {
  TextSource source(std::string(200'000, 'x'));
  LineReader reader(source, 1000);
  const auto line = reader.next();
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().reason, Reason::limit);
}

}  // namespace
}  // namespace strongroom
