// confirm: a sealed deposit is read back in full from the medium and compared with the inventory, before anything of it
// becomes final (CORRECTNESS 1.5).
#pragma once

#include "domain/waypoints.hpp"
#include "ingest/check_copy.hpp"
#include "ports/clock.hpp"

namespace strongroom::ingest {

/// Reason::corrupt (rejected, with the event's detail) when the copy is not the bag; a staged deposit has then been
/// abandoned, so that it can be written again once.
Result<Confirmed> confirm(const CheckCopyNeeds& needs, Depository& depository, Clock& clock,
                          const DepositTicket& ticket, const InventoryRef& inventory);

}  // namespace strongroom::ingest
