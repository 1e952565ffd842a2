#include "contracts/event_log_contract.hpp"

#include <algorithm>

#include "contracts/catalogue_contract_bench.hpp"
#include "domain/documents.hpp"

namespace strongroom::contracts {
namespace {

constexpr std::size_t kAll = 100'000;

BagId bag_in(const std::string& space, const std::string& identifier) {
  return {Space::parse(space).value(), ExternalIdentifier::parse(identifier).value()};
}

/// Accepts an ingest of the bag, registers this number by it, and ends it.
Result<void> register_version(CatalogueBench& bench, const BagId& bag, int number,
                              VersionState state = VersionState::registered) {
  NewIngest asked = bench.request("x");
  asked.request.bag = bag;
  TRY(const Ingest accepted, bench.accept(asked));
  bench.clock.pass(std::chrono::milliseconds(1));
  TRY(const Claim claim, bench.claim(bench.ann));
  HOLDS(claim.ingest == accepted.id);
  Settle settle = bench.settle(claim.lease, accepted);
  VersionRow row = bench.version(number, state, accepted.id);
  row.final_write_attempted = true;
  settle.writes = {SaveVersion{row}};
  TRY_VOID(bench.catalogue->settle(settle));
  return bench.end(claim, Status::succeeded);
}

NewReindex reindex_of(CatalogueBench& bench, ReindexScope scope) {
  const std::string id = bench.uuid();
  return {id, std::move(scope), bench.clock.now(),
          Deed{"all", "reindex.requested", id, "done", "r", bench.clock.now()}};
}

std::vector<std::string> uuids(CatalogueBench& bench, std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(bench.uuid());
  return made;
}

Result<std::vector<LoggedEvent>> all_of(EventLog& log, const EventFilter& filter = {}, std::int64_t after = 0) {
  TRY(EventPage page, log.events_after(after, filter, kAll, kAll));
  return std::move(page.events);
}

/// Bodies of what was emitted again.
Result<std::vector<std::string>> emitted(EventLog& log) {
  TRY(const auto events, all_of(log));
  std::vector<std::string> bodies;
  for (const LoggedEvent& logged : events) {
    if (logged.event.reindex) bodies.push_back(logged.event.body);
  }
  return bodies;
}

Result<void> run_to_the_end(CatalogueBench& bench, EventLog& log, std::size_t batch) {
  while (true) {
    TRY(const auto done, log.continue_reindex(bench.clock.now(), uuids(bench, batch)));
    if (!done) return {};
    HOLDS(done->emitted <= batch);
  }
}

// ---- reading --------------------------------------------------------------------------------------------------------

/// Three changes of an ingest with a callback: it begins, gets a version, and ends.
Result<void> change_three_times(CatalogueBench& bench) {
  TRY_VOID(bench.accept("a", true));
  TRY(const Claim claim, bench.claim(bench.ann));
  TRY(SaveIngest begun, bench.change(claim.ingest, "Unpacking started", Status::processing));
  Settle first = bench.settle(claim.lease, begun.ingest);
  first.writes = {begun};
  TRY_VOID(bench.catalogue->settle(first));
  bench.clock.pass(std::chrono::seconds(1));
  TRY(SaveIngest assigned, bench.change(claim.ingest, "Assigning bag version succeeded - assigned v3"));
  assigned.ingest.version = Version(3);
  Settle second = bench.settle(claim.lease, assigned.ingest);
  second.writes = {assigned};
  TRY_VOID(bench.catalogue->settle(second));
  bench.clock.pass(std::chrono::seconds(1));
  TRY(SaveIngest ended, bench.change(claim.ingest, "Register succeeded (completed)", Status::succeeded));
  ended.ingest.callback->status = CallbackStatus::succeeded;
  Settle third = bench.settle(claim.lease, ended.ingest);
  third.writes = {ended};
  third.afterwards = Afterwards::release;
  return bench.catalogue->settle(third);
}

Result<void> updates_show_what_was_then(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(change_three_times(bench));
  TRY(const auto events, all_of(log));
  HOLDS(events.size() == 4);
  const std::vector<Status> statuses = {Status::accepted, Status::processing, Status::processing, Status::succeeded};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const LoggedEvent& logged = events[i];
    HOLDS(logged.event.kind == "ingest-update" && logged.event.space == "testing" && logged.then);
    HOLDS(logged.then->ingest.id == logged.event.ingest && logged.then->ingest.revision == logged.event.revision);
    HOLDS(logged.then->ingest.status == statuses[i] && logged.then->events.size() == i);
    HOLDS(logged.then->ingest.version == (i < 2 ? std::nullopt : std::optional(Version(3))));
    const bool delivered = logged.then->ingest.callback->status == CallbackStatus::succeeded;
    HOLDS(delivered == (i == 3));
    HOLDS(logged.then->ingest.last_modified.has_value() == (i > 0));
    HOLDS(i == 0 || logged.then->ingest.last_modified == logged.then->events.back().created);
  }
  TRY(const Ingest now, bench.stored(*events[0].event.ingest));
  TRY(const auto events_now, bench.catalogue->events_of(now.id));
  const std::string shown = ingest_document({.ingest = now, .events = events_now});
  HOLDS(ingest_document({.ingest = events[3].then->ingest, .events = events[3].then->events}) == shown);
  return {};
}

/// registered-bag and bag-update events in two spaces, beside the ingest-update of their ingest in `testing`.
Result<void> append_others(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  Settle settle = bench.settle(claim.lease, accepted);
  for (const char* space : {"maps", "secret", "maps"}) {
    settle.writes.emplace_back(AppendOutgoing{bench.uuid(), "registered-bag", space, "{}"});
    settle.writes.emplace_back(AppendOutgoing{bench.uuid(), "bag-update", space, "{}"});
  }
  return bench.catalogue->settle(settle);
}

Result<void> filters_leave_out(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(append_others(bench));
  const auto count = [&](const EventFilter& filter) -> Result<std::size_t> {
    TRY(const auto events, all_of(log, filter));
    for (const LoggedEvent& logged : events) HOLDS(filter.passes(logged.event.kind, logged.event.space));
    return events.size();
  };
  TRY(const std::size_t everything, count({}));
  TRY(const std::size_t one_kind, count({.kinds = {"registered-bag"}}));
  TRY(const std::size_t two_kinds, count({.kinds = {"registered-bag", "ingest-update"}}));
  TRY(const std::size_t no_kind, count({.kinds = {"not-yet-known"}}));
  TRY(const std::size_t maps, count({.space = "maps"}));
  TRY(const std::size_t testing, count({.space = "testing"}));
  TRY(const std::size_t both, count({.kinds = {"bag-update"}, .space = "secret"}));
  TRY(const std::size_t allowed, count({.allowed_spaces = std::vector<std::string>{"maps", "testing"}}));
  TRY(const std::size_t nothing_allowed, count({.allowed_spaces = std::vector<std::string>{}}));
  HOLDS(everything == 7 && one_kind == 3 && two_kinds == 4 && no_kind == 0);
  HOLDS(maps == 4 && testing == 1 && both == 1 && allowed == 5 && nothing_allowed == 0);
  return {};
}

Result<void> what_is_left_out_is_passed(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(append_others(bench));
  TRY(const std::int64_t last, log.last_sequence());
  TRY(const auto all, all_of(log));
  HOLDS(last == all.back().event.sequence);
  const EventFilter secret{.space = "secret"};
  TRY(const EventPage whole, log.events_after(0, secret, 10, kAll));
  HOLDS(whole.events.size() == 2 && whole.looked_at == last && !whole.more && whole.looked == 7);
  // Ended by the limit: the place is the last one given, and there is more.
  TRY(const EventPage first, log.events_after(0, secret, 1, kAll));
  HOLDS(first.events.size() == 1 && first.more && first.looked_at == first.events[0].event.sequence);
  // Ended by how many may be looked at: reading on from there loses nothing.
  TRY(const EventPage glance, log.events_after(0, secret, 10, 2));
  HOLDS(glance.events.empty() && glance.more && glance.looked == 2 && glance.looked_at == all[1].event.sequence);
  TRY(const EventPage rest, log.events_after(glance.looked_at, secret, 10, kAll));
  HOLDS(rest.events.size() == 2 && !rest.more);
  // Exactly to the end, and behind it.
  TRY(const EventPage exact, log.events_after(0, {}, 7, kAll));
  HOLDS(exact.events.size() == 7 && !exact.more);
  TRY(const EventPage behind, log.events_after(last, {}, 7, kAll));
  HOLDS(behind.events.empty() && !behind.more && behind.looked_at == last && behind.looked == 0);
  TRY(const EventPage far, log.events_after(last + 1000, {}, 7, kAll));
  HOLDS(far.events.empty() && far.looked_at == last + 1000);
  return {};
}

/// L2: a reader in pages of seven beside several writers.
Result<void> reader_of_thousands_loses_nothing(CatalogueBench& bench, EventLog& log) {
  constexpr int kEach = 334;
  std::int64_t at = 0;
  TRY(const auto seen, bench.read_beside_writers(kEach, [&](std::vector<std::int64_t>& found) -> Result<bool> {
    TRY(const EventPage page, log.events_after(at, {.space = "testing"}, 7, 20));
    for (const LoggedEvent& logged : page.events) found.push_back(logged.event.sequence);
    at = page.looked_at;
    return page.looked == 0;
  }));
  TRY(const auto all, all_of(log));
  HOLDS(all.size() == CatalogueBench::kWriters * kEach && seen.size() == all.size());
  HOLDS(std::ranges::equal(seen, all, {}, {}, [](const LoggedEvent& logged) { return logged.event.sequence; }));
  return {};
}

// ---- reindexing -----------------------------------------------------------------------------------------------------

/// 3 bags of 2 versions in `maps` and one in another space; a number left over, and a bag with none registered.
Result<void> fill(CatalogueBench& bench) {
  for (const char* identifier : {"b/2", "a", "b"}) {
    TRY_VOID(register_version(bench, bag_in("maps", identifier), 2));
    TRY_VOID(register_version(bench, bag_in("maps", identifier), 10));
  }
  TRY_VOID(register_version(bench, bag_in("atlas", "z"), 1));
  TRY_VOID(register_version(bench, bag_in("maps", "b"), 3, VersionState::left_over));
  return register_version(bench, bag_in("maps", "none"), 1, VersionState::left_over);
}

std::vector<std::string> bodies_of(const std::vector<std::pair<BagId, int>>& versions) {
  std::vector<std::string> bodies;
  for (const auto& [bag, number] : versions) bodies.push_back(registered_bag_body(bag, Version(number)));
  return bodies;
}

Result<void> reindex_emits_everything_in_order(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(fill(bench));
  TRY(const std::int64_t before, log.last_sequence());
  const NewReindex reindex = reindex_of(bench, {});
  TRY(const std::uint64_t count, log.begin_reindex(reindex));
  HOLDS(count == 7);
  TRY(const std::int64_t begun, log.last_sequence());
  HOLDS(begun == before);
  std::vector<std::string> ids;
  std::uint64_t in_all = 0;
  for (bool ended = false; !ended;) {
    const auto some = uuids(bench, 2);
    TRY(const auto done, log.continue_reindex(bench.clock.now(), some));
    HOLDS(done && done->id == reindex.id);
    in_all += done->emitted;
    HOLDS(done->in_all == in_all);
    ids.insert(ids.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(done->emitted));
    ended = done->ended;
  }
  TRY(const auto none, log.continue_reindex(bench.clock.now(), uuids(bench, 2)));
  HOLDS(!none);
  TRY(const auto events, all_of(log, {.kinds = {"registered-bag"}}, before));
  HOLDS(events.size() == 7 && ids.size() == 7);
  const auto wanted = bodies_of({{bag_in("atlas", "z"), 1},
                                 {bag_in("maps", "a"), 2},
                                 {bag_in("maps", "a"), 10},
                                 {bag_in("maps", "b"), 2},
                                 {bag_in("maps", "b"), 10},
                                 {bag_in("maps", "b/2"), 2},
                                 {bag_in("maps", "b/2"), 10}});
  for (std::size_t i = 0; i < events.size(); ++i) {
    const OutgoingEvent& event = events[i].event;
    HOLDS(event.body == wanted[i] && event.reindex && event.id == ids[i] && event.sequence > before);
    HOLDS(event.space == (i == 0 ? "atlas" : "maps") && event.time == bench.clock.now());
  }
  return {};
}

Result<void> reindex_keeps_to_its_scope(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(fill(bench));
  const Space maps = Space::parse("maps").value();
  const auto identifier = [](const char* text) { return ExternalIdentifier::parse(text).value(); };
  REFUSES(Reason::not_found, log.begin_reindex(reindex_of(bench, {maps, identifier("unknown")})));
  REFUSES(Reason::not_found, log.begin_reindex(reindex_of(bench, {maps, identifier("none")})));
  TRY(const std::uint64_t nothing, log.begin_reindex(reindex_of(bench, {Space::parse("empty").value(), {}})));
  HOLDS(nothing == 0);
  TRY(const auto none, log.continue_reindex(bench.clock.now(), uuids(bench, 1)));
  HOLDS(!none);
  TRY(const std::uint64_t bag, log.begin_reindex(reindex_of(bench, {maps, identifier("b")})));
  TRY(const std::uint64_t space, log.begin_reindex(reindex_of(bench, {Space::parse("atlas").value(), {}})));
  TRY(const std::uint64_t whole, log.begin_reindex(reindex_of(bench, {maps, {}})));
  HOLDS(bag == 2 && space == 1 && whole == 6);
  TRY_VOID(run_to_the_end(bench, log, 2));
  TRY(const auto bodies, emitted(log));
  // One after the other, in the order in which they were asked for.
  HOLDS(bodies == bodies_of({{bag_in("maps", "b"), 2},
                             {bag_in("maps", "b"), 10},
                             {bag_in("atlas", "z"), 1},
                             {bag_in("maps", "a"), 2},
                             {bag_in("maps", "a"), 10},
                             {bag_in("maps", "b"), 2},
                             {bag_in("maps", "b"), 10},
                             {bag_in("maps", "b/2"), 2},
                             {bag_in("maps", "b/2"), 10}}));
  return {};
}

Result<void> reindexers_side_by_side_emit_once(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(fill(bench));
  TRY_VOID(log.begin_reindex(reindex_of(bench, {})));
  constexpr std::size_t kSides = 4;
  std::vector<Result<void>> ends(kSides, ok());
  bench.workers.for_each(kSides, kSides, [&](std::size_t side) { ends[side] = run_to_the_end(bench, log, 1); });
  for (const Result<void>& end : ends) TRY_VOID(end);
  TRY(auto bodies, emitted(log));
  HOLDS(bodies.size() == 7);
  std::ranges::sort(bodies);
  HOLDS(std::ranges::adjacent_find(bodies) == bodies.end());
  return {};
}

Result<void> registrations_go_on_beside_it(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(fill(bench));
  TRY_VOID(log.begin_reindex(reindex_of(bench, {})));
  TRY(const auto first, log.continue_reindex(bench.clock.now(), uuids(bench, 3)));
  HOLDS(first && !first->ended);
  TRY_VOID(register_version(bench, bag_in("maps", "zz"), 1));
  TRY_VOID(register_version(bench, bag_in("atlas", "a"), 1));
  TRY_VOID(run_to_the_end(bench, log, 3));
  // What was registered behind its place is emitted with the others, what lies before it is not; each at most once.
  TRY(const auto bodies, emitted(log));
  HOLDS(bodies.size() == 8 && bodies.back() == registered_bag_body(bag_in("maps", "zz"), Version(1)));
  return {};
}

// ---- retention ------------------------------------------------------------------------------------------------------

Result<void> only_old_updates_go(CatalogueBench& bench, EventLog& log) {
  TRY_VOID(change_three_times(bench));
  TRY_VOID(append_others(bench));
  TRY(const std::int64_t last, log.last_sequence());
  const Instant later = bench.clock.now() + std::chrono::hours(1);
  TRY(const std::uint64_t none, log.drop_updates(bench.clock.now() - std::chrono::hours(1), 100));
  HOLDS(none == 0);
  TRY(const std::uint64_t two, log.drop_updates(later, 2));
  HOLDS(two == 2);
  TRY(const auto left, all_of(log));
  HOLDS(left.size() == 9 && left[0].then->events.size() == 2);  // the oldest go first
  TRY(const std::uint64_t rest, log.drop_updates(later, 100));
  HOLDS(rest == 3);
  TRY(const auto kept, all_of(log));
  HOLDS(kept.size() == 6 &&
        std::ranges::none_of(kept, [](const LoggedEvent& logged) { return logged.then.has_value(); }));
  TRY(const std::int64_t still, log.last_sequence());
  HOLDS(still == last);
  return {};
}

Result<void> updates_of_transfers_go_as_well(CatalogueBench& bench, EventLog& log) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  Settle settle = bench.settle(claim.lease, accepted);
  for (const char* kind : {"transfer-update", "bag-update", "operator-alert", "registered-bag"}) {
    settle.writes.emplace_back(AppendOutgoing{bench.uuid(), kind, "maps", "{}"});
  }
  TRY_VOID(bench.catalogue->settle(settle));
  const Instant later = bench.clock.now() + std::chrono::hours(1);
  TRY(const std::uint64_t none, log.drop_transfer_updates(bench.clock.now(), 100));
  TRY(const std::uint64_t one, log.drop_transfer_updates(later, 1));
  TRY(const std::uint64_t rest, log.drop_transfer_updates(later, 100));
  HOLDS(none == 0 && one == 1 && rest == 1);
  TRY(const auto kept, all_of(log));
  HOLDS(kept.size() == 3 && kept[0].event.kind == "ingest-update" && kept[1].event.kind == "bag-update");
  HOLDS(kept[2].event.kind == "registered-bag");
  return {};
}

