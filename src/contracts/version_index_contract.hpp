// The contract of ports/version_index.hpp: a row is written once and for ever, and read back as it was.
// Run by the tests of each adapter.
#pragma once

#include <vector>

#include "contracts/contract.hpp"
#include "ports/version_index.hpp"
#include "ports/workers.hpp"

namespace strongroom::contracts {

/// What the checks are run on; all of it outlives them. What they write stays.
struct VersionIndexUnderTest {
  VersionIndex& index;
  Workers& workers;  ///< should run several at once, so that races are races
  Space space;       ///< nothing of it is in the index
};

[[nodiscard]] std::vector<NamedCheck> version_index_checks(const VersionIndexUnderTest& subject);

}  // namespace strongroom::contracts
