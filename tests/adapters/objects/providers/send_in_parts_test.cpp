// Goal: a large object reaches its provider whole and in no more memory than the room has, whatever part fails.
// Method: contents in parts of a few bytes, sent by real threads to a sender that notes, waits or fails as told.
#include "adapters/objects/remote/send_in_parts.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "adapters/host/thread_workers.hpp"

namespace strongroom::remote {
namespace {

std::string digits(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + i % 10);
  return text;
}

/// Keeps what is sent.
class Arrivals {
 public:
  PartSender sender() {
    return [this](std::size_t number, const std::string& bytes) -> Result<void> {
      const std::scoped_lock lock(mutex_);
      parts_[number] = bytes;
      return {};
    };
  }
  [[nodiscard]] std::string joined() const {
    std::string all;
    for (const auto& [number, bytes] : parts_) all += bytes;
    return all;
  }
  [[nodiscard]] std::size_t count() const { return parts_.size(); }

 private:
  std::mutex mutex_;
  std::map<std::size_t, std::string> parts_;
};

TEST(SendInPartsTest, EveryPartArrivesOnceWithOrWithoutThreads) {
  host::ThreadWorkers workers(0);
  for (Workers* const help : {static_cast<Workers*>(nullptr), static_cast<Workers*>(&workers)}) {
    for (const std::size_t size : {1U, 9U, 10U, 11U, 1234U}) {
      PartRoom room(25, help);
      TextSource content(digits(size));
      Arrivals arrivals;
      const auto sent = send_in_parts(room, content, {size, 10}, arrivals.sender());
      ASSERT_TRUE(sent) << sent.error().text();
      EXPECT_EQ(arrivals.joined(), digits(size));
      EXPECT_EQ(arrivals.count(), (size + 9) / 10);
    }
  }
}

TEST(SendInPartsTest, PartsAreUnderWayTogether) {
  host::ThreadWorkers workers(0);
  PartRoom room(1000, &workers);
  TextSource content(digits(40));
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t here = 0;
  // Nobody leaves before four have come: parts sent one after the other would wait for ever.
  const auto sent = send_in_parts(room, content, {40, 10}, [&](std::size_t, const std::string&) -> Result<void> {
    std::unique_lock lock(mutex);
    ++here;
    changed.notify_all();
    changed.wait(lock, [&] { return here == 4; });
    return {};
  });
  EXPECT_TRUE(sent);
}

TEST(SendInPartsTest, NoMoreIsHeldThanTheRoomHas) {
  host::ThreadWorkers workers(0);
  PartRoom room(20, &workers);
  TextSource content(digits(1000));
  std::atomic<int> here = 0;
  std::atomic<int> most = 0;
  const auto sent = send_in_parts(room, content, {1000, 10}, [&](std::size_t, const std::string&) -> Result<void> {
    const int now = ++here;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    --here;
    return {};
  });
  EXPECT_TRUE(sent);
  EXPECT_LE(most, 2);
}

TEST(SendInPartsTest, TheFirstPartThatFailsIsToldAndEndsIt) {
  host::ThreadWorkers workers(0);
  PartRoom room(30, &workers);
  TextSource content(digits(100'000));
  std::atomic<std::size_t> tried = 0;
  const auto sent =
      send_in_parts(room, content, {100'000, 10}, [&](std::size_t number, const std::string&) -> Result<void> {
        ++tried;
        if (number >= 5) return temporary("part " + std::to_string(number), "", Reason::conflict);
        return {};
      });
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().reason, Reason::conflict);
  // Parts behind it may have begun, so many as there is room for; none of the many others.
  EXPECT_LE(tried, 5U + 4U);
}

TEST(SendInPartsTest, ContentThatEndsTooEarlyIsTold) {
  host::ThreadWorkers workers(0);
  PartRoom room(1000, &workers);
  TextSource content(digits(15));
  Arrivals arrivals;
  const auto sent = send_in_parts(room, content, {20, 10}, arrivals.sender());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().reason, Reason::truncated);
  EXPECT_EQ(sent.error().act, Act::broken);
  EXPECT_EQ(arrivals.joined(), digits(10));
}

TEST(SendInPartsTest, PartsGrowWhereThereWouldBeTooMany) {
  EXPECT_EQ(PartSizes::of(100, 16U << 20U, 10'000).part, 16U << 20U);
  EXPECT_EQ(PartSizes::of(std::uint64_t{5} << 40U, 16U << 20U, 10'000).count(), 9'987U);
  EXPECT_EQ(PartSizes::of(std::uint64_t{5} << 40U, 16U << 20U, 10'000).part % (1U << 20U), 0U);
}

}  // namespace
}  // namespace strongroom::remote
