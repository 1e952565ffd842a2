// Rows and the values they stand for: the one place that knows which column is which. All inside a caller's
// transaction.
//
// Rows are named by their SQLite ids here (bag, ingest); callers outside this folder never see those.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/catalogue/sqlite/database.hpp"
#include "ports/catalogue.hpp"
#include "ports/front_desk.hpp"

/// What every query for ingests begins with.
#define STRONGROOM_INGEST_COLUMNS                                                                                     \
  "SELECT i.id, i.bag, i.event_count, i.uuid, b.space, b.external_identifier, i.type, i.provider, i.bucket, i.path, " \
  "i.callback_url, i.expected_version, i.client, i.created, i.request_id, i.run, i.status, i.retrying, i.version, "   \
  "i.callback_status, i.last_modified, i.location_uuids, i.revision "                                                 \
  "FROM ingest i JOIN bag b ON b.id = i.bag "

namespace strongroom::sqlite {

/// An ingest with the ids of its row and its bag's.
struct StoredIngest {
  std::int64_t row = 0;
  std::int64_t bag = 0;
  std::int64_t event_count = 0;
  Ingest ingest;
};

Result<std::optional<StoredIngest>> find_ingest_row(Connection& db, const IngestId& id);
/// As above; broken with Reason::not_found when there is none.
Result<StoredIngest> ingest_row(Connection& db, const IngestId& id);
/// The next ones of a query that begins with the columns of an ingest, to its end.
Result<std::vector<Ingest>> read_ingests(Statement row);
/// Those that have work and have their locations fixed, by createdDate.
Result<std::vector<Ingest>> unfinished_with_locations(Connection& db);
Result<std::vector<IngestEvent>> events_of_row(Connection& db, std::int64_t ingest);

/// Inserts revision 1, its history and its `ingest-update`; the row's id.
Result<std::int64_t> insert_ingest(Connection& db, std::int64_t bag, const Ingest& ingest);
/// An ingest that ended elsewhere, with its events, in one revision and without an `ingest-update`; the row's id.
Result<std::int64_t> insert_ended_ingest(Connection& db, std::int64_t bag, const Ingest& ingest,
                                         const std::vector<IngestEvent>& events);
/// SaveIngest as the port has it: conditional on the revision, with events, history and `ingest-update`.
Result<void> save_ingest(Connection& db, const SaveIngest& save, Instant now);
Result<void> append_update(Connection& db, std::int64_t ingest, std::int64_t revision, const std::string& id,
                           Instant now);

Result<std::vector<StepRecord>> steps_of_row(Connection& db, std::int64_t ingest, int run);
Result<void> save_step(Connection& db, std::int64_t ingest, int run, const StepRecord& step);
Result<void> drop_step(Connection& db, std::int64_t ingest, int run, const StepKey& key);
/// False when there is no such step.
Result<bool> save_progress(Connection& db, std::int64_t ingest, int run, const StepKey& key, const Progress& progress);

/// Of all runs, in the order in which they began.
Result<std::vector<RunStep>> run_steps_of_row(Connection& db, std::int64_t ingest);

Result<std::optional<VersionRow>> find_version_row(Connection& db, std::int64_t bag, Version version);
Result<std::optional<VersionRow>> latest_registered(Connection& db, std::int64_t bag);
/// The latest registered one, the highest number, and all of `ingest`; by number.
Result<std::vector<VersionRow>> versions_in_view(Connection& db, std::int64_t bag, std::int64_t ingest);
Result<void> save_version(Connection& db, std::int64_t bag, const VersionRow& row);
Result<void> release_version(Connection& db, std::int64_t bag, const IngestId& ingest, Version version);

/// A small fact of the installation; nothing when it was never remembered.
Result<std::optional<std::string>> find_fact(Connection& db, std::string_view name);
/// Of the last outgoing event that was ever appended; 0 before the first.
Result<std::int64_t> last_sequence_given(Connection& db);

/// Appends to the audit log, behind its last record.
Result<void> append_audit(Connection& db, const Deed& deed);

/// JSON array of texts, and back; Reason::corrupt for anything else.
std::string encode_texts(const std::vector<std::string>& texts);
Result<std::vector<std::string>> decode_texts(const std::string& json);

/// A row that cannot be what this program wrote.
Error bad_row(std::string_view table, std::string_view what);

}  // namespace strongroom::sqlite
