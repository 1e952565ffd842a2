// RandomAccess: bytes that can be read anywhere, any number of times, as a zip package needs it.
//
// Their number is known and does not change. One thread at a time, unless an implementation says otherwise.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace strongroom {

class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `into` from `offset` on as far as the bytes reach; fewer than into.size() only at the end.
  virtual Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) = 0;
};

}  // namespace strongroom
