#include "ingest/commit.hpp"

namespace strongroom::ingest {

Result<Confirmed> commit(const CheckCopyNeeds& needs, const Place& place, Clock& clock, const DepositTicket& ticket,
                         const InventoryRef& inventory) {
  TRY(auto deposit, place.depository.open(ticket));
  // Where nothing is staged, confirm has read the final keys themselves, and nobody can write over them.
  const bool found_there = deposit->already_stored() && place.facts.staged;
  TRY_VOID(deposit->commit());
  TRY(const ListingDifference difference, found_there
                                              ? check_copy(needs, *deposit, inventory)
                                              : compare_listing(*deposit, needs.area, inventory, needs.problems));
  if (!difference.none()) return refusal(difference_text(difference));
  return Confirmed{clock.now()};
}

}  // namespace strongroom::ingest
