// The text of a small object in a transfer area, such as a log (transfers.md 5).
//
// Whoever reads it has looked at its size: all of it is held in memory. Any thread.
#pragma once

#include <string>

#include "ports/transfer_area.hpp"

namespace strongroom::transfers {

/// All of it; shorter than its size when the store gives no more. Errors as of TransferArea::open() and reads.
[[nodiscard]] Result<std::string> read_text(TransferArea& store, const AreaObject& object);

}  // namespace strongroom::transfers
