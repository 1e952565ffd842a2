// The front door and the order of the queue.
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

using std::chrono::seconds;

Result<void> accepted_is_visible(CatalogueBench& bench) {
  const NewIngest asked = bench.request("a", true);
  TRY(const Ingest accepted, bench.accept(asked));
  HOLDS(accepted.id == asked.id && accepted.status == Status::accepted && !accepted.retrying && accepted.run == 1);
  HOLDS(accepted.created == asked.now && !accepted.last_modified && !accepted.version);
  HOLDS(accepted.callback && accepted.callback->status == CallbackStatus::processing);

  TRY(const Ingest stored, bench.stored(asked.id));
  HOLDS(stored.revision == accepted.revision && stored.created == accepted.created);
  HOLDS(stored.request.bag == asked.request.bag && stored.request.source == asked.request.source);
  HOLDS(stored.request.type == IngestType::update && stored.request.expected_version == Version(7));
  HOLDS(stored.request.callback_url == asked.request.callback_url && stored.callback == accepted.callback);
  HOLDS(stored.request.client == asked.request.client && stored.request_id == asked.request_id);
  TRY(const auto events, bench.catalogue->events_of(asked.id));
  HOLDS(events.empty());

  TRY(const auto outgoing, bench.outgoing());
  HOLDS(outgoing.size() == 1);
  HOLDS(outgoing[0].kind == "ingest-update" && outgoing[0].ingest == asked.id && outgoing[0].space == "testing");
  HOLDS(outgoing[0].id == asked.outgoing_id && outgoing[0].time == asked.now && outgoing[0].body.empty());
  HOLDS(outgoing[0].revision == accepted.revision && outgoing[0].sequence > 0);

  TRY(const Claim claim, bench.claim(bench.ann));
  HOLDS(claim.ingest == asked.id && claim.lease.bag == asked.request.bag && claim.lease.owner == bench.ann);
  HOLDS(!claim.adopt && !claim.owner_lost && claim.lease.fence.number > 0);
  return {};
}

Result<void> unknown_is_absent(CatalogueBench& bench) {
  const IngestId nobody = *IngestId::parse(bench.uuid());
  TRY(const auto found, bench.catalogue->find_ingest(nobody));
  TRY(const auto events, bench.catalogue->events_of(nobody));
  TRY(const auto steps, bench.catalogue->steps_of(nobody));
  HOLDS(!found && events.empty() && steps.empty());
  TRY(const bool nothing, bench.finds_nothing(bench.ann));
  HOLDS(nothing);
  return {};
}

Result<void> taken_id_is_refused(CatalogueBench& bench) {
  const NewIngest asked = bench.request("a");
  TRY_VOID(bench.catalogue->accept(asked));
  REFUSES(Reason::already_exists, bench.catalogue->accept(asked));
  TRY(const auto outgoing, bench.outgoing());
  HOLDS(outgoing.size() == 1);
  return {};
}

Result<void> created_rises_within_a_bag(CatalogueBench& bench) {
  TRY(const Ingest first, bench.accept(bench.request("a")));
  TRY(const Ingest tie, bench.accept(bench.request("a")));
  HOLDS(tie.created == first.created + Duration(1));
  bench.clock.step_wall(-seconds(3600));
  TRY(const Ingest back, bench.accept(bench.request("a")));
  HOLDS(back.created == tie.created + Duration(1));
  TRY(const Ingest other, bench.accept(bench.request("b")));
  HOLDS(other.created == bench.clock.now());
  bench.clock.step_wall(seconds(7200));
  TRY(const Ingest ahead, bench.accept(bench.request("a")));
  HOLDS(ahead.created == bench.clock.now());
  return {};
}

Result<void> oldest_comes_first(CatalogueBench& bench) {
  std::vector<IngestId> expected;
  for (const std::string name : {"c", "a", "b"}) {
    TRY(const Ingest ingest, bench.accept(name));
    expected.push_back(ingest.id);
    bench.clock.pass(seconds(1));
  }
  TRY_VOID(bench.accept("c"));  // behind the first of its bag
  for (const IngestId& id : expected) {
    TRY(const Claim claim, bench.claim(bench.ann));
    HOLDS(claim.ingest == id);
  }
  TRY(const bool nothing, bench.finds_nothing(bench.ann));
  HOLDS(nothing);
  return {};
}

