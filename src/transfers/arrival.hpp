// Arrivals: how a package becomes a record, however it was noticed (transfers.md 2.1).
//
// Pure but for the record's id. Any thread.
#pragma once

#include "ports/entropy.hpp"
#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

/// The event of an object that was found by looking: `Observed`, with what tells this version of it from others.
[[nodiscard]] TransferEvent observed(const AreaObject& object, std::string_view source);

/// The record of a package that was just noticed.
[[nodiscard]] Transfer arrived(const AreaInUse& area, const std::string& key, TransferEvent event,
                               const std::vector<Prefix>& prefixes, Instant now, Entropy& entropy);

/// With the event that tells of it.
[[nodiscard]] NewTransfer newly(Transfer transfer, Entropy& entropy);

}  // namespace strongroom::transfers
