// Whether the store of an area minds the condition of a removal, as the monitor or a check has found it, for those who
// do not try it themselves (transfers.md 12.6).
//
// Kept in the catalogue. Errors are the catalogue's. Any thread.
#pragma once

#include <optional>
#include <string>

#include "ports/transfers.hpp"

namespace strongroom::transfers {

[[nodiscard]] Result<void> note_conditions(Transfers& transfers, const std::string& area, bool kept);
/// As it was noted last; nothing when nobody has tried.
[[nodiscard]] Result<std::optional<bool>> known_conditions(Transfers& transfers, const std::string& area);

}  // namespace strongroom::transfers
