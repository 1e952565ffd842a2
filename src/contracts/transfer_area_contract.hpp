// The contract of ports/transfer_area.hpp: whatever is read, tagged, copied or erased is the object as it was seen, and
// never another one that has its key by then (transfers.md 4, 12.6; cases E10, F8).
// Run by the tests of each adapter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::contracts {

/// What the checks are run on; all of it outlives them. What they write stays.
struct AreaUnderTest {
  TransferArea& area;
  /// Puts bytes at a key as an archivist does: in place of what is there, and as another object.
  std::function<Result<void>(const std::string& key, const std::string& bytes)> place;
  /// Removes the current object as an archivist does.
  std::function<Result<void>(const std::string& key)> remove;
  std::string prefix;     ///< ends in `/`, nothing lies below it
  bool versions = false;  ///< replaced and removed objects can still be read by their version
};

[[nodiscard]] std::vector<NamedCheck> transfer_area_checks(const AreaUnderTest& subject);

}  // namespace strongroom::contracts
