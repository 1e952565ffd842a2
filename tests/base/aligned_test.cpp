// Goal: buffers begin with a page, are nobody else's while they are held, and large ones are used again.
// Method: more at once than are kept, of all sizes, filled and looked at; threads that take and give.
#include "base/aligned.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace strongroom {
namespace {

constexpr std::size_t kMebibyte = 1 << 20;

bool is_filled_with(ByteSpan bytes, std::byte value) {
  return std::ranges::all_of(bytes, [value](std::byte byte) { return byte == value; });
}

TEST(AlignedBuffer, IsWholePages) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{4097}, kMebibyte / 16,
                                 kMebibyte - 1, kMebibyte, kMebibyte + 1, 5 * kMebibyte}) {
    AlignedBuffer buffer(size);
    EXPECT_GE(buffer.span().size(), std::max<std::size_t>(size, 1));
    EXPECT_EQ(buffer.span().size() % AlignedBuffer::kAlignment, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.span().data()) % AlignedBuffer::kAlignment, 0U);
  }
}

TEST(AlignedBuffer, IsNobodyElses) {
  std::vector<std::unique_ptr<AlignedBuffer>> buffers;
  for (std::size_t i = 0; i < 100; ++i) {
    buffers.push_back(std::make_unique<AlignedBuffer>(i % 3 == 0 ? 2 * kMebibyte : i % 3 == 1 ? kMebibyte : 5000));
    std::ranges::fill(buffers.back()->span(), static_cast<std::byte>(i));
  }
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_TRUE(is_filled_with(buffers[i]->span(), static_cast<std::byte>(i))) << i;
  }
}

TEST(AlignedBuffer, IsUsedAgain) {
  std::set<const std::byte*> places;
  for (int i = 0; i < 1000; ++i) {
    AlignedBuffer first(kMebibyte);
    AlignedBuffer second(kMebibyte / 2);
    places.insert({first.span().data(), second.span().data()});
  }
  EXPECT_EQ(places.size(), 2U);
}

TEST(AlignedBuffer, ManyThreadsTakeAndGive) {
  std::vector<std::jthread> threads;
  std::atomic<int> spoiled = 0;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&spoiled, thread] {
      for (int i = 0; i < 200; ++i) {
        std::vector<std::unique_ptr<AlignedBuffer>> held;
        for (int one = 0; one < 1 + i % 7; ++one) {
          held.push_back(std::make_unique<AlignedBuffer>(kMebibyte));
          std::ranges::fill(held.back()->span().first(8192), static_cast<std::byte>(thread));
        }
        for (const auto& one : held) {
          if (!is_filled_with(one->span().first(8192), static_cast<std::byte>(thread))) ++spoiled;
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(spoiled, 0);
}

}  // namespace
}  // namespace strongroom
