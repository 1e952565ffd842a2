#include "ingest/route.hpp"

#include <algorithm>
#include <array>

namespace strongroom::ingest {
namespace {

constexpr std::array kBeforeLocations = {Step::unpack, Step::find_root, Step::verify, Step::assign_version};

/// The door of one location on the way to a confirmed copy, if it is not there yet.
std::optional<StepKey> lane_door(const std::vector<StepRecord>& steps, const LocationName& location) {
  for (Step step : {Step::replicate, Step::confirm}) {
    const StepKey key{step, location};
    if (!is_done(steps, key)) return key;
  }
  return std::nullopt;
}

}  // namespace

const StepRecord* find_step(const std::vector<StepRecord>& steps, const StepKey& key) {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const StepRecord& s) { return s.key == key; });
  return found == steps.end() ? nullptr : &*found;
}

bool is_done(const std::vector<StepRecord>& steps, const StepKey& key) {
  const StepRecord* step = find_step(steps, key);
  return step != nullptr && step->state == StepState::done;
}

bool has_failed(const std::vector<StepRecord>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const StepRecord& s) { return s.state == StepState::failed; });
}

std::vector<StepKey> open_doors(const std::vector<StepRecord>& steps, const std::vector<LocationFacts>& locations) {
  if (has_failed(steps)) return {};
  const StepKey registering{Step::register_bag, std::nullopt};
  if (is_done(steps, registering)) return {};
  // Past the description nothing before it is looked at again: its inputs may be gone (CORRECTNESS 1.2).
  const StepRecord* description = find_step(steps, registering);
  if (description != nullptr && !description->waypoint.empty()) return {registering};

  for (Step step : kBeforeLocations) {
    if (!is_done(steps, {step, std::nullopt})) return {{step, std::nullopt}};
  }
  std::vector<StepKey> doors;
  for (const LocationFacts& location : locations) {
    if (auto door = lane_door(steps, location.name)) doors.push_back(std::move(*door));
  }
  if (!doors.empty()) return doors;
  for (const LocationFacts& location : locations) {
    StepKey commit{Step::commit, location.name};
    if (!is_done(steps, commit)) doors.push_back(std::move(commit));
  }
  return doors.empty() ? std::vector{registering} : doors;
}

bool begins_final_writes(Step step, const LocationFacts& location) {
  return step == (location.staged ? Step::commit : Step::replicate);
}

std::vector<StepRecord> rewind(const std::vector<StepRecord>& steps, const std::vector<LocationFacts>& locations) {
  const StepRecord* description = find_step(steps, {Step::register_bag, std::nullopt});
  if (description != nullptr && !description->waypoint.empty()) return {};
  std::vector<StepRecord> again;
  const auto mark = [&](const StepKey& key) {
    const StepRecord* step = find_step(steps, key);
    if (step == nullptr || step->state == StepState::again || step->state == StepState::failed) return;
    // A step that was only begun is simply entered again.
    if (step->state == StepState::running && !step->ended) return;
    StepRecord record = *step;
    record.state = StepState::again;
    again.push_back(std::move(record));
  };
  for (Step step : {Step::unpack, Step::find_root, Step::verify}) mark({step, std::nullopt});
  for (const LocationFacts& location : locations) {
    if (!location.staged || is_done(steps, {Step::commit, location.name})) continue;
    mark({Step::replicate, location.name});
    mark({Step::confirm, location.name});
  }
  return again;
}

}  // namespace strongroom::ingest
