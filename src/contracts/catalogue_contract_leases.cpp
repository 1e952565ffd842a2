// Leases: parked, run out, lost with their owner, given back.
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

using std::chrono::seconds;

Result<void> parked_waits_for_its_owner(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY_VOID(bench.park(claim, seconds(30)));
  TRY(const bool early, bench.finds_nothing(bench.ann));
  HOLDS(early);
  bench.clock.pass(seconds(29));
  TRY(const bool almost, bench.finds_nothing(bench.ann));
  HOLDS(almost);
  bench.clock.pass(seconds(1));
  TRY(const bool not_for_others, bench.finds_nothing(bench.bob));
  HOLDS(not_for_others);
  TRY(const Claim again, bench.claim(bench.ann));
  HOLDS(again.lease == claim.lease && again.ingest == claim.ingest);
  HOLDS(again.adopt == claim.lease.fence && !again.owner_lost);
  TRY(const bool taken, bench.finds_nothing(bench.ann));
  HOLDS(taken);
  TRY_VOID(bench.end(again, Status::succeeded));
  return {};
}

Result<void> parked_bags_are_renewed_too(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY_VOID(bench.park(claim, seconds(300)));
  for (int beat = 0; beat < 12; ++beat) {
    bench.clock.pass(bench.times.heartbeat);
    TRY_VOID(bench.catalogue->renew(bench.ann));
  }
  TRY(const bool held, bench.finds_nothing(bench.bob));
  HOLDS(held);
  bench.clock.pass(bench.times.expiry);
  TRY(const Claim taken, bench.claim(bench.bob));
  HOLDS(taken.owner_lost && !taken.adopt && taken.lease.fence > claim.lease.fence);
  return {};
}

Result<void> expired_goes_to_another(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  bench.clock.pass(bench.times.expiry - Duration(1));
  TRY(const bool held, bench.finds_nothing(bench.bob));
  HOLDS(held);
  bench.clock.pass(Duration(1));
  // The owner is not proven dead: what it left may still be written to.
  TRY(const Claim taken, bench.claim(bench.bob));
  HOLDS(taken.lease.fence == Fence{claim.lease.fence.number + 1});
  HOLDS(taken.ingest == claim.ingest && taken.owner_lost && !taken.adopt);
  REFUSES(Reason::stale_lease, bench.catalogue->look(claim.lease, claim.ingest));
  // A renewal by the old owner changes nothing.
  TRY_VOID(bench.catalogue->renew(bench.ann));
  REFUSES(Reason::stale_lease, bench.release(claim));
  TRY_VOID(bench.release(taken));
  return {};
}

Result<void> renewed_stays(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY_VOID(bench.accept("b"));
  TRY(const Claim first, bench.claim(bench.ann));
  TRY(const Claim second, bench.claim(bench.ann));
  for (int beat = 0; beat < 20; ++beat) {
    bench.clock.pass(bench.times.heartbeat);
    TRY_VOID(bench.catalogue->renew(bench.ann));
  }
  TRY(const bool held, bench.finds_nothing(bench.bob));
  HOLDS(held);
  TRY_VOID(bench.release(first));
  TRY_VOID(bench.release(second));
  return {};
}

Result<void> late_owner_goes_on_when_nobody_took_it(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  bench.clock.pass(bench.times.expiry * 2);
  // Not a second time for the same owner: its walker may still be at it.
  TRY(const bool nothing, bench.finds_nothing(bench.ann));
  HOLDS(nothing);
  TRY_VOID(bench.end(claim, Status::succeeded));
  return {};
}

Result<void> dead_owner_is_replaced_at_once(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY_VOID(bench.accept("b"));
  TRY(const Claim held, bench.claim(bench.ann));
  TRY(const Claim parked, bench.claim(bench.ann));
  TRY_VOID(bench.park(parked, seconds(300)));
  TRY(const bool alive, bench.finds_nothing(bench.bob));
  HOLDS(alive);
  bench.owners.kill(bench.ann);
  for (const Claim& old : {held, parked}) {
    TRY(const Claim taken, bench.claim(bench.bob));
    HOLDS(taken.lease.bag == old.lease.bag && taken.lease.fence == Fence{old.lease.fence.number + 1});
    HOLDS(taken.adopt == old.lease.fence && taken.owner_lost);
    REFUSES(Reason::stale_lease, bench.release(old));
  }
  return {};
}

Result<void> other_boot_is_dead_but_leaves_nothing(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim held, bench.claim(bench.ann));
  TRY_VOID(bench.accept("b"));
  TRY(const Claim parked, bench.claim(bench.ann));
  TRY_VOID(bench.park(parked, seconds(300)));
  TRY_VOID(bench.accept("c"));
  TRY(const Claim given_back, bench.claim(bench.bob));
  TRY_VOID(bench.release(given_back));
  bench.clock.reboot();
  for (const Claim& old : {held, parked, given_back}) {
    TRY(const Claim taken, bench.claim(bench.later));
    HOLDS(taken.lease.bag == old.lease.bag && taken.lease.fence == Fence{old.lease.fence.number + 1});
    HOLDS(!taken.adopt && taken.owner_lost == (old.lease.owner == bench.ann));
  }
  return {};
}

