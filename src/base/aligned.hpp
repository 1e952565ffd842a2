// Memory aligned for direct I/O: whole pages.
//
// Large buffers are used again by whoever asks next, up to 32 MiB of them in the process: a page that is touched for
// the first time costs more than what is done with it. A buffer is for one thread at a time; making and ending them is
// for any.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"

namespace strongroom {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;
  /// `size` is rounded up to the alignment. What lies in it is anything.
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
