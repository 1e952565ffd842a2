// The front door once more: idempotency keys and retries.
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

NewIngest keyed(CatalogueBench& bench, const std::string& key, const std::string& digest,
                const std::string& client = "workflow") {
  NewIngest asked = bench.request("a");
  asked.key = IdempotencyKey{key, digest};
  asked.request.client = *ClientId::parse(client);
  return asked;
}

Result<void> key_gives_the_first_ingest_again(CatalogueBench& bench) {
  const NewIngest first = keyed(bench, "k1", "digest-1");
  TRY(const Ingest accepted, bench.accept(first));
  // It is worked on already: the answer is the one that was given first.
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(SaveIngest change, bench.change(claim.ingest, "Unpacking started"));
  Settle settle = bench.settle(claim.lease, accepted);
  settle.writes.emplace_back(std::move(change));
  TRY_VOID(bench.catalogue->settle(settle));

  TRY(const Accepted again, bench.catalogue->accept(keyed(bench, "k1", "digest-1")));
  HOLDS(again.replayed && again.ingest.id == first.id && again.ingest.created == accepted.created);
  HOLDS(again.ingest.status == Status::accepted && !again.ingest.last_modified);
  TRY(const auto outgoing, bench.outgoing());
  HOLDS(outgoing.size() == 2);  // one for the creation, one for the change: nothing for the replay
  return {};
}

Result<void> key_is_bound_to_one_request(CatalogueBench& bench) {
  TRY_VOID(bench.accept(keyed(bench, "k1", "digest-1")));
  REFUSES(Reason::conflict, bench.catalogue->accept(keyed(bench, "k1", "digest-2")));
  TRY(const Ingest other_client, bench.accept(keyed(bench, "k1", "digest-2", "viewer")));
  TRY(const Ingest other_key, bench.accept(keyed(bench, "k2", "digest-1")));
  HOLDS(other_client.id != other_key.id);
  return {};
}

/// An ingest that has failed.
Result<Ingest> failed(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY_VOID(bench.end(claim, Status::failed));
  return bench.stored(claim.ingest);
}

Result<Reopening> reopening(CatalogueBench& bench, const Ingest& ingest) {
  IngestChange change(ingest);
  TRY_VOID(change.begin_retry(*RequestId::parse("request-2"), bench.clock.now()));
  return Reopening{SaveIngest{change.ingest(), change.events(), bench.uuid()}, bench.clock.now(), {}};
}

Result<void> reopened_ingest_has_work(CatalogueBench& bench) {
  TRY(const Ingest ingest, failed(bench));
  TRY(const bool nothing, bench.finds_nothing(bench.ann));
  HOLDS(nothing);
  TRY(const Reopening retry, reopening(bench, ingest));
  TRY_VOID(bench.catalogue->reopen(retry));
  TRY(const Ingest stored, bench.stored(ingest.id));
  HOLDS(stored.retrying && stored.run == 2 && stored.status == Status::failed);
  HOLDS(stored.request_id == *RequestId::parse("request-2") && stored.revision == ingest.revision + 1);
  TRY(const auto events, bench.catalogue->events_of(ingest.id));
  HOLDS(events.back().description == "Retry requested");
  TRY(const Claim claim, bench.claim(bench.bob));
  HOLDS(claim.ingest == ingest.id);
  return {};
}

Result<void> reopening_needs_the_current_revision(CatalogueBench& bench) {
  TRY(const Ingest ingest, failed(bench));
  TRY(const Reopening retry, reopening(bench, ingest));
  TRY_VOID(bench.catalogue->reopen(retry));
  REFUSES(Reason::conflict, bench.catalogue->reopen(retry));
  TRY(const Ingest stored, bench.stored(ingest.id));
  HOLDS(stored.run == 2);
  return {};
}

Result<void> retry_waits_for_the_run_in_progress(CatalogueBench& bench) {
  TRY(const Ingest ingest, failed(bench));
  TRY(const Ingest next, bench.accept("a"));
  TRY(const Claim running, bench.claim(bench.ann));
  HOLDS(running.ingest == next.id);
  TRY(const Reopening retry, reopening(bench, ingest));
  TRY_VOID(bench.catalogue->reopen(retry));
  TRY(const bool nothing, bench.finds_nothing(bench.bob));
  HOLDS(nothing);
  TRY_VOID(bench.end(running, Status::succeeded));
  TRY(const Claim retried, bench.claim(bench.bob));
  HOLDS(retried.ingest == ingest.id);
  return {};
}

}  // namespace

void add_desk_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(), {
                                  {"KeyGivesTheFirstIngestAgain", key_gives_the_first_ingest_again},
                                  {"KeyIsBoundToOneRequest", key_is_bound_to_one_request},
                                  {"ReopenedIngestHasWork", reopened_ingest_has_work},
                                  {"ReopeningNeedsTheCurrentRevision", reopening_needs_the_current_revision},
                                  {"RetryWaitsForTheRunInProgress", retry_waits_for_the_run_in_progress},
                              });
}

}  // namespace strongroom::contracts
