// Checking: a package bound to one version of its object, read by ranges and judged (transfers.md 4, 6, 7).
//
// Free of effects until the verdict is kept: it may be interrupted and repeated. One thread.
#pragma once

#include <string>

#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

/// Looks at the object once and binds the package to what is there.
[[nodiscard]] Result<Next> bind(InHand& hand);
/// Reads and checks it: rejected, or ready to be submitted.
[[nodiscard]] Result<Next> check(InHand& hand);
/// Rejected for one more finding, after the checks have passed.
[[nodiscard]] Result<Next> reject(InHand& hand, Finding finding);

}  // namespace strongroom::transfers
