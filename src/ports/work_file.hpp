// A file on its way to a disk, whether working storage's or a location's staging.
// One thread at a time.
#pragma once

#include "base/bytes.hpp"

namespace strongroom {

/// A file being written; gone again unless finish() succeeded.
class WorkFile : public ByteSink {
 public:
  virtual Result<void> finish() = 0;
};

}  // namespace strongroom
