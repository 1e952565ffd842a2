// Memory aligned for direct I/O: whole pages.
// One thread at a time.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"

namespace strongroom {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;
  /// `size` is rounded up to the alignment.
  explicit AlignedBuffer(std::size_t size);
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  ~AlignedBuffer();
  [[nodiscard]] ByteSpan span() { return {data_, size_}; }

 private:
  std::size_t size_;
  std::byte* data_;
};

}  // namespace strongroom
