// Resolution: earlier packages that a later one of the same name has answered (transfers.md 2.5).
//
// May be repeated: what is resolved stays so. One thread.
#pragma once

#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

/// Once this package has been accepted, earlier ones of its area and key that were rejected are no longer reported;
/// once it is stored, those that failed are not either. False when another worker holds one of them: later, then.
[[nodiscard]] Result<bool> resolve_earlier(InHand& hand);

}  // namespace strongroom::transfers
