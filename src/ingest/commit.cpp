#include "ingest/commit.hpp"

#include "ingest/rooms.hpp"

namespace strongroom::ingest {

Result<Confirmed> commit(const CheckCopyNeeds& needs, Depository& depository, Clock& clock, const DepositTicket& ticket,
                         const InventoryRef& inventory) {
  TRY(auto deposit, depository.open(ticket));
  const bool found_there = deposit->already_stored();
  TRY_VOID(deposit->commit());
  TRY(const ListingDifference difference, found_there
                                              ? check_copy(needs, *deposit, inventory)
                                              : compare_listing(*deposit, needs.area, inventory, needs.problems));
  if (!difference.none()) return refusal(difference_text(difference));
  return Confirmed{clock.now()};
}

}  // namespace strongroom::ingest
