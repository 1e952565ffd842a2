#include "transfers/walk.hpp"

#include "transfers/checking.hpp"
#include "transfers/following.hpp"
#include "transfers/package_problems.hpp"
#include "transfers/resolution.hpp"
#include "transfers/submitting.hpp"

namespace strongroom::transfers {
namespace {

/// Between attempts at what follows an acceptance: tags, logs, notices to be removed.
constexpr Duration kTidyPause = std::chrono::minutes(1);
/// When operators are told that these are overdue.
constexpr Duration kTidyWithin = std::chrono::minutes(15);

}  // namespace

Walk::Walk(const WalkNeeds& needs, const WalkSettings& settings, const AreaInUse& area, TransferClaim claim,
           std::stop_token stop)
    : hand_(needs, settings, area, std::move(claim)), feedback_(hand_), stop_(std::move(stop)) {}

bool Walk::is_waiting() {
  const Transfer& transfer = hand_.record();
  if (!transfer.delay || transfer.delay->next_attempt <= hand_.now()) return false;
  hand_.wait_until(transfer.delay->next_attempt);
  return true;
}

Result<void> Walk::run() {
  for (;;) {
    hand_.rest();
    if (stop_.stop_requested()) {
      hand_.wait_until(hand_.now());
      return hand_.let_go();
    }
    TRY(const Next next, step());
    if (next == Next::wait) break;
  }
  TRY(const bool logs_settled, feedback_.settle());
  TRY(const bool earlier_settled, resolve_earlier(hand_));
  const bool settled = logs_settled && earlier_settled;
  if (feedback_.owes_success() && hand_.now() - *hand_.record().accepted >= kTidyWithin) {
    hand_.alert_once(package_problem::kSuccessLog, "it was accepted, but its log cannot be written");
  }
  const Instant again = hand_.now() + kTidyPause;
  if (!settled && (!hand_.wake() || *hand_.wake() > again)) hand_.wait_until(again);
  const auto notice = feedback_.notice_due();
  if (notice && hand_.wake() && *hand_.wake() > *notice) hand_.wait_until(*notice);
  hand_.end_alerts();
  return hand_.let_go();
}

Result<Next> Walk::step() {
  switch (hand_.record().state) {
    case TransferState::received:
      return receive();
    case TransferState::checking:
      if (is_waiting()) return Next::wait;
      return check(hand_);
    case TransferState::submitting:
      if (is_waiting()) return Next::wait;
      return submit();
    case TransferState::accepted:
      return hand_.record().tagged ? follow() : settle_acceptance();
    case TransferState::processing:
    case TransferState::failed:
      return follow();
    case TransferState::rejected:
    case TransferState::stored:
      return Next::wait;
  }
  return Next::wait;
}

Result<Next> Walk::receive() {
  if (hand_.record().held) return Next::wait;
  if (is_waiting()) return Next::wait;
  TRY_VOID(feedback_.notice_received());
  return bind(hand_);
}

Result<Next> Walk::submit() {
  Submitting submitting(hand_);
  TRY(const Next prepared, submitting.prepare());
  if (prepared != Next::go_on) return prepared;
  // Archivematica lists everything below the package's key before it copies: what is removed later would be missed.
  if (!hand_.record().submission->first_sent) TRY_VOID(feedback_.remove_notices());
  return submitting.send();
}

/// Until it is done; no second POST whatever happens here.
Result<Next> Walk::settle_acceptance() {
  Transfer& transfer = hand_.record();
  TRY(const bool tagged, feedback_.tag());
  if (!tagged) {
    if (hand_.now() - *transfer.accepted >= kTidyWithin) {
      hand_.alert_once(package_problem::kTags, "it was accepted, but its tags cannot be written");
    }
    return hand_.wait_until(hand_.now() + kTidyPause);
  }
  TRY_VOID(feedback_.settle());
  return Next::again;
}

Result<Next> Walk::follow() {
  if (!hand_.record().archivematica) return Next::wait;
  return Following(hand_).look();
}

}  // namespace strongroom::transfers
