// Goal: a call is repeated as often as it should be, after pauses that grow, end, and are as long as a provider asks
// for. Method: a clock that notes what it is asked to wait for.
#include "adapters/cloud/patience.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "adapters/cloud/scripted_web.hpp"

namespace strongroom::cloud {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class NotingClock final : public Clock {
 public:
  std::vector<Duration> waits;
  Instant now() override { return {}; }
  Duration since_boot() override { return seconds(100); }
  bool wait_until(Duration until, std::stop_token stop) override {
    waits.push_back(until - seconds(100));
    return !stop.stop_requested();
  }
};

class EvenEntropy final : public Entropy {
 public:
  void fill(ByteSpan bytes) override { std::fill(bytes.begin(), bytes.end(), std::byte{0x80}); }
};

TEST(PatienceTest, PausesGrowAndEnd) {
  NotingClock clock;
  EvenEntropy entropy;
  Attempts attempts({5, milliseconds(200), seconds(1)}, clock, entropy);
  int made = 1;
  while (attempts.again()) ++made;
  EXPECT_EQ(made, 5);
  ASSERT_EQ(clock.waits.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const Duration base = std::min<Duration>(milliseconds(200) * (1 << i), seconds(1));
    EXPECT_GE(clock.waits[i], base / 2) << i;
    EXPECT_LE(clock.waits[i], std::min<Duration>(base * 3 / 2, seconds(1))) << i;
  }
}

TEST(PatienceTest, AProviderIsHeardUpToTheLongestPause) {
  NotingClock clock;
  EvenEntropy entropy;
  Attempts attempts({9, milliseconds(1), seconds(10)}, clock, entropy);
  EXPECT_TRUE(attempts.again(seconds(3)));
  EXPECT_TRUE(attempts.again(seconds(300)));
  EXPECT_EQ(clock.waits, (std::vector<Duration>{seconds(3), seconds(10)}));
}

TEST(PatienceTest, AStopEndsIt) {
  NotingClock clock;
  EvenEntropy entropy;
  std::stop_source ending;
  Attempts attempts({9, milliseconds(1), seconds(10)}, clock, entropy, ending.get_token());
  EXPECT_TRUE(attempts.again());
  ending.request_stop();
  EXPECT_FALSE(attempts.again());
}

TEST(PatienceTest, ProgressBeginsAnew) {
  NotingClock clock;
  EvenEntropy entropy;
  Attempts attempts({2, milliseconds(100), seconds(1)}, clock, entropy);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(attempts.again());
    attempts.progress();
  }
  EXPECT_TRUE(attempts.again());
  EXPECT_FALSE(attempts.again());
}

}  // namespace
}  // namespace strongroom::cloud
