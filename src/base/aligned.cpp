#include "base/aligned.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>

#include "base/check.hpp"

namespace strongroom {
namespace {

/// From this size on buffers come from the region.
constexpr std::size_t kLarge = 64 << 10;
constexpr std::size_t kPlace = 1 << 20;
constexpr std::size_t kPlaces = 64;
constexpr std::size_t kHugePage = 2 << 20;

std::byte* map(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  return static_cast<std::byte*>(memory);
}

/// Places for buffers, in huge pages where the system has them: touched once, and one piece for the device.
class Region {
 public:
  /// Null when all places are taken.
  std::byte* take() {
    std::uint64_t free = free_.load(std::memory_order_relaxed);
    while (free != 0) {
      const std::uint64_t lowest = free & (~free + 1);
      if (free_.compare_exchange_weak(free, free & ~lowest, std::memory_order_acquire, std::memory_order_relaxed)) {
        return begin_ + static_cast<std::size_t>(std::countr_zero(lowest)) * kPlace;
      }
    }
    return nullptr;
  }
  /// False when it is not of the region.
  bool give_back(const std::byte* memory) {
    if (memory < begin_ || memory >= begin_ + kPlaces * kPlace) return false;
    const auto place = static_cast<std::size_t>(memory - begin_) / kPlace;
    free_.fetch_or(std::uint64_t{1} << place, std::memory_order_release);
    return true;
  }

  static Region& whole() {
    static Region region;
    return region;
  }

 private:
  Region() {
    std::byte* memory = map(kPlaces * kPlace + kHugePage);
    begin_ = memory + (kHugePage - reinterpret_cast<std::uintptr_t>(memory) % kHugePage) % kHugePage;
    // Advice: where there are no huge pages small ones serve.
    (void)::madvise(begin_, kPlaces * kPlace, MADV_HUGEPAGE);
  }

  std::byte* begin_ = nullptr;
  std::atomic<std::uint64_t> free_ = ~std::uint64_t{0};  ///< a bit for each place
};

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t size)
    : size_((std::max<std::size_t>(size, 1) + kAlignment - 1) / kAlignment * kAlignment) {
  if (size_ < kLarge) {
    data_ = static_cast<std::byte*>(std::aligned_alloc(kAlignment, size_));
    CHECK(data_ != nullptr);
    return;
  }
  data_ = size_ <= kPlace ? Region::whole().take() : nullptr;
  if (data_ == nullptr) data_ = map(size_);
}

AlignedBuffer::~AlignedBuffer() {
  if (size_ < kLarge) {
    std::free(data_);
  } else if (!Region::whole().give_back(data_)) {
    ::munmap(data_, size_);
  }
}

}  // namespace strongroom
