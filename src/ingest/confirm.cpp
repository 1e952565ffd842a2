#include "ingest/confirm.hpp"

namespace strongroom::ingest {
namespace {

Error refuse(std::string detail) { return rejected(std::move(detail), {}, Reason::corrupt); }

}  // namespace

Result<Confirmed> confirm(const CheckCopyNeeds& needs, Depository& depository, Clock& clock,
                          const DepositTicket& ticket, const InventoryRef& inventory) {
  TRY(auto deposit, depository.open(ticket));
  TRY(const ListingDifference difference, check_copy(needs, *deposit, inventory));
  if (difference.none()) return Confirmed{clock.now()};
  if (!deposit->already_stored()) TRY_VOID(deposit->abandon());
  return refuse(difference_text(difference));
}

}  // namespace strongroom::ingest
