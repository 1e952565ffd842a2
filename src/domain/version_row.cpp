#include "domain/version_row.hpp"

#include <algorithm>
#include <limits>

namespace strongroom {
namespace {

/// The highest number this ingest holds without having registered it: reserved, or left over by an earlier run.
const VersionRow* held_by(const IngestId& ingest, const std::vector<VersionRow>& rows) {
  const VersionRow* held = nullptr;
  for (const VersionRow& row : rows) {
    if (row.state == VersionState::registered || row.ingest != ingest) continue;
    if (held == nullptr || row.version > held->version) held = &row;
  }
  return held;
}

Assignment refusal(std::string text, std::string kind) {
  Assignment assignment;
  assignment.refusal = std::move(text);
  assignment.refusal_kind = std::move(kind);
  return assignment;
}

/// Points 2 to 4 of pipeline.md 6.1: what the request says against what is registered.
std::optional<Assignment> refuse(const Ingest& ingest, const VersionRow* latest) {
  if (ingest.request.type == IngestType::create && latest != nullptr) {
    return refusal("Cannot create new bag: a bag with the supplied external identifier already exists in this space",
                   "exists");
  }
  if (ingest.request.type == IngestType::update && latest == nullptr) {
    return refusal(
        "Cannot update existing bag: a bag with the supplied external identifier does not exist in this space",
        "does-not-exist");
  }
  if (latest == nullptr) return std::nullopt;
  const auto& expected = ingest.request.expected_version;
  if (expected && *expected != latest->version) {
    return refusal("The supplied version " + expected->str() + " is not the current version of this bag, which is " +
                       latest->version.str(),
                   "not-current");
  }
  CHECK(latest->registration.has_value());
  const Instant stored = latest->registration->ingest_created;
  if (stored >= ingest.created) {
    return refusal("Another version of this bag was ingested at " + format_instant(stored) +
                       ", which is newer than the current ingest " + format_instant(ingest.created),
                   "not-newer");
  }
  return std::nullopt;
}

std::int64_t highest_number(const std::vector<VersionRow>& rows) {
  std::int64_t highest = 0;
  for (const VersionRow& row : rows) highest = std::max(highest, row.version.number());
  return highest;
}

}  // namespace

std::string_view name_of(VersionState state) {
  switch (state) {
    case VersionState::reserved:
      return "reserved";
    case VersionState::left_over:
      return "left-over";
    case VersionState::registered:
      return "registered";
  }
  return {};
}

std::optional<VersionState> parse_version_state(std::string_view name) {
  for (VersionState state : {VersionState::reserved, VersionState::left_over, VersionState::registered}) {
    if (name_of(state) == name) return state;
  }
  return std::nullopt;
}

const VersionRow* latest_registered(const std::vector<VersionRow>& rows) {
  const VersionRow* latest = nullptr;
  for (const VersionRow& row : rows) {
    if (row.state == VersionState::registered && (latest == nullptr || row.version > latest->version)) latest = &row;
  }
  return latest;
}

Assignment assign_version(const Ingest& ingest, const std::vector<VersionRow>& rows) {
  const VersionRow* latest = latest_registered(rows);
  Assignment assignment;
  if (latest != nullptr && latest->ingest == ingest.id) {
    assignment.version = latest->version;
    return assignment;
  }
  if (auto refused = refuse(ingest, latest)) return *refused;
  if (const VersionRow* held = held_by(ingest.id, rows)) {
    if (latest == nullptr || held->version > latest->version) {
      assignment.version = held->version;
      return assignment;
    }
    assignment.given_up = held->version;
  }
  const std::int64_t highest = highest_number(rows);
  // Reached only where a stray directory `v2147483647` was found and its number set aside.
  if (highest == std::numeric_limits<std::int32_t>::max()) {
    return refusal("There is no version number left for this bag", "exists");
  }
  assignment.version = Version(highest + 1);
  assignment.is_new = true;
  return assignment;
}

}  // namespace strongroom
