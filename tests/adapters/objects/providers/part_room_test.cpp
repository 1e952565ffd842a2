// Goal: parts in memory never take more room than there is, and nobody waits for ever. Method: many threads, and a
// count beside the room.
#include "adapters/objects/remote/part_room.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace strongroom::remote {
namespace {

TEST(PartRoomTest, NeverMoreThanThereIs) {
  constexpr std::uint64_t kAll = 100;
  PartRoom room(kAll);
  std::atomic<std::uint64_t> held = 0;
  std::atomic<bool> is_over = false;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 1; t <= 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) {
          const std::uint64_t bytes = t * 13;
          const PartRoom::Hold hold(room, bytes);
          if ((held += std::min(bytes, kAll)) > kAll) is_over = true;
          held -= std::min(bytes, kAll);
        }
      });
    }
  }
  EXPECT_FALSE(is_over);
  EXPECT_EQ(held, 0U);
}

TEST(PartRoomTest, APartThatIsLargerThanAllHasItForItself) {
  PartRoom room(10);
  {
    const PartRoom::Hold hold(room, 1000);
  }
  const PartRoom::Hold again(room, 10);
}

}  // namespace
}  // namespace strongroom::remote
