// The findings of a check, by the names that the checks use for them.
//
// In the order in which they were found. Plain values.
#pragma once

#include <vector>

#include "domain/transfer_finding.hpp"

namespace strongroom::transfers {

using Severity = TransferSeverity;
using Finding = TransferFinding;
using Findings = std::vector<Finding>;

}  // namespace strongroom::transfers
