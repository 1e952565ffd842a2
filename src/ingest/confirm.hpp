// confirm: a sealed deposit is read back from the medium, or as its location is to be verified, and compared with the
// inventory, before anything of it becomes final (CORRECTNESS 1.5).
#pragma once

#include "domain/waypoints.hpp"
#include "ingest/check_copy.hpp"
#include "ingest/rooms.hpp"
#include "ports/clock.hpp"

namespace strongroom::ingest {

/// Reason::corrupt (rejected, with the event's detail) when the copy is not the bag; a staged deposit has then been
/// abandoned, so that it can be written again once. A file that is fetched and not there as it must be is rejected too,
/// with another reason: writing the copy again would not mend it.
Result<Confirmed> confirm(const CheckCopyNeeds& needs, const Place& place, Clock& clock, const DepositTicket& ticket,
                          const Verified& verified);

}  // namespace strongroom::ingest
