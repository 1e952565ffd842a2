#include "ingest/walk.hpp"

#include <algorithm>

#include "domain/documents.hpp"
#include "ingest/route.hpp"

namespace strongroom::ingest {
namespace {

/// Working storage does not hold what a waypoint says (CORRECTNESS 1.1). Locations speak of their copies as rejected.
bool is_lost_work(const Error& error) {
  return error.act == Act::broken && (error.reason == Reason::not_found || error.reason == Reason::corrupt);
}

/// The ingest's own number that is not registered, if it holds one.
std::optional<VersionRow> own_reservation(const RunView& view) {
  for (const VersionRow& row : view.versions) {
    const bool own = row.ingest == view.ingest.id && row.state == VersionState::reserved;
    if (own && view.ingest.version == row.version) return row;
  }
  return std::nullopt;
}

}  // namespace

Walk::Walk(const WalkerNeeds& needs, const WalkerSettings& settings, Claim claim, std::stop_token process)
    : needs_(needs),
      settings_(settings),
      claim_(std::move(claim)),
      process_(std::move(process)),
      stop_(process_, lanes_.get_token(), needs.doors.clock, needs.horizon) {}

Result<void> Walk::run() {
  TRY(RunView view, look());
  if (!view.ingest.has_work()) {
    return settle([](SettleDraft&, const RunView&) { return Afterwards::release; });
  }
  if (!view.ingest.location_uuids.empty() && places_of(view).size() != view.ingest.location_uuids.size()) {
    needs_.log.write(LogLevel::error, "a location of this ingest is not configured", {{"ingest", claim_.ingest.str()}});
    return park(settings_.retry.longest_delay);
  }
  if (claim_.owner_lost) {
    TRY(const std::optional<Duration> pause, count_loss());
    if (pause) return park(*pause);
    TRY(view, look());
  }
  if (has_failed(view.steps)) return conclude();
  TRY_VOID(open_area());
  TRY_VOID(settle([](SettleDraft& draft, const RunView&) {
    draft.count_attempts();
    draft.open_next();
    return Afterwards::keep;
  }));
  return walk_doors();
}

Result<RunView> Walk::look() { return needs_.doors.catalogue.look(claim_.lease, claim_.ingest); }

/// The lost worker is counted before any work, so that a package that kills its worker cannot do so for ever.
Result<std::optional<Duration>> Walk::count_loss() {
  std::optional<Duration> pause;
  std::vector<StepRecord> counted;
  TRY_VOID(settle([&](SettleDraft& draft, const RunView& view) {
    // An earlier try took effect, though its answer was lost: one loss is not counted twice.
    if (!counted.empty() && draft.steps() == counted) return Afterwards::keep;
    pause.reset();
    for (const StepRecord& step : std::vector<StepRecord>(draft.steps())) {
      if (step.state != StepState::running) continue;
      const Verdict verdict = judge_loss(step, trouble(draft, step.key, view));
      draft.record(verdict);
      if (verdict.retry_after && verdict.retry_after->count() > 0)
        pause = std::max(pause.value_or(Duration(0)), *verdict.retry_after);
    }
    if (has_failed(draft.steps())) pause.reset();
    counted = draft.steps();
    return Afterwards::keep;
  }));
  return pause;
}

/// Working storage of an earlier walk is taken over where it can be trusted; otherwise what lay there is made again.
Result<void> Walk::open_area() {
  TRY(area_, needs_.doors.working.open(claim_.ingest, claim_.lease.fence, claim_.adopt));
  if (area_->resumed()) return {};
  claim_.adopt.reset();
  return settle([](SettleDraft& draft, const RunView&) {
    draw_up_rewind(draft);
    return Afterwards::keep;
  });
}

void Walk::draw_up_rewind(SettleDraft& draft) {
  for (StepRecord& step : rewind(draft.steps(), draft.locations())) draft.save_step(std::move(step));
}

Result<void> Walk::walk_doors() {
  for (;;) {
    TRY(const RunView view, look());
    if (!view.ingest.has_work()) return {};
    if (has_failed(view.steps)) return conclude();
    const std::vector<StepKey> doors = open_doors(view.steps, locations_of(view));
    TRY_VOID(ensure_open(view, doors));
    std::vector<Lane> lanes(doors.size());
    needs_.doors.workers.for_each(doors.size(), doors.size(), [&](std::size_t i) { lanes[i] = walk_lane(doors[i]); });
    const auto ended = [&](LaneEnd end) {
      return std::find_if(lanes.begin(), lanes.end(), [&](const Lane& lane) { return lane.end == end; });
    };
    if (ended(LaneEnd::ended) != lanes.end()) return {};
    if (ended(LaneEnd::failed) != lanes.end()) continue;
    if (const auto left = ended(LaneEnd::left); left != lanes.end()) return std::move(*left->error);
    std::optional<Duration> pause;
    for (const Lane& lane : lanes) {
      if (lane.end == LaneEnd::waits) pause = std::min(pause.value_or(*lane.retry_after), *lane.retry_after);
    }
    if (pause) return park(*pause);
  }
}

/// Lanes that close side by side without events may each leave the next doors to the other.
Result<void> Walk::ensure_open(const RunView& view, const std::vector<StepKey>& doors) {
  const bool all_open = std::all_of(doors.begin(), doors.end(), [&](const StepKey& door) {
    const StepRecord* record = find_step(view.steps, door);
    return record != nullptr && record->state == StepState::running;
  });
  if (all_open) return {};
  return settle([](SettleDraft& draft, const RunView&) {
    draft.open_next();
    return Afterwards::keep;
  });
}

Walk::Lane Walk::walk_lane(StepKey key) {
  for (;;) {
    auto outcome = enter(key);
    if (!outcome) return {LaneEnd::left, std::nullopt, std::move(outcome).error()};
    if (!outcome->result && outcome->result.error().reason == Reason::stopped) {
      return {LaneEnd::left, std::nullopt, std::move(outcome->result).error()};
    }
    auto closed = close(key, *outcome);
    if (!closed) return {LaneEnd::left, std::nullopt, std::move(closed).error()};
    if (closed->failed) {
      lanes_.request_stop();
      return {LaneEnd::failed, std::nullopt, std::nullopt};
    }
    if (closed->ended) return {LaneEnd::ended, std::nullopt, std::nullopt};
    if (closed->retry_after) return {LaneEnd::waits, closed->retry_after, std::nullopt};
    if (!closed->next) return {LaneEnd::joined, std::nullopt, std::nullopt};
    key = *closed->next;
  }
}

Result<DoorOutcome> Walk::enter(const StepKey& key) {
  TRY(RunView view, look());
  auto places = places_of(view);
  DoorContext context{claim_.lease, claim_.adopt, std::move(view), std::move(places), *area_, stop_};
  if (key.step == Step::register_bag) {
    if (auto described = describe_once(context); !described) return DoorOutcome{std::move(described).error(), {}};
  }
  return enter_door(needs_.doors, settings_.doors, context, key);
}

/// The description is made once; its digest is recorded before the first location is written (CORRECTNESS 1.2).
Result<void> Walk::describe_once(DoorContext& context) {
  const StepKey key{Step::register_bag, std::nullopt};
  const StepRecord* record = find_step(context.view.steps, key);
  if (record != nullptr && !record->waypoint.empty()) return {};
  TRY(const std::string waypoint, describe_version(needs_.doors, settings_.doors, context));
  TRY_VOID(settle([&](SettleDraft& draft, const RunView&) {
    StepRecord described = draft.step(key);
    described.waypoint = waypoint;
    draft.save_step(std::move(described));
    return Afterwards::keep;
  }));
  TRY(context.view, look());
  return {};
}

Result<Walk::Closed> Walk::close(const StepKey& key, const DoorOutcome& outcome) {
  Closed closed;
  std::optional<StepRecord> recorded;
  Instant started;
  TRY_VOID(settle([&](SettleDraft& draft, const RunView& view) {
    // An earlier try took effect, though its answer was lost: nothing is told or counted twice.
    if (recorded && draft.step(key) == *recorded) return Afterwards::keep;
    closed = Closed{};
    draft.note_report(key, outcome.report);
    if (!outcome.result) {
      closed = draw_up_trouble(draft, key, outcome.result.error(), view);
      recorded = draft.step(key);
      return Afterwards::keep;
    }
    draw_up_passed(draft, key, *outcome.result, view);
    recorded = draft.step(key);
    started = recorded->started;
    if (key.step == Step::register_bag) {
      closed.ended = true;
      return Afterwards::release;
    }
    draft.open_next();
    closed.next = next_of_lane(draft, key);
    return Afterwards::keep;
  }));
  measure(key, outcome.result, closed.failed, started);
  if (outcome.result) {
    log(LogLevel::info, "step passed", key, outcome.result->detail);
  } else {
    log(closed.failed ? LogLevel::warning : LogLevel::info, closed.failed ? "step failed" : "step in trouble", key,
        outcome.result.error().text());
  }
  return closed;
}

void Walk::measure(const StepKey& key, const Result<Passed>& result, bool failed, Instant started) {
  const std::string_view step = code_of(key.step);
  if (result) {
    const Duration taken = std::max(Duration(0), needs_.doors.clock.now() - started);
    needs_.metrics.observe(metric::kStepSeconds, {step}, std::chrono::duration<double>(taken).count());
    return;
  }
  needs_.metrics.count(failed ? metric::kStepFailures : metric::kStepRetries, {step});
  const bool bad_copy = key.step == Step::confirm && result.error().act == Act::rejected;
  if (bad_copy && key.location) needs_.metrics.count(metric::kReplicaFailures, {key.location->str()});
}

/// Where the lane of `key` goes on: the next door, unless it is a door of several lanes.
std::optional<StepKey> Walk::next_of_lane(const SettleDraft& draft, const StepKey& key) {
  for (const StepKey& door : open_doors(draft.steps(), draft.locations())) {
    const bool own_lane = door.location && door.location == key.location && door.step != Step::commit;
    if (own_lane || (!door.location && !key.location)) return door;
  }
  return std::nullopt;
}

void Walk::draw_up_passed(SettleDraft& draft, const StepKey& key, const Passed& passed, const RunView& view) {
  if (passed.assignment) {
    draw_up_assignment(draft, *passed.assignment, view);
  }
  draft.pass(key, passed.waypoint, passed.detail);
  if (passed.registration) draw_up_registered(draft, *passed.registration, view);
}

void Walk::draw_up_assignment(SettleDraft& draft, const Assignment& assignment, const RunView& view) {
  IngestChange& change = draft.change();
  if (assignment.given_up) {
    draft.save_version(VersionRow{*assignment.given_up, VersionState::left_over, view.ingest.id, true, std::nullopt});
    change.clear_version();
  }
  if (assignment.is_new) {
    draft.save_version(VersionRow{*assignment.version, VersionState::reserved, view.ingest.id, false, std::nullopt});
  }
  const auto set = change.set_version(*assignment.version);
  CHECK(set.has_value());
  std::vector<std::string> uuids;
  for (const Place& place : places_of(view)) uuids.push_back(place.facts.uuid);
  change.fix_locations(std::move(uuids));
}

/// Everything that makes the version visible, in one settle (pipeline.md 9.1).
void Walk::draw_up_registered(SettleDraft& draft, const Registration& registration, const RunView& view) {
  IngestChange& change = draft.change();
  CHECK(view.ingest.version.has_value());
  const Version version = *view.ingest.version;
  draft.write(SaveVersion{VersionRow{version, VersionState::registered, view.ingest.id, true, registration}});
  const auto succeeded = change.set_status(Status::succeeded);
  CHECK(succeeded.has_value());
  change.end_run();
  const BagId& bag = view.ingest.request.bag;
  draft.write(AppendOutgoing{random_uuid(needs_.entropy), "registered-bag", bag.space.str(),
                             registered_bag_body(bag, version)});
  draft.write(RecordDeed{deed(audit_action::kVersionRegistered, bag.str() + " " + version.str(), "done", view)});
  draft.write(ended(view, "succeeded"));
  queue_callback(draft, view);
}

Deed Walk::deed(std::string_view action, std::string object, std::string_view outcome, const RunView& view) const {
  return Deed{"service",
              std::string(action),
              std::move(object),
              std::string(outcome),
              view.ingest.request_id.str(),
              needs_.doors.clock.now()};
}

RecordDeed Walk::ended(const RunView& view, std::string_view outcome) const {
  std::string object = "ingest " + view.ingest.id.str() + " of " + view.ingest.request.bag.str();
  return RecordDeed{deed(audit_action::kIngestEnded, std::move(object), outcome, view)};
}

void Walk::queue_callback(SettleDraft& draft, const RunView& view) {
  if (view.ingest.callback) draft.write(QueueDelivery{random_uuid(needs_.entropy), view.ingest.callback->url});
}

Walk::Closed Walk::draw_up_trouble(SettleDraft& draft, const StepKey& key, const Error& error, const RunView& view) {
  StepRecord record = draft.step(key);
  const bool bad_copy = key.step == Step::confirm && error.reason == Reason::corrupt && error.act == Act::rejected;
  if (bad_copy && record.faults == 0 && draft.is_staged(key)) {
    // A bad deposit is written again once (CORRECTNESS 1.5); its room has abandoned it.
    record.faults = 1;
    draft.save_step(record);
    const StepKey replicate{Step::replicate, key.location};
    StepRecord again = draft.step(replicate);
    again.state = StepState::again;
    draft.save_step(std::move(again));
    draft.open_next();
    return Closed{replicate, false, false, std::nullopt};
  }
  TroubleContext context = trouble(draft, key, view);
  // publish() refuses only while no description of this version has been written anywhere.
  if (error.act == Act::rejected) context.past_no_return = false;
  const Verdict verdict = judge(settings_.retry, std::move(record), error, context);
  draft.record(verdict);
  if (verdict.retry_after && is_lost_work(error)) draw_up_rewind(draft);
  return Closed{std::nullopt, !verdict.retry_after.has_value(), false, verdict.retry_after};
}

/// Whole bags lie there that were refused, and nobody comes back for them: tried for a while, but a location that is
/// down does not keep the depositor waiting.
void Walk::sweep(const Place& place, Fence above) {
  constexpr int kTries = 5;
  Clock& clock = needs_.doors.clock;
  // Not stop_: what has failed has stopped the lanes.
  const Stop leave(process_, {}, clock, needs_.horizon);
  for (int tries = 1;; ++tries) {
    const auto swept = place.depository.sweep(claim_.ingest, above);
    if (swept) return;
    const Duration pause = transient_delay(settings_.retry, tries, random_fraction(needs_.entropy));
    if (tries < kTries && !leave.asked() && clock.wait_until(clock.since_boot() + pause, process_)) continue;
    needs_.log.write(
        LogLevel::warning, "staging not removed",
        {{"ingest", claim_.ingest.str()}, {"location", place.facts.name.str()}, {"why", swept.error().text()}});
    return;
  }
}

/// The run has failed: nothing of it is moving any more. Own staging goes, the number is released where nothing can
/// have been written under it, and one settle ends the ingest (pipeline.md 6.4, domain-rules.md 4.3).
Result<void> Walk::conclude() {
  TRY(const RunView view, look());
  const Fence above{claim_.lease.fence.number + 1};
  for (const Place& place : places_of(view)) sweep(place, above);
  area_.reset();
  TRY_VOID(needs_.doors.working.remove(claim_.ingest, claim_.lease.fence));
  const std::optional<VersionRow> row = own_reservation(view);
  const bool release = row && may_release(view, *row);
  return settle([&](SettleDraft& draft, const RunView& now) {
    draft.stop_running_steps();
    IngestChange& change = draft.change();
    if (release) {
      draft.write(ReleaseVersion{row->version});
      change.clear_version();
    } else if (row) {
      VersionRow left = *row;
      left.state = VersionState::left_over;
      draft.save_version(std::move(left));
    }
    if (now.ingest.status != Status::failed) {
      const auto failed = change.set_status(Status::failed);
      CHECK(failed.has_value());
    }
    change.end_run();
    draft.write(ended(view, "failed"));
    queue_callback(draft, now);
    return Afterwards::release;
  });
}

void Walk::clear_up() {
  const auto tell = [&](const std::string& where, const Result<void>& removed) {
    if (removed) return;
    needs_.log.write(LogLevel::warning, "leftovers not removed",
                     {{"ingest", claim_.ingest.str()}, {"where", where}, {"why", removed.error().text()}});
  };
  const Fence above{claim_.lease.fence.number + 1};
  for (const Place& place : needs_.places) tell(place.facts.name.str(), place.depository.sweep(claim_.ingest, above));
  area_.reset();
  tell("working storage", needs_.doors.working.remove(claim_.ingest, claim_.lease.fence));
}

/// Only when no write to a final key was attempted, and every location shows nothing there (CORRECTNESS 1.3).
bool Walk::may_release(const RunView& view, const VersionRow& row) {
  if (row.final_write_attempted) return false;
  const BagId& bag = view.ingest.request.bag;
  for (const Place& place : places_of(view)) {
    const auto files = place.store.list(layout::version_prefix(bag, row.version), {}, 1);
    if (!files || !files->empty()) return false;
    const auto description = place.store.stat(layout::description_key(bag, row.version));
    if (!description || *description) return false;
  }
  return true;
}

Result<void> Walk::park(Duration after) {
  const Duration due = needs_.doors.clock.since_boot() + after;
  return settle([](SettleDraft&, const RunView&) { return Afterwards::park; }, due);
}

Result<void> Walk::settle(const std::function<Afterwards(SettleDraft&, const RunView&)>& draw,
                          std::optional<Duration> due) {
  Clock& clock = needs_.doors.clock;
  // Not stop_: a failed location stops the other lanes, not the settle that tells of it.
  const Stop leave(process_, {}, clock, needs_.horizon);
  for (int tries = 1;; ++tries) {
    const auto attempt = [&]() -> Result<void> {
      TRY(const RunView view, look());
      SettleDraft draft(view, claim_.lease, locations_of(view), clock.now(), random_uuid(needs_.entropy));
      const Afterwards afterwards = draw(draft, view);
      return needs_.doors.catalogue.settle(std::move(draft).take(afterwards, due));
    };
    auto done = attempt();
    if (done || done.error().reason == Reason::stale_lease) return done;
    // Another change of the ingest came first: look again at once, but not for ever at full speed.
    if (done.error().reason == Reason::conflict && tries < 8) continue;
    needs_.log.write(LogLevel::error, "settle failed", {{"ingest", claim_.ingest.str()}, {"why", done.error().text()}});
    const Duration pause = transient_delay(settings_.retry, tries, random_fraction(needs_.entropy));
    if (leave.asked() || !clock.wait_until(clock.since_boot() + pause, process_)) return done;
  }
}

TroubleContext Walk::trouble(const SettleDraft& draft, const StepKey& key, const RunView& view) {
  const StepRecord& record = draft.step(key);
  return TroubleContext{draft.name_of_step(key), view.ingest.request_id.str(), draft.now(),
                        random_fraction(needs_.entropy), key.step == Step::register_bag && !record.waypoint.empty()};
}

std::vector<Place> Walk::places_of(const RunView& view) const {
  const auto& uuids = view.ingest.location_uuids;
  std::vector<Place> places;
  for (const Place& place : needs_.places) {
    const bool belongs = uuids.empty() ? place.facts.serves(view.ingest.request.bag.space.str())
                                       : std::find(uuids.begin(), uuids.end(), place.facts.uuid) != uuids.end();
    if (belongs) places.push_back(place);
  }
  return places;
}

std::vector<LocationFacts> Walk::locations_of(const RunView& view) const {
  std::vector<LocationFacts> locations;
  for (const Place& place : places_of(view)) locations.push_back(place.facts);
  return locations;
}

void Walk::log(LogLevel level, std::string_view event, const StepKey& key, std::string detail) {
  needs_.log.write(level, event,
                   {{"ingest", claim_.ingest.str()},
                    {"bag", claim_.lease.bag.str()},
                    {"step", std::string(code_of(key.step))},
                    {"location", key.location ? key.location->str() : std::string()},
                    {"detail", std::move(detail)}});
}

}  // namespace strongroom::ingest
