// The prefix quiet rule: nothing is removed below a key that Archivematica may be copying (transfers.md 5.3).
//
// Archivematica lists everything whose key begins with that of the package, and then copies it: what is gone by then
// makes the transfer fail. Held by all who remove anything from an area. Any thread.
#pragma once

#include <string>

#include "ports/transfers.hpp"

namespace strongroom::transfers {

/// Archivematica may be copying what lies below its submitted key: from the first POST on until it tells a status, a
/// week at most.
[[nodiscard]] bool may_be_copied(const Transfer& transfer, Instant now);

/// Whether an object with this key may be removed now. `in_hand`: a package whose record the caller has, perhaps newer
/// than the kept one. An Error is the catalogue's.
[[nodiscard]] Result<bool> may_remove(Transfers& transfers, const Transfer& in_hand, const std::string& key,
                                      Instant now);

}  // namespace strongroom::transfers