Result<void> sequences_are_never_used_twice(CatalogueBench& bench, EventLog& log) {
  TRY(const std::int64_t nothing, log.last_sequence());
  HOLDS(nothing == 0);
  TRY(const Ingest first, bench.accept("a"));
  TRY(const std::int64_t before, log.last_sequence());
  TRY(const std::uint64_t dropped, log.drop_updates(bench.clock.now() + std::chrono::hours(1), 100));
  HOLDS(dropped == 1);
  TRY(const std::int64_t kept, log.last_sequence());
  HOLDS(kept == before);
  TRY_VOID(bench.accept("b"));
  TRY(const auto events, all_of(log));
  HOLDS(events.size() == 1 && events[0].event.sequence > before);
  // The history of the ingest is not touched.
  TRY(const Ingest stored, bench.stored(first.id));
  HOLDS(stored.revision == 1);
  return {};
}

}  // namespace

std::vector<EventLogCheck> event_log_checks() {
  return {
      {"UpdatesShowWhatWasThen", updates_show_what_was_then},
      {"FiltersLeaveOut", filters_leave_out},
      {"WhatIsLeftOutIsPassed", what_is_left_out_is_passed},
      {"L2_ReaderOfThousandsLosesNothing", reader_of_thousands_loses_nothing},
      {"L4_ReindexEmitsEverythingInOrder", reindex_emits_everything_in_order},
      {"L4_ReindexKeepsToItsScope", reindex_keeps_to_its_scope},
      {"ReindexersSideBySideEmitOnce", reindexers_side_by_side_emit_once},
      {"RegistrationsGoOnBesideIt", registrations_go_on_beside_it},
      {"OnlyOldUpdatesGo", only_old_updates_go},
      {"UpdatesOfTransfersGoAsWell", updates_of_transfers_go_as_well},
      {"SequencesAreNeverUsedTwice", sequences_are_never_used_twice},
  };
}

Result<void> run_event_log_check(const EventLogCheck& check, const MakeEventLog& make, Workers& workers) {
  CatalogueBench bench(workers);
  TRY(CatalogueWithLog made, make(bench.clock, bench.owners, bench.times));
  bench.catalogue = std::move(made.catalogue);
  return check.run(bench, *made.log);
}

}  // namespace strongroom::contracts
