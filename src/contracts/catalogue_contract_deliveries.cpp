// Deliveries: claimed one by one, counted before the work, never two of one run.
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

using std::chrono::seconds;

/// An ingest that ended with a delivery queued.
Result<IngestId> ended_with_delivery(CatalogueBench& bench, const std::string& bag) {
  TRY_VOID(bench.accept(bag, true));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(SaveIngest save, bench.change(claim.ingest, "Register succeeded (completed)", Status::succeeded));
  Settle settle = bench.settle(claim.lease, save.ingest);
  settle.writes = {save, QueueDelivery{bench.uuid(), "https://example.org/" + bag}};
  settle.afterwards = Afterwards::release;
  TRY_VOID(bench.catalogue->settle(settle));
  return claim.ingest;
}

Result<DeliveryClaim> claimed(CatalogueBench& bench, const OwnerId& owner) {
  TRY(auto claim, bench.catalogue->claim_delivery(owner));
  if (!claim) return broken("there is no delivery to claim for " + owner.id);
  return std::move(*claim);
}

Result<bool> no_delivery(CatalogueBench& bench, const OwnerId& owner) {
  TRY(const auto claim, bench.catalogue->claim_delivery(owner));
  return !claim.has_value();
}

DeliverySettle failed_attempt(CatalogueBench& bench, const DeliveryClaim& claim, Duration pause) {
  DeliveryAttempt attempt{claim.delivery.attempt, bench.clock.now(), false, 503, "Service Unavailable"};
  return {claim, bench.clock.now(), std::move(attempt), bench.clock.since_boot() + pause, std::nullopt};
}

