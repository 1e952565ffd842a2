#include "ingest/confirm.hpp"

#include "ingest/check_fetched.hpp"

namespace strongroom::ingest {

Result<Confirmed> confirm(const CheckCopyNeeds& needs, const Place& place, Clock& clock, const DepositTicket& ticket,
                          const Verified& verified) {
  TRY(auto deposit, place.depository.open(ticket));
  TRY(const ListingDifference difference, check_copy(needs, *deposit, verified.inventory));
  if (!difference.none()) {
    if (!deposit->already_stored()) TRY_VOID(deposit->abandon());
    return rejected(difference_text(difference), {}, Reason::corrupt);
  }
  TRY(const NamedFaults faults, check_fetched(needs, place, ticket.bag, verified.fetched));
  if (faults.count > 0) return refusal(difference_text({faults, {}}));
  return Confirmed{clock.now(), needs.check()};
}

}  // namespace strongroom::ingest
