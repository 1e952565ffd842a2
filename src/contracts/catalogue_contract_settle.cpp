// settle: fenced, whole, conditional; the ingest, its events, its steps and their progress.
#include <algorithm>

#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

using std::chrono::seconds;

/// Everything a reader can see of one ingest.
struct Sight {
  std::int64_t revision = 0;
  std::vector<IngestEvent> events;
  std::vector<StepRecord> steps;
  std::optional<VersionRow> registered;
  std::size_t outgoing = 0;
  friend bool operator==(const Sight&, const Sight&) = default;
};

Result<Sight> sight_of(CatalogueBench& bench, const IngestId& id) {
  Sight sight;
  TRY(const Ingest ingest, bench.stored(id));
  sight.revision = ingest.revision;
  TRY(sight.events, bench.catalogue->events_of(id));
  TRY(sight.steps, bench.catalogue->steps_of(id));
  TRY(sight.registered, bench.catalogue->find_registered(ingest.request.bag, std::nullopt));
  TRY(const auto outgoing, bench.outgoing());
  sight.outgoing = outgoing.size();
  return sight;
}

/// A settle with one write of every kind.
Result<Settle> full_settle(CatalogueBench& bench, const Claim& claim) {
  TRY(SaveIngest save, bench.change(claim.ingest, "Register succeeded (completed)", Status::succeeded));
  Settle settle = bench.settle(claim.lease, save.ingest);
  settle.writes.emplace_back(std::move(save));
  settle.writes.emplace_back(SaveStep{CatalogueBench::step(Step::register_bag)});
  settle.writes.emplace_back(SaveVersion{bench.version(1, VersionState::registered, claim.ingest)});
  settle.writes.emplace_back(SaveVersion{bench.version(2, VersionState::reserved, claim.ingest)});
  settle.writes.emplace_back(ReleaseVersion{Version(2)});
  settle.writes.emplace_back(AppendOutgoing{bench.uuid(), "registered-bag", "testing", R"({"version":"v1"})"});
  settle.writes.emplace_back(QueueDelivery{bench.uuid(), "https://example.org/"});
  return settle;
}

Result<void> settle_does_all(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a", true));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(Settle settle, full_settle(bench, claim));
  settle.afterwards = Afterwards::release;
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const Sight after, sight_of(bench, claim.ingest));
  HOLDS(after.revision == accepted.revision + 1 && after.events.size() == 1 && after.steps.size() == 1);
  HOLDS(after.registered && after.registered->version == Version(1) && after.outgoing == 3);
  TRY(const auto delivery, bench.catalogue->claim_delivery(bench.ann));
  HOLDS(delivery && delivery->delivery.ingest == claim.ingest);
  return {};
}

Result<void> stale_settle_changes_nothing(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a", true));
  TRY(const Claim old, bench.claim(bench.ann));
  TRY_VOID(bench.catalogue->hand_back(bench.ann));
  TRY(const Claim current, bench.claim(bench.bob));
  TRY(const Sight before, sight_of(bench, old.ingest));

  Lease forged = current.lease;
  forged.owner = bench.ann;
  Lease ahead = current.lease;
  ++ahead.fence.number;
  Lease elsewhere = current.lease;
  elsewhere.bag = CatalogueBench::bag("nowhere");
  for (const Lease& lease : {old.lease, forged, ahead, elsewhere}) {
    TRY(Settle settle, full_settle(bench, old));
    settle.lease = lease;
    REFUSES(Reason::stale_lease, bench.catalogue->settle(settle));
    REFUSES(Reason::stale_lease, bench.catalogue->look(lease, old.ingest));
    REFUSES(Reason::stale_lease, bench.catalogue->report_progress(lease, old.ingest, 1, {Step::unpack, {}}, {}));
  }
  TRY(const Sight after, sight_of(bench, old.ingest));
  HOLDS(after == before);
  TRY(const auto delivery, bench.catalogue->claim_delivery(bench.ann));
  HOLDS(!delivery);
  TRY_VOID(bench.release(current));
  return {};
}

Result<void> settle_is_all_or_nothing(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a", true));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(const Sight before, sight_of(bench, claim.ingest));
  TRY(Settle settle, full_settle(bench, claim));
  settle.afterwards = Afterwards::release;
  settle.writes.emplace_back(ReleaseVersion{Version(1)});  // refused: registered by the same settle
  REFUSES(Reason::conflict, bench.catalogue->settle(settle));
  TRY(const Sight after, sight_of(bench, claim.ingest));
  HOLDS(after == before);
  TRY(const auto delivery, bench.catalogue->claim_delivery(bench.ann));
  HOLDS(!delivery);
  TRY(const auto view, bench.catalogue->look(claim.lease, claim.ingest));  // the lease is still held
  HOLDS(view.versions.empty());
  return {};
}

