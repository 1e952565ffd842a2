// Whose rules a bag is held against.
// A plain value; any thread.
#pragma once

#include <cstdint>

namespace strongroom::bagit {

enum class Rulebook : std::uint8_t {
  archive,  ///< what the archive accepts: bag-acceptance.md 6 and 7
  bagit,    ///< complete and valid by the bag's own BagIt version: sections 2 to 5
};

}  // namespace strongroom::bagit
