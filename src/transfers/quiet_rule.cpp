#include "transfers/quiet_rule.hpp"

namespace strongroom::transfers {
namespace {

/// Archivematica copies no longer than that, whatever it says.
constexpr Duration kCopyingMax = std::chrono::hours(24 * 7);
constexpr std::size_t kPage = 500;

}  // namespace

bool may_be_copied(const Transfer& transfer, Instant now) {
  if (transfer.dismissed) return false;
  if (transfer.state == TransferState::submitting) return transfer.submission && transfer.submission->first_sent;
  return transfer.state == TransferState::accepted && now - transfer.accepted.value_or(now) < kCopyingMax;
}

Result<bool> may_remove(Transfers& transfers, const Transfer& in_hand, const std::string& key, Instant now) {
  const auto is_above = [&](const Transfer& transfer) {
    return may_be_copied(transfer, now) && key.starts_with(transfer.submitted_key());
  };
  if (is_above(in_hand)) return false;
  std::optional<TransferPlace> place;
  do {
    const TransferFilter filter{.states = {TransferState::submitting, TransferState::accepted}, .area = in_hand.area};
    TRY(const TransferPage page, transfers.find_transfers(filter, place, kPage));
    for (const Transfer& other : page.transfers) {
      if (other.id != in_hand.id && is_above(other)) return false;
    }
    place = page.next;
  } while (place);
  return true;
}

}  // namespace strongroom::transfers