Result<void> settle_of_another_bag_is_refused(CatalogueBench& bench) {
  TRY(const Ingest here, bench.accept("a"));
  TRY(const Ingest there, bench.accept("b"));
  TRY(const Claim claim, bench.claim(bench.ann));
  HOLDS(claim.ingest == here.id);
  REFUSES(Reason::not_found, bench.catalogue->look(claim.lease, there.id));
  REFUSES(Reason::not_found, bench.catalogue->settle(bench.settle(claim.lease, there)));
  TRY(SaveIngest save, bench.change(there.id, "Unpacking started"));
  Settle settle = bench.settle(claim.lease, here);
  settle.writes.emplace_back(std::move(save));
  REFUSES(Reason::not_found, bench.catalogue->settle(settle));
  TRY(const auto events, bench.catalogue->events_of(there.id));
  HOLDS(events.empty());
  return {};
}

Result<void> older_revision_is_a_conflict(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(const SaveIngest first, bench.change(claim.ingest, "Unpacking started"));
  TRY(const SaveIngest second, bench.change(claim.ingest, "Unpacking failed", Status::failed));
  Settle settle = bench.settle(claim.lease, accepted);
  settle.writes = {first};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const Sight before, sight_of(bench, claim.ingest));
  for (const SaveIngest& late : {first, second}) {
    settle.writes = {SaveStep{CatalogueBench::step(Step::unpack)}, late};
    REFUSES(Reason::conflict, bench.catalogue->settle(settle));
  }
  TRY(const Sight after, sight_of(bench, claim.ingest));
  HOLDS(after == before);
  return {};
}

Result<void> ingest_is_saved_whole(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a", true));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(SaveIngest save, bench.change(claim.ingest, "Assigning bag version succeeded - assigned bag version v3"));
  save.events.push_back({bench.clock.now() + seconds(1), "Aggregating replicas succeeded - caf\xC3\xA9"});
  Ingest& next = save.ingest;
  next.request_id = *RequestId::parse("request-9");
  next.run = 2;
  next.version = Version(3);
  next.callback->status = CallbackStatus::failed;
  next.last_modified = bench.clock.now() + seconds(1);
  next.location_uuids = {"uuid-1", "uuid-\"2\""};
  next.request.source.bucket = "changed";  // what was asked for is fixed
  next.created += seconds(1);
  Settle settle = bench.settle(claim.lease, accepted);
  settle.writes.emplace_back(save);
  TRY_VOID(bench.catalogue->settle(settle));

  TRY(const Ingest stored, bench.stored(claim.ingest));
  HOLDS(stored.status == Status::processing && stored.run == 2 && stored.version == Version(3));
  HOLDS(stored.request_id == next.request_id && stored.callback == next.callback);
  HOLDS(stored.last_modified == next.last_modified && stored.location_uuids == next.location_uuids);
  HOLDS(stored.revision == accepted.revision + 1);
  HOLDS(stored.created == accepted.created && stored.request.source == accepted.request.source);
  TRY(const auto events, bench.catalogue->events_of(claim.ingest));
  HOLDS(events == save.events);
  TRY(const RunView view, bench.catalogue->look(claim.lease, claim.ingest));
  HOLDS(view.event_count == 2 && view.ingest.revision == stored.revision);

  TRY(const auto outgoing, bench.outgoing());
  HOLDS(outgoing.size() == 2 && outgoing[1].id == save.outgoing_id && outgoing[1].time == settle.now);
  HOLDS(outgoing[1].kind == "ingest-update" && outgoing[1].ingest == claim.ingest);
  HOLDS(outgoing[1].revision == stored.revision);

  TRY(SaveIngest cleared, bench.change(claim.ingest, "Register failed", Status::failed));
  cleared.ingest.version.reset();
  settle.writes = {cleared};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const Ingest ended, bench.stored(claim.ingest));
  HOLDS(!ended.version && ended.status == Status::failed);
  TRY(const auto all_events, bench.catalogue->events_of(claim.ingest));
  HOLDS(all_events.size() == 3 && all_events[2].description == "Register failed");
  return {};
}

Result<void> status_never_moves_up(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(SaveIngest done, bench.change(claim.ingest, "Done", Status::succeeded));
  Settle settle = bench.settle(claim.lease, accepted);
  settle.writes = {done};
  TRY_VOID(bench.catalogue->settle(settle));
  for (const Status wrong : {Status::accepted, Status::processing, Status::failed}) {
    TRY(SaveIngest back, bench.change(claim.ingest, "Back"));
    back.ingest.status = wrong;
    settle.writes = {back};
    REFUSES(Reason::conflict, bench.catalogue->settle(settle));
  }
  TRY(const auto events, bench.catalogue->events_of(claim.ingest));
  HOLDS(events.size() == 1);
  return {};
}

