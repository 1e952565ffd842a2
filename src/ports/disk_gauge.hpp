// How much room the catalogue's filesystem has left (CORRECTNESS 1.11).
// Asked before work is begun; below the limit nothing is written. Any thread.
#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace strongroom {

class DiskGauge {
 public:
  virtual ~DiskGauge() = default;
  /// Bytes an unprivileged process could still write. Any thread.
  virtual Result<std::uint64_t> free_bytes() = 0;
};

}  // namespace strongroom
