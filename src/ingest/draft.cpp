#include "ingest/draft.hpp"

#include <algorithm>

#include "ingest/route.hpp"

namespace strongroom::ingest {
namespace {

/// A step that was done before and is done again after working storage was lost: its events stand already.
bool is_repeated(const StepRecord& step) { return step.ended.has_value(); }

}  // namespace

SettleDraft::SettleDraft(const RunView& view, Lease lease, std::vector<LocationFacts> locations, Instant now,
                         std::string outgoing_id)
    : lease_(std::move(lease)),
      locations_(std::move(locations)),
      steps_(view.steps),
      versions_(view.versions),
      change_(view.ingest),
      before_(view.ingest),
      now_(now),
      outgoing_id_(std::move(outgoing_id)) {}

const StepRecord& SettleDraft::step(const StepKey& key) const {
  const StepRecord* found = find_step(steps_, key);
  CHECK(found != nullptr);
  return *found;
}

const LocationFacts* SettleDraft::location_of(const StepKey& key) const {
  if (!key.location) return nullptr;
  const auto found = std::find_if(locations_.begin(), locations_.end(),
                                  [&](const LocationFacts& l) { return l.name == *key.location; });
  return found == locations_.end() ? nullptr : &*found;
}

bool SettleDraft::is_staged(const StepKey& key) const {
  const LocationFacts* location = location_of(key);
  return location != nullptr && location->staged;
}

std::string SettleDraft::name_of_step(const StepKey& key) const {
  const LocationFacts* location = location_of(key);
  return step_name(key.step, location == nullptr ? std::string_view() : std::string_view(location->label));
}

void SettleDraft::save_step(StepRecord step) {
  writes_.emplace_back(SaveStep{step});
  const auto at = std::find_if(steps_.begin(), steps_.end(), [&](const StepRecord& s) { return s.key == step.key; });
  if (at == steps_.end()) {
    steps_.push_back(std::move(step));
  } else {
    *at = std::move(step);
  }
}

void SettleDraft::note_report(const StepKey& key, const ReportWriter::Summary& report) {
  for (StepRecord& step : steps_) {
    if (step.key != key) continue;
    step.problems = report.problems;
    step.warnings = report.warnings;
    step.problems_head = report.head;
  }
}

void SettleDraft::save_version(VersionRow row) {
  writes_.emplace_back(SaveVersion{row});
  const auto at =
      std::find_if(versions_.begin(), versions_.end(), [&](const VersionRow& v) { return v.version == row.version; });
  if (at == versions_.end()) {
    versions_.push_back(std::move(row));
  } else {
    *at = std::move(row);
  }
}

void SettleDraft::pass(const StepKey& key, std::string waypoint, std::string_view detail) {
  StepRecord record = step(key);
  const bool repeated = is_repeated(record);
  record.state = StepState::done;
  record.waypoint = std::move(waypoint);
  record.ended = now_;
  record.first_trouble.reset();
  save_step(std::move(record));
  // confirm is the first half of the step that commit ends.
  if (repeated || key.step == Step::confirm) return;
  if (key.step == Step::register_bag) {
    event(succeeded_text(name_of_step(key)) + " (completed)");
    return;
  }
  event(succeeded_text(name_of_step(key), detail));
  if (key.step == Step::commit) {
    const auto complete = std::count_if(locations_.begin(), locations_.end(), [&](const LocationFacts& l) {
      return is_done(steps_, {Step::commit, l.name});
    });
    event(aggregating_text(static_cast<std::size_t>(complete), locations_.size()));
  }
}

void SettleDraft::record(const Verdict& verdict) {
  save_step(verdict.step);
  if (verdict.event) event(*verdict.event);
}

void SettleDraft::mark_final_writes(const StepKey& key) {
  const LocationFacts* location = location_of(key);
  if (location == nullptr || !begins_final_writes(key.step, *location)) return;
  for (VersionRow row : std::vector<VersionRow>(versions_)) {
    if (row.ingest != before_.id || row.state != VersionState::reserved || row.final_write_attempted) continue;
    row.final_write_attempted = true;
    save_version(std::move(row));
  }
}

void SettleDraft::open(const StepKey& key) {
  const StepRecord* existing = find_step(steps_, key);
  if (existing != nullptr && existing->state == StepState::running) return;
  mark_final_writes(key);
  if (existing != nullptr) {
    StepRecord again = *existing;
    again.state = StepState::running;
    again.attempts += 1;
    again.progress = {};
    save_step(std::move(again));
    return;
  }
  StepRecord fresh;
  fresh.key = key;
  fresh.started = now_;
  save_step(std::move(fresh));
  if (key.step != Step::commit) event(started_text(name_of_step(key)));
}

void SettleDraft::open_next() {
  for (const StepKey& key : open_doors(steps_, locations_)) open(key);
}

void SettleDraft::count_attempts() {
  for (StepRecord step : std::vector<StepRecord>(steps_)) {
    if (step.state != StepState::running) continue;
    step.attempts += 1;
    step.progress = {};
    save_step(std::move(step));
  }
}

void SettleDraft::stop_running_steps() {
  const std::string detail = "stopped because another location failed";
  for (const LocationFacts& location : locations_) {
    const StepRecord* confirm = find_step(steps_, {Step::confirm, location.name});
    const StepRecord* commit = find_step(steps_, {Step::commit, location.name});
    const StepRecord* replicate = find_step(steps_, {Step::replicate, location.name});
    const bool verifying = confirm != nullptr && confirm->state != StepState::failed &&
                           (commit == nullptr || commit->state == StepState::running);
    const bool replicating = replicate != nullptr && replicate->state == StepState::running && !is_repeated(*replicate);
    const StepRecord* running =
        verifying ? (commit != nullptr ? commit : confirm) : (replicating ? replicate : nullptr);
    if (running == nullptr) continue;
    StepRecord stopped = *running;
    stopped.state = StepState::failed;
    stopped.ended = now_;
    event(failed_text(name_of_step(stopped.key), detail));
    save_step(std::move(stopped));
  }
}

Settle SettleDraft::take(Afterwards afterwards, std::optional<Duration> due) && {
  const Ingest& after = change_.ingest();
  const bool changed = !change_.events().empty() || after.status != before_.status ||
                       after.version != before_.version || after.retrying != before_.retrying ||
                       after.location_uuids != before_.location_uuids;
  if (changed) writes_.emplace_back(SaveIngest{after, change_.events(), outgoing_id_});
  return Settle{lease_, before_.id, before_.run, now_, std::move(writes_), afterwards, due};
}

}  // namespace strongroom::ingest
