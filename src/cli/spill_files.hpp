// Spills in unlinked files of the temporary directory ($TMPDIR): gone with the program, whatever ends it.
// One thread at a time.
#pragma once

#include "base/spill.hpp"

namespace strongroom::cli {

class SpillFiles final : public SpillSpace {
 public:
  Result<std::unique_ptr<Spill>> create() override;
};

}  // namespace strongroom::cli
