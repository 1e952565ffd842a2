#include "transfers/resolution.hpp"

namespace strongroom::transfers {
namespace {

Result<bool> resolve(InHand& later, const Transfer& earlier, std::string_view why) {
  TRY(auto claim, later.needs.transfers.claim_transfer(earlier.id, later.now(), InHand::kHold));
  if (!claim) return false;
  const std::optional<Instant> due = claim->transfer.due;
  InHand hand(later.needs, later.settings, later.area, std::move(*claim));
  // Ordered again meanwhile, it is answered by itself.
  if (hand.record().state == earlier.state) {
    hand.record().resolved = true;
    hand.end_alerts();
    TRY_VOID(hand.keep(why));
  }
  if (due) hand.wait_until(*due);
  TRY_VOID(hand.let_go());
  return true;
}

}  // namespace

Result<bool> resolve_earlier(InHand& hand) {
  const Transfer& later = hand.record();
  const bool stored = later.state == TransferState::stored;
  if (!later.accepted && !stored) return true;
  TRY(const auto packages, hand.needs.transfers.transfers_of_key(hand.area.name, later.key));
  bool all = true;
  for (const Transfer& earlier : packages) {
    if (earlier.id == later.id) break;
    if (earlier.key != later.key || !earlier.is_unresolved()) continue;
    const bool rejected = earlier.state == TransferState::rejected;
    if (!rejected && !(stored && earlier.state == TransferState::failed)) continue;
    TRY(const bool done, resolve(hand, earlier,
                                 rejected ? "Resolved: a later package of its name has been accepted"
                                          : "Resolved: a later package of its name is stored"));
    all = all && done;
  }
  return all;
}

}  // namespace strongroom::transfers