Result<void> one_of_a_bag_at_a_time(CatalogueBench& bench) {
  TRY(const Ingest first, bench.accept("a"));
  bench.clock.pass(seconds(1));
  TRY(const Ingest second, bench.accept("a"));
  bench.clock.pass(seconds(1));
  TRY(const Ingest other, bench.accept("b"));

  TRY(const Claim held, bench.claim(bench.ann));
  HOLDS(held.ingest == first.id);
  TRY(const Claim beside, bench.claim(bench.bob));
  HOLDS(beside.ingest == other.id);
  TRY(const bool nothing_for_bob, bench.finds_nothing(bench.bob));
  TRY(const bool nothing_for_ann, bench.finds_nothing(bench.ann));
  HOLDS(nothing_for_bob && nothing_for_ann);

  TRY_VOID(bench.end(held, Status::succeeded));
  TRY(const Claim next, bench.claim(bench.bob));
  HOLDS(next.ingest == second.id && next.lease.fence > held.lease.fence);
  return {};
}

Result<void> ended_leaves_the_queue(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY_VOID(bench.end(claim, Status::failed));
  TRY(const bool nothing, bench.finds_nothing(bench.ann));
  HOLDS(nothing);
  // A bag without work is not taken from a lost owner either.
  TRY_VOID(bench.accept("b"));
  TRY(const Claim kept, bench.claim(bench.ann));
  TRY(SaveIngest ended, bench.change(kept.ingest, "Ended", Status::succeeded));
  Settle last = bench.settle(kept.lease, ended.ingest);
  last.writes.emplace_back(std::move(ended));
  TRY_VOID(bench.catalogue->settle(last));
  bench.owners.kill(bench.ann);
  TRY(const bool nothing_left, bench.finds_nothing(bench.bob));
  HOLDS(nothing_left);
  return {};
}

/// Begins a retry of `id` under a lease of its bag.
Result<Ingest> retried(CatalogueBench& bench, const Claim& claim, const IngestId& id) {
  TRY(Ingest ingest, bench.stored(id));
  IngestChange change(std::move(ingest));
  TRY_VOID(change.begin_retry(*RequestId::parse("request-2"), bench.clock.now()));
  Settle settle = bench.settle(claim.lease, change.ingest());
  settle.writes.emplace_back(SaveIngest{change.ingest(), change.events(), bench.uuid()});
  TRY_VOID(bench.catalogue->settle(settle));
  return bench.stored(id);
}

Result<void> retry_takes_its_old_place(CatalogueBench& bench) {
  TRY(const Ingest first, bench.accept("a"));
  TRY(const Ingest second, bench.accept("a"));
  TRY(const Ingest third, bench.accept("a"));
  TRY(const Claim failing, bench.claim(bench.ann));
  TRY_VOID(bench.end(failing, Status::failed));

  TRY(const Claim running, bench.claim(bench.ann));
  HOLDS(running.ingest == second.id);
  TRY(const Ingest again, retried(bench, running, first.id));
  HOLDS(again.retrying && again.status == Status::failed && again.has_work());
  // The retry does not interrupt the run in progress, not over back-off, and not over a change of hands.
  TRY_VOID(bench.park(running, seconds(1)));
  bench.clock.pass(seconds(1));
  TRY(const Claim resumed, bench.claim(bench.ann));
  HOLDS(resumed.ingest == second.id);
  TRY_VOID(bench.catalogue->hand_back(bench.ann));
  TRY(const Claim taken, bench.claim(bench.bob));
  HOLDS(taken.ingest == second.id);
  TRY_VOID(bench.end(taken, Status::succeeded));
  // Now it comes before those accepted after it.
  TRY(const Claim retry, bench.claim(bench.bob));
  HOLDS(retry.ingest == first.id);
  TRY_VOID(bench.end(retry, Status::succeeded));
  TRY(const Claim last, bench.claim(bench.bob));
  HOLDS(last.ingest == third.id);
  return {};
}

