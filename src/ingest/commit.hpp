// commit: a confirmed deposit appears at its final keys, and the location's listing is compared both ways once more
// (CORRECTNESS 1.5). Entered only when every location of the run is confirmed.
#pragma once

#include "domain/waypoints.hpp"
#include "ingest/check_copy.hpp"
#include "ingest/rooms.hpp"
#include "ports/clock.hpp"

namespace strongroom::ingest {

/// Repeating it is success. What lies at the final keys of a staged location without this call having put it there is
/// read back in full: a listing alone would not tell other bytes of the same length.
Result<Confirmed> commit(const CheckCopyNeeds& needs, const Place& place, Clock& clock, const DepositTicket& ticket,
                         const InventoryRef& inventory);

}  // namespace strongroom::ingest
