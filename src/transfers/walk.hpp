// Walk: a package carried on as far as it goes without waiting (transfers.md 2).
//
// Every step may be interrupted and repeated: checks have no effects, the POST has its idempotency key, logs and tags
// are written again with the same bytes. One thread.
#pragma once

#include <stop_token>

#include "transfers/feedback.hpp"
#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

class Walk {
 public:
  /// `claim` is of a package of `area`; everything outlives the walk.
  Walk(const WalkNeeds& needs, const WalkSettings& settings, const AreaInUse& area, TransferClaim claim,
       std::stop_token stop);

  /// Returns when the package waits or has come to its end, and is let go. An Error is the catalogue's: the hold runs
  /// out by itself.
  Result<void> run();

 private:
  Result<Next> step();
  Result<Next> receive();
  Result<Next> submit();
  Result<Next> settle_acceptance();
  Result<Next> follow();
  /// It waits for its next attempt.
  [[nodiscard]] bool is_waiting();

  InHand hand_;
  Feedback feedback_;
  const std::stop_token stop_;
};

}  // namespace strongroom::transfers