Result<void> delivered_in_the_end(CatalogueBench& bench) {
  TRY(const bool nothing, no_delivery(bench, bench.ann));
  HOLDS(nothing);
  TRY(const IngestId ingest, ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim first, claimed(bench, bench.ann));
  HOLDS(first.delivery.ingest == ingest && first.delivery.run == 1 && first.delivery.url == "https://example.org/a");
  HOLDS(first.delivery.attempt == 1 && first.delivery.losses == 0 && first.delivery.body.empty());
  HOLDS(first.owner == bench.ann);
  TRY(const bool in_hand, no_delivery(bench, bench.bob));
  TRY(const bool in_own_hand, no_delivery(bench, bench.ann));
  HOLDS(in_hand && in_own_hand);

  TRY_VOID(bench.catalogue->fix_delivery_body(first, "{}"));
  TRY_VOID(bench.catalogue->settle_delivery(failed_attempt(bench, first, seconds(15))));
  TRY(const bool waiting, no_delivery(bench, bench.bob));
  HOLDS(waiting);
  bench.clock.pass(seconds(15));
  TRY(const DeliveryClaim second, claimed(bench, bench.bob));
  HOLDS(second.delivery.id == first.delivery.id && second.delivery.attempt == 2 && second.delivery.losses == 0);
  HOLDS(second.delivery.body == "{}" && second.fence > first.fence);

  TRY(SaveIngest saved, bench.change(ingest, "Callback fulfilled"));
  saved.ingest.callback->status = CallbackStatus::succeeded;
  DeliverySettle last{second, bench.clock.now(), DeliveryAttempt{2, bench.clock.now(), true, std::nullopt, ""},
                      std::nullopt, saved};
  TRY_VOID(bench.catalogue->settle_delivery(last));
  bench.clock.pass(seconds(36'000));
  TRY(const bool over, no_delivery(bench, bench.bob));
  HOLDS(over);
  REFUSES(Reason::stale_lease, bench.catalogue->settle_delivery(last));
  TRY(const Ingest stored, bench.stored(ingest));
  HOLDS(stored.callback->status == CallbackStatus::succeeded && stored.status == Status::succeeded);
  TRY(const auto attempts, bench.catalogue->delivery_attempts(ingest));
  HOLDS(attempts.size() == 2 && attempts[0].attempt == 1 && !attempts[0].succeeded);
  HOLDS(attempts[0].http_status == 503 && attempts[0].detail == "Service Unavailable");
  HOLDS(attempts[1].succeeded && !attempts[1].http_status && attempts[1].created == last.now);
  TRY(const auto outgoing, bench.outgoing());
  HOLDS(outgoing.back().id == saved.outgoing_id && outgoing.back().revision == stored.revision);
  return {};
}

Result<void> body_is_fixed_once(CatalogueBench& bench) {
  TRY_VOID(ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim claim, claimed(bench, bench.ann));
  TRY_VOID(bench.catalogue->fix_delivery_body(claim, "{\"a\":1}"));
  TRY_VOID(bench.catalogue->fix_delivery_body(claim, "{\"a\":1}"));
  REFUSES(Reason::conflict, bench.catalogue->fix_delivery_body(claim, "{\"a\":2}"));
  return {};
}

Result<void> queued_first_comes_first(CatalogueBench& bench) {
  TRY_VOID(ended_with_delivery(bench, "z"));
  TRY_VOID(ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim first, claimed(bench, bench.ann));
  TRY(const DeliveryClaim second, claimed(bench, bench.bob));
  HOLDS(first.delivery.url == "https://example.org/z" && second.delivery.url == "https://example.org/a");
  // One that waits does not hold up another.
  TRY_VOID(bench.catalogue->settle_delivery(failed_attempt(bench, first, seconds(15))));
  TRY_VOID(bench.catalogue->settle_delivery(failed_attempt(bench, second, seconds(5))));
  bench.clock.pass(seconds(5));
  TRY(const DeliveryClaim due, claimed(bench, bench.ann));
  HOLDS(due.delivery.id == second.delivery.id);
  return {};
}

Result<void> lost_attempts_are_counted(CatalogueBench& bench) {
  TRY_VOID(ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim first, claimed(bench, bench.ann));
  bench.clock.pass(bench.times.expiry - Duration(1));
  TRY(const bool held, no_delivery(bench, bench.bob));
  HOLDS(held);
  TRY_VOID(bench.catalogue->renew(bench.ann));
  bench.clock.pass(bench.times.expiry - Duration(1));
  TRY(const bool renewed, no_delivery(bench, bench.bob));
  HOLDS(renewed);
  bench.clock.pass(Duration(1));
  TRY(const DeliveryClaim second, claimed(bench, bench.bob));
  HOLDS(second.delivery.attempt == 2 && second.delivery.losses == 1 && second.fence > first.fence);
  REFUSES(Reason::stale_lease, bench.catalogue->fix_delivery_body(first, "{}"));
  REFUSES(Reason::stale_lease, bench.catalogue->settle_delivery(failed_attempt(bench, first, seconds(1))));

  bench.owners.kill(bench.bob);
  TRY(const DeliveryClaim third, claimed(bench, bench.ann));
  HOLDS(third.delivery.attempt == 3 && third.delivery.losses == 2);
  bench.clock.reboot();
  TRY(const DeliveryClaim fourth, claimed(bench, bench.later));
  HOLDS(fourth.delivery.attempt == 4 && fourth.delivery.losses == 3);
  TRY(const auto attempts, bench.catalogue->delivery_attempts(fourth.delivery.ingest));
  HOLDS(attempts.empty());
  return {};
}

Result<void> due_time_of_another_boot_is_now(CatalogueBench& bench) {
  TRY_VOID(ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim first, claimed(bench, bench.ann));
  TRY_VOID(bench.catalogue->settle_delivery(failed_attempt(bench, first, seconds(400))));
  bench.clock.reboot();
  TRY(const DeliveryClaim second, claimed(bench, bench.later));
  HOLDS(second.delivery.attempt == 2 && second.delivery.losses == 0);
  return {};
}

Result<void> handed_back_is_no_attempt(CatalogueBench& bench) {
  TRY_VOID(ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim first, claimed(bench, bench.ann));
  TRY_VOID(bench.catalogue->hand_back(bench.ann));
  REFUSES(Reason::stale_lease, bench.catalogue->fix_delivery_body(first, "{}"));
  TRY(const DeliveryClaim second, claimed(bench, bench.bob));
  HOLDS(second.delivery.attempt == 1 && second.delivery.losses == 0 && second.fence > first.fence);
  // Nor is one that is settled without an attempt.
  TRY_VOID(bench.catalogue->settle_delivery(
      {second, bench.clock.now(), std::nullopt, bench.clock.since_boot(), std::nullopt}));
  TRY(const DeliveryClaim third, claimed(bench, bench.bob));
  HOLDS(third.delivery.attempt == 1 && third.delivery.losses == 0);
  return {};
}

Result<void> changed_ingest_is_a_conflict(CatalogueBench& bench) {
  TRY(const IngestId ingest, ended_with_delivery(bench, "a"));
  TRY(const DeliveryClaim claim, claimed(bench, bench.ann));
  TRY(SaveIngest saved, bench.change(ingest, "Callback fulfilled"));
  --saved.ingest.revision;
  const DeliverySettle late{claim, bench.clock.now(), DeliveryAttempt{1, bench.clock.now(), true, 200, ""},
                            std::nullopt, saved};
  REFUSES(Reason::conflict, bench.catalogue->settle_delivery(late));
  TRY(const auto attempts, bench.catalogue->delivery_attempts(ingest));
  TRY(const auto events, bench.catalogue->events_of(ingest));
  HOLDS(attempts.empty() && events.size() == 1);
  TRY_VOID(bench.catalogue->fix_delivery_body(claim, "{}"));  // still in hand
  return {};
}

Result<void> one_delivery_a_run(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a", true));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(const Ingest ingest, bench.stored(claim.ingest));
  Settle settle = bench.settle(claim.lease, ingest);
  settle.writes = {QueueDelivery{bench.uuid(), "https://example.org/"}};
  TRY_VOID(bench.catalogue->settle(settle));
  settle.writes = {QueueDelivery{bench.uuid(), "https://example.org/"}};
  REFUSES(Reason::already_exists, bench.catalogue->settle(settle));
  settle.run = 2;
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const DeliveryClaim first, claimed(bench, bench.ann));
  TRY(const DeliveryClaim second, claimed(bench, bench.ann));
  HOLDS(first.delivery.run == 1 && second.delivery.run == 2);
  TRY(const bool nothing, no_delivery(bench, bench.ann));
  HOLDS(nothing);
  return {};
}

}  // namespace

void add_delivery_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(), {
                                  {"DeliveredInTheEnd", delivered_in_the_end},
                                  {"BodyIsFixedOnce", body_is_fixed_once},
                                  {"QueuedFirstComesFirst", queued_first_comes_first},
                                  {"LostAttemptsAreCounted", lost_attempts_are_counted},
                                  {"DueTimeOfAnotherBootIsNow", due_time_of_another_boot_is_now},
                                  {"HandedBackIsNoAttempt", handed_back_is_no_attempt},
                                  {"ChangedIngestIsAConflict", changed_ingest_is_a_conflict},
                                  {"OneDeliveryARun", one_delivery_a_run},
                              });
}

}  // namespace strongroom::contracts