Result<void> handed_back_is_free_and_not_lost(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY_VOID(bench.accept("b"));
  TRY_VOID(bench.accept("c"));
  TRY(const Claim first, bench.claim(bench.ann));
  TRY(const Claim second, bench.claim(bench.ann));
  TRY_VOID(bench.park(second, seconds(300)));
  TRY(const Claim of_bob, bench.claim(bench.bob));
  TRY_VOID(bench.catalogue->hand_back(bench.ann));
  REFUSES(Reason::stale_lease, bench.release(first));
  REFUSES(Reason::stale_lease, bench.catalogue->look(first.lease, first.ingest));
  for (const Claim& old : {first, second}) {
    TRY(const Claim taken, bench.claim(bench.bob));
    HOLDS(taken.lease.bag == old.lease.bag && taken.lease.fence == Fence{old.lease.fence.number + 1});
    HOLDS(taken.adopt == old.lease.fence && !taken.owner_lost);
  }
  TRY_VOID(bench.release(of_bob));
  return {};
}

Result<void> adoption_reaches_over_walks_that_died_at_once(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim first, bench.claim(bench.ann));
  bench.owners.kill(bench.ann);
  TRY(const Claim second, bench.claim(bench.bob));
  bench.owners.kill(bench.bob);
  const OwnerId eve{bench.bob.boot, "eve"};
  TRY(const Claim third, bench.claim(eve));
  HOLDS(second.adopt == first.lease.fence && third.adopt == first.lease.fence);
  return {};
}

Result<void> a_hand_is_given_again_what_it_holds(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY_VOID(bench.accept("b"));
  TRY(const auto first, bench.catalogue->claim(bench.ann, 1));
  TRY(const auto again, bench.catalogue->claim(bench.ann, 1));
  TRY(const auto other, bench.catalogue->claim(bench.ann, 2));
  HOLDS(first && again && other);
  HOLDS(again->lease == first->lease && again->ingest == first->ingest && !again->owner_lost);
  HOLDS(other->ingest != first->ingest);
  TRY_VOID(bench.release(*first));
  return {};
}

Result<void> released_is_free_for_anybody(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim first, bench.claim(bench.ann));
  TRY_VOID(bench.release(first));
  REFUSES(Reason::stale_lease, bench.release(first));
  bench.owners.kill(bench.ann);  // it had given the bag back before
  TRY(const Claim taken, bench.claim(bench.bob));
  HOLDS(!taken.adopt && !taken.owner_lost && taken.ingest == first.ingest);
  TRY_VOID(bench.release(taken));
  TRY(const Claim again, bench.claim(bench.bob));
  HOLDS(again.lease.fence == Fence{taken.lease.fence.number + 1} && !again.adopt);
  return {};
}

Result<void> fences_rise_for_ever(CatalogueBench& bench) {
  Fence last;
  for (int i = 0; i < 5; ++i) {
    TRY_VOID(bench.accept("a"));
    TRY(const Claim claim, bench.claim(i % 2 == 0 ? bench.ann : bench.bob));
    HOLDS(claim.lease.fence > last);
    last = claim.lease.fence;
    TRY_VOID(bench.end(claim, Status::succeeded));
  }
  return {};
}

}  // namespace

void add_lease_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(),
                {
                    {"ParkedWaitsForItsOwner", parked_waits_for_its_owner},
                    {"ParkedBagsAreRenewedToo", parked_bags_are_renewed_too},
                    {"ExpiredGoesToAnother", expired_goes_to_another},
                    {"RenewedStays", renewed_stays},
                    {"LateOwnerGoesOnWhenNobodyTookIt", late_owner_goes_on_when_nobody_took_it},
                    {"DeadOwnerIsReplacedAtOnce", dead_owner_is_replaced_at_once},
                    {"OtherBootIsDeadButLeavesNothing", other_boot_is_dead_but_leaves_nothing},
                    {"HandedBackIsFreeAndNotLost", handed_back_is_free_and_not_lost},
                    {"AdoptionReachesOverWalksThatDiedAtOnce", adoption_reaches_over_walks_that_died_at_once},
                    {"AHandIsGivenAgainWhatItHolds", a_hand_is_given_again_what_it_holds},
                    {"ReleasedIsFreeForAnybody", released_is_free_for_anybody},
                    {"FencesRiseForEver", fences_rise_for_ever},
                });
}

}  // namespace strongroom::contracts
