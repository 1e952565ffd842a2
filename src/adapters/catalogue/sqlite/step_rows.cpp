// Steps of runs and version numbers as rows.
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

std::string location_of(const StepKey& key) { return key.location ? key.location->str() : std::string(); }

/// What every query for steps begins with.
#define STRONGROOM_STEP_COLUMNS                                                                                 \
  "SELECT step, location, state, attempts, faults, losses, mark_at_loss, high_water, bytes_done, bytes_total, " \
  "files_done, files_total, started, ended, first_trouble, last_retry_event, waypoint, problems, warnings, "    \
  "problems_head, run FROM step "

Result<StepRecord> read_step(const Statement& row) {
  StepRecord record;
  const auto step = parse_step(row.text(0));
  const auto state = parse_step_state(row.text(2));
  if (!step || !state) return bad_row("step", "step or state");
  record.key.step = *step;
  if (const std::string name = row.text(1); !name.empty()) {
    record.key.location = LocationName::parse(name);
    if (!record.key.location) return bad_row("step", "location");
  }
  record.state = *state;
  record.attempts = static_cast<int>(row.integer(3));
  record.faults = static_cast<int>(row.integer(4));
  record.losses = static_cast<int>(row.integer(5));
  record.mark_at_loss = row.count(6);
  record.high_water = row.count(7);
  record.progress = {row.count(8), row.count(9), row.count(10), row.count(11)};
  record.started = row.instant(12);
  record.ended = row.instant_or_null(13);
  record.first_trouble = row.instant_or_null(14);
  record.last_retry_event = row.instant_or_null(15);
  record.waypoint = row.text(16);
  record.problems = row.count(17);
  record.warnings = row.count(18);
  record.problems_head = row.text(19);
  return record;
}

#define STRONGROOM_VERSION_COLUMNS                                                                                    \
  "SELECT v.number, v.state, i.uuid, v.final_write_attempted, v.created, v.ingest_created, v.description_sha256, "    \
  "v.description_size, v.file_count, v.byte_count, v.location_uuids, v.sparse_index FROM version v JOIN ingest i ON " \
  "i.id = v.ingest "

Result<VersionRow> read_version(const Statement& row) {
  const auto version = Version::parse("v" + std::to_string(row.integer(0)));
  const auto state = parse_version_state(row.text(1));
  const auto ingest = IngestId::parse(row.text(2));
  if (!version || !state || !ingest) return bad_row("version", "number, state or ingest");
  VersionRow result{*version, *state, *ingest, row.boolean(3), std::nullopt};
  if (!row.is_null(4)) {
    TRY(auto locations, decode_texts(row.text(10)));
    result.registration = Registration{row.instant(4), row.instant(5), row.text(6),  row.count(7),
                                       row.count(8),   row.count(9),   row.text(11), std::move(locations)};
  }
  return result;
}

Result<std::optional<VersionRow>> first_version(Statement row) {
  TRY(const bool found, row.step());
  if (!found) return std::optional<VersionRow>();
  TRY(VersionRow version, read_version(row));
  return std::optional(std::move(version));
}

Result<void> insert_version(Connection& db, std::int64_t bag, std::int64_t ingest, const VersionRow& row) {
  const auto given = [&row](auto member) {
    using Value = std::remove_cvref_t<decltype((*row.registration).*member)>;
    return row.registration ? std::optional<Value>((*row.registration).*member) : std::nullopt;
  };
  const auto uuids = given(&Registration::location_uuids);
  return db.run(
      "INSERT INTO version (bag, number, state, ingest, final_write_attempted, created, ingest_created, "
      "description_sha256, description_size, file_count, byte_count, location_uuids, sparse_index) VALUES (?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bag, number) DO UPDATE SET state = excluded.state, "
      "final_write_attempted = excluded.final_write_attempted, created = excluded.created, ingest_created = "
      "excluded.ingest_created, description_sha256 = excluded.description_sha256, description_size = "
      "excluded.description_size, file_count = excluded.file_count, byte_count = excluded.byte_count, location_uuids "
      "= excluded.location_uuids, sparse_index = excluded.sparse_index",
      bag, row.version.number(), name_of(row.state), ingest, row.final_write_attempted, given(&Registration::created),
      given(&Registration::ingest_created), given(&Registration::description_sha256),
      given(&Registration::description_size), given(&Registration::file_count), given(&Registration::byte_count),
      uuids ? std::optional(encode_texts(*uuids)) : std::nullopt, given(&Registration::sparse_index));
}

Error version_conflict(Version version, std::string what) {
  return broken(std::move(what), version.str(), Reason::conflict);
}

}  // namespace

Result<std::vector<StepRecord>> steps_of_row(Connection& db, std::int64_t ingest, int run) {
  Statement row = db.query(STRONGROOM_STEP_COLUMNS "WHERE ingest = ? AND run = ? ORDER BY rowid", ingest, run);
  std::vector<StepRecord> steps;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return steps;
    TRY(StepRecord step, read_step(row));
    steps.push_back(std::move(step));
  }
}