StepRecord full_step(CatalogueBench& bench) {
  StepRecord record = CatalogueBench::step(Step::replicate, "replica-1");
  record.state = StepState::failed;
  record.attempts = 3;
  record.faults = 2;
  record.losses = 1;
  record.mark_at_loss = 10;
  record.high_water = 5'000'000'000'000;
  record.progress = {4, 5'000'000'000'000, 1, 10'000'000};
  record.started = bench.clock.now();
  record.ended = bench.clock.now() + seconds(1);
  record.first_trouble = bench.clock.now() + seconds(2);
  record.last_retry_event = bench.clock.now() + seconds(3);
  record.waypoint = R"({"v":1})";
  record.problems = 7;
  record.warnings = 8;
  record.problems_head = R"([{"rule":"K1"}])";
  return record;
}

Result<void> steps_are_kept_by_run(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  const StepRecord plain = CatalogueBench::step(Step::unpack);
  StepRecord full = full_step(bench);
  Settle settle = bench.settle(claim.lease, accepted);
  settle.writes = {SaveStep{plain}, SaveStep{full}};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const auto stored, bench.catalogue->steps_of(claim.ingest));
  HOLDS(stored.size() == 2 && stored[0] == plain && stored[1] == full);
  TRY(const RunView view, bench.catalogue->look(claim.lease, claim.ingest));
  HOLDS(view.steps == stored);

  full.state = StepState::done;
  full.ended.reset();
  full.first_trouble.reset();
  full.last_retry_event.reset();
  settle.writes = {SaveStep{full}, DropStep{plain.key}, DropStep{{Step::confirm, full.key.location}}};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const auto replaced, bench.catalogue->steps_of(claim.ingest));
  HOLDS(replaced.size() == 1 && replaced[0] == full);

  TRY(SaveIngest next_run, bench.change(claim.ingest, "Retry requested"));
  next_run.ingest.run = 2;
  settle.writes = {next_run};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const auto fresh, bench.catalogue->steps_of(claim.ingest));
  TRY(const RunView fresh_view, bench.catalogue->look(claim.lease, claim.ingest));
  HOLDS(fresh.empty() && fresh_view.steps.empty());
  return {};
}

Result<void> progress_keeps_its_high_water_mark(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  const StepRecord record = CatalogueBench::step(Step::replicate, "replica-1");
  Settle settle = bench.settle(claim.lease, accepted);
  settle.writes = {SaveStep{record}};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const Sight before, sight_of(bench, claim.ingest));

  const auto report = [&](const Progress& progress) {
    return bench.catalogue->report_progress(claim.lease, claim.ingest, 1, record.key, progress);
  };
  TRY_VOID(report({100, 200, 3, 9}));
  TRY(const Sight far, sight_of(bench, claim.ingest));
  HOLDS(far.steps[0].progress == (Progress{100, 200, 3, 9}) && far.steps[0].high_water == 103);
  HOLDS(far.revision == before.revision && far.outgoing == before.outgoing && far.events.empty());
  // Another attempt begins anew; a record read before the report does not lower the mark either.
  TRY_VOID(report({10, 200, 0, 9}));
  settle.writes = {SaveStep{record}};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const auto later, bench.catalogue->steps_of(claim.ingest));
  HOLDS(later[0].high_water == 103 && later[0].progress == Progress{});
  // Afresh means afresh.
  settle.writes = {DropStep{record.key}, SaveStep{record}};
  TRY_VOID(bench.catalogue->settle(settle));
  TRY(const auto fresh, bench.catalogue->steps_of(claim.ingest));
  HOLDS(fresh.size() == 1 && fresh[0].high_water == 0);
  // No such step, no such run.
  REFUSES(Reason::conflict, bench.catalogue->report_progress(claim.lease, claim.ingest, 1, {Step::unpack, {}}, {}));
  REFUSES(Reason::conflict, bench.catalogue->report_progress(claim.lease, claim.ingest, 2, record.key, {}));
  return {};
}

}  // namespace

void add_settle_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(), {
                                  {"SettleDoesAll", settle_does_all},
                                  {"StaleSettleChangesNothing", stale_settle_changes_nothing},
                                  {"SettleIsAllOrNothing", settle_is_all_or_nothing},
                                  {"SettleOfAnotherBagIsRefused", settle_of_another_bag_is_refused},
                                  {"OlderRevisionIsAConflict", older_revision_is_a_conflict},
                                  {"IngestIsSavedWhole", ingest_is_saved_whole},
                                  {"StatusNeverMovesUp", status_never_moves_up},
                                  {"StepsAreKeptByRun", steps_are_kept_by_run},
                                  {"ProgressKeepsItsHighWaterMark", progress_keeps_its_high_water_mark},
                              });
}

}  // namespace strongroom::contracts
