// Spill space: where an external sort puts what memory may not hold (CORRECTNESS 4.1).
//
// A Spill is written once, then read any number of times, then gone with its owner. Implementations: working storage
// on disk, memory in tests. One thread at a time for one Spill.
#pragma once

#include <memory>

#include "base/bytes.hpp"

namespace strongroom {

class Spill : public ByteSink {
 public:
  /// Ends writing and opens the content from its beginning; may be called again for a second reader.
  virtual Result<std::unique_ptr<ByteSource>> open() = 0;
};

class SpillSpace {
 public:
  virtual ~SpillSpace() = default;
  /// A new, empty spill. Its bytes are released when the Spill is destroyed.
  virtual Result<std::unique_ptr<Spill>> create() = 0;
};

/// Spills kept in memory, for tests and small inputs.
class MemorySpillSpace final : public SpillSpace {
 public:
  Result<std::unique_ptr<Spill>> create() override;
};

}  // namespace strongroom