Result<std::vector<RunStep>> run_steps_of_row(Connection& db, std::int64_t ingest) {
  Statement row = db.query(STRONGROOM_STEP_COLUMNS "WHERE ingest = ? ORDER BY run, rowid", ingest);
  std::vector<RunStep> steps;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return steps;
    TRY(StepRecord step, read_step(row));
    steps.push_back({static_cast<int>(row.integer(20)), std::move(step)});
  }
}

Result<void> save_step(Connection& db, std::int64_t ingest, int run, const StepRecord& step) {
  // The high-water mark is of all attempts: a record that was read before the last progress does not lower it.
  return db.run(
      "INSERT INTO step (ingest, run, step, location, state, attempts, faults, losses, mark_at_loss, high_water, "
      "bytes_done, bytes_total, files_done, files_total, started, ended, first_trouble, last_retry_event, waypoint, "
      "problems, warnings, problems_head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (ingest, run, step, location) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, "
      "faults = excluded.faults, losses = excluded.losses, mark_at_loss = excluded.mark_at_loss, high_water = "
      "max(high_water, excluded.high_water), bytes_done = excluded.bytes_done, bytes_total = excluded.bytes_total, "
      "files_done = excluded.files_done, files_total = excluded.files_total, started = excluded.started, ended = "
      "excluded.ended, first_trouble = excluded.first_trouble, last_retry_event = excluded.last_retry_event, waypoint "
      "= excluded.waypoint, problems = excluded.problems, warnings = excluded.warnings, problems_head = "
      "excluded.problems_head",
      ingest, run, code_of(step.key.step), location_of(step.key), name_of(step.state), step.attempts, step.faults,
      step.losses, step.mark_at_loss, step.high_water, step.progress.bytes_done, step.progress.bytes_total,
      step.progress.files_done, step.progress.files_total, step.started, step.ended, step.first_trouble,
      step.last_retry_event, step.waypoint, step.problems, step.warnings, step.problems_head);
}

Result<void> drop_step(Connection& db, std::int64_t ingest, int run, const StepKey& key) {
  return db.run("DELETE FROM step WHERE ingest = ? AND run = ? AND step = ? AND location = ?", ingest, run,
                code_of(key.step), location_of(key));
}

Result<bool> save_progress(Connection& db, std::int64_t ingest, int run, const StepKey& key, const Progress& progress) {
  TRY_VOID(
      db.run("UPDATE step SET bytes_done = ?, bytes_total = ?, files_done = ?, files_total = ?, high_water = "
             "max(high_water, ?) WHERE ingest = ? AND run = ? AND step = ? AND location = ?",
             progress.bytes_done, progress.bytes_total, progress.files_done, progress.files_total,
             progress.bytes_done + progress.files_done, ingest, run, code_of(key.step), location_of(key)));
  return db.changes() == 1;
}

Result<std::optional<VersionRow>> find_version_row(Connection& db, std::int64_t bag, Version version) {
  return first_version(db.query(STRONGROOM_VERSION_COLUMNS "WHERE v.bag = ? AND v.number = ?", bag, version.number()));
}

Result<std::optional<VersionRow>> latest_registered(Connection& db, std::int64_t bag) {
  return first_version(db.query(
      STRONGROOM_VERSION_COLUMNS "WHERE v.bag = ? AND v.state = 'registered' ORDER BY v.number DESC LIMIT 1", bag));
}

Result<std::vector<VersionRow>> versions_in_view(Connection& db, std::int64_t bag, std::int64_t ingest) {
  Statement row = db.query(STRONGROOM_VERSION_COLUMNS
                           "WHERE v.bag = ?1 AND (v.ingest = ?2 OR v.number = (SELECT max(number) FROM version WHERE "
                           "bag = ?1) OR v.number = (SELECT max(number) FROM version WHERE bag = ?1 AND state = "
                           "'registered')) ORDER BY v.number",
                           bag, ingest);
  std::vector<VersionRow> versions;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return versions;
    TRY(VersionRow version, read_version(row));
    versions.push_back(std::move(version));
  }
}

Result<void> save_version(Connection& db, std::int64_t bag, const VersionRow& row) {
  CHECK((row.state == VersionState::registered) == row.registration.has_value());
  TRY(const auto stored, find_version_row(db, bag, row.version));
  if (stored) {
    if (stored->state == VersionState::registered) {
      if (*stored == row) return {};
      return version_conflict(row.version, "a registered version is never changed");
    }
    if (stored->ingest != row.ingest) return version_conflict(row.version, "the number belongs to another ingest");
    if (stored->final_write_attempted && !row.final_write_attempted) {
      return version_conflict(row.version, "a final write was attempted: that is not forgotten");
    }
  }
  TRY(const StoredIngest ingest, ingest_row(db, row.ingest));
  return insert_version(db, bag, ingest.row, row);
}

Result<void> release_version(Connection& db, std::int64_t bag, const IngestId& ingest, Version version) {
  TRY(const auto stored, find_version_row(db, bag, version));
  if (!stored) return {};
  if (stored->state == VersionState::registered) return version_conflict(version, "a registered version is kept");
  if (stored->ingest != ingest) return version_conflict(version, "the number belongs to another ingest");
  if (stored->final_write_attempted) return version_conflict(version, "a final write was attempted under the number");
  return db.run("DELETE FROM version WHERE bag = ? AND number = ?", bag, version.number());
}

}  // namespace strongroom::sqlite
