#include "base/aligned.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/check.hpp"

namespace strongroom {

AlignedBuffer::AlignedBuffer(std::size_t size)
    : size_((std::max<std::size_t>(size, 1) + kAlignment - 1) / kAlignment * kAlignment),
      data_(static_cast<std::byte*>(std::aligned_alloc(kAlignment, size_))) {
  CHECK(data_ != nullptr);
}
AlignedBuffer::~AlignedBuffer() { std::free(data_); }

}  // namespace strongroom
