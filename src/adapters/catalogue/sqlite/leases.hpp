// Workers, leases and turns as rows: who holds which bag or delivery, and whether the holder is still there. All inside
// a caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/catalogue/sqlite/database.hpp"
#include "ports/catalogue.hpp"

namespace strongroom::sqlite {

// Values of bag.lease and delivery.state.
inline constexpr int kFree = 0;
inline constexpr int kHeld = 1;
inline constexpr int kParked = 2;
inline constexpr int kWaiting = 0;
inline constexpr int kInHand = 1;
inline constexpr int kEnded = 2;

/// A worker that holds something.
struct Holder {
  std::int64_t row = 0;
  OwnerId owner;
  Duration expires{};
};
/// All but `claimer`.
Result<std::vector<Holder>> other_holders(Connection& db, const OwnerId& claimer);

/// A holder whose leases may be taken over.
struct Lost {
  std::int64_t row = 0;
  bool may_adopt = false;  ///< proven dead on the claimer's boot: it writes nothing any more
};
/// Holders of another boot, those in `proven_dead`, and those that were not renewed in time.
Result<std::vector<Lost>> lost_holders(Connection& db, const OwnerId& claimer, Duration now,
                                       const std::vector<std::int64_t>& proven_dead);

/// The row of a worker that is alive until `expires`.
Result<std::int64_t> enter_worker(Connection& db, const OwnerId& owner, Duration expires);

/// The claim of `what`, a delivery or a subscription, is not the current one.
[[nodiscard]] Error stale_claim(Fence fence, std::string what);

/// The row of the lease's bag; Reason::stale_lease when the fence is not the current one, when another owner has it,
/// and when it was given back.
Result<std::int64_t> check_lease(Connection& db, const Lease& lease);
/// The row of the delivery, in the same way.
Result<std::int64_t> check_delivery(Connection& db, const DeliveryClaim& claim);

/// Chooses the bag's next ingest anew, unless the one whose turn it is has work and was begun, or is `in_hand` now.
Result<void> refresh_turn(Connection& db, std::int64_t bag, std::optional<std::int64_t> in_hand);

/// A bag that has had an ingest.
struct BagRow {
  std::int64_t row = 0;
  std::optional<Instant> latest_created;
};
Result<std::optional<BagRow>> find_bag(Connection& db, const BagId& bag);

}  // namespace strongroom::sqlite