Result<void> no_bag_goes_to_two_workers(CatalogueBench& bench) {
  constexpr std::size_t kBags = 40;
  constexpr std::size_t kWorkers = 4;
  for (std::size_t i = 0; i < kBags; ++i) TRY_VOID(bench.accept("bag-" + std::to_string(i)));
  std::vector<std::vector<IngestId>> taken(kWorkers);
  std::vector<std::string> faults(kWorkers);
  bench.workers.for_each(kWorkers, kWorkers, [&](std::size_t worker) {
    const OwnerId owner{"boot-1", "worker-" + std::to_string(worker)};
    while (true) {
      const auto claim = bench.catalogue->claim(owner);
      if (!claim) faults[worker] = claim.error().text();
      if (!claim || !*claim) return;
      taken[worker].push_back((*claim)->ingest);
    }
  });
  std::set<IngestId> all;
  std::size_t count = 0;
  for (std::size_t worker = 0; worker < kWorkers; ++worker) {
    if (!faults[worker].empty()) return broken(faults[worker]);
    count += taken[worker].size();
    all.insert(taken[worker].begin(), taken[worker].end());
  }
  HOLDS(count == kBags && all.size() == kBags);
  return {};
}

Result<void> waiting_ends(CatalogueBench& bench) {
  // At once: the time has come.
  bench.catalogue->wait_for_news(News::bags, bench.catalogue->news(News::bags), bench.clock.since_boot(), {});
  // At once: a stop was asked for.
  std::stop_source stop;
  stop.request_stop();
  const Duration before = bench.clock.since_boot();
  bench.catalogue->wait_for_news(News::bags, bench.catalogue->news(News::bags), before + seconds(3600),
                                 stop.get_token());
  HOLDS(bench.clock.since_boot() == before);
  // At once: what one waits for came after one had begun to look for it.
  for (const News kind : {News::bags, News::events}) {
    const std::uint64_t seen = bench.catalogue->news(kind);
    TRY_VOID(bench.accept(kind == News::bags ? "early" : "earlier"));
    const Duration now = bench.clock.since_boot();
    bench.catalogue->wait_for_news(kind, seen, now + seconds(3600), {});
    HOLDS(bench.catalogue->news(kind) != seen && bench.clock.since_boot() - now < std::chrono::milliseconds(400));
  }
  // With work: a worker that waits gets what another thread brings, long before an hour is over.
  std::vector<std::string> faults(2);
  std::atomic<bool> brought = false;
  bench.workers.for_each(2, 2, [&](std::size_t side) {
    if (side == 0) {
      const auto accepted = bench.accept("a");
      if (!accepted) faults[0] = accepted.error().text();
      brought = true;
      return;
    }
    while (true) {
      const bool must_be_there = brought;
      const std::uint64_t seen = bench.catalogue->news(News::bags);
      const auto claim = bench.catalogue->claim(bench.ann);
      if (!claim) faults[1] = claim.error().text();
      if (!claim || *claim) return;
      if (must_be_there) faults[1] = "no work came";
      if (must_be_there) return;
      bench.catalogue->wait_for_news(News::bags, seen, bench.clock.since_boot() + seconds(3600), {});
    }
  });
  HOLDS(faults[0].empty() && faults[1].empty());
  return {};
}

}  // namespace

void add_queue_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(), {
                                  {"AcceptedIsVisible", accepted_is_visible},
                                  {"UnknownIsAbsent", unknown_is_absent},
                                  {"TakenIdIsRefused", taken_id_is_refused},
                                  {"CreatedRisesWithinABag", created_rises_within_a_bag},
                                  {"OldestComesFirst", oldest_comes_first},
                                  {"OneOfABagAtATime", one_of_a_bag_at_a_time},
                                  {"EndedLeavesTheQueue", ended_leaves_the_queue},
                                  {"RetryTakesItsOldPlace", retry_takes_its_old_place},
                                  {"NoBagGoesToTwoWorkers", no_bag_goes_to_two_workers},
                                  {"WaitingEnds", waiting_ends},
                              });
}

}  // namespace strongroom::contracts
