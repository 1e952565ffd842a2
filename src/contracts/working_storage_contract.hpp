// The contract of ports/working_storage.hpp: what may be taken up again and what never (CORRECTNESS 1.1).
// Run by the tests of each adapter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::contracts {

/// What the checks are run on; all of it outlives them.
struct WorkingUnderTest {
  /// The storage as a process finds it that starts now, in this boot or after another one of the machine.
  std::function<WorkingStorage&(bool reboot)> start;
  Workers& workers;
};

[[nodiscard]] std::vector<NamedCheck> working_storage_checks(const WorkingUnderTest& subject);

}  // namespace strongroom::contracts
