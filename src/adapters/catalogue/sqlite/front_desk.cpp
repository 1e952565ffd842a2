// Lists, figures and ledgers: what the front desk is asked.
#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

/// The conditions of a filter as values to bind; what lets everything through is null.
struct Conditions {
  Instant below_created;
  std::string below_id;
  std::optional<Instant> from;
  std::optional<Instant> before;
  std::optional<std::string> spaces;  ///< JSON array
};

Conditions conditions_of(const IngestFilter& filter, const std::optional<ListPlace>& after) {
  Conditions conditions{Instant::max(), {}, filter.created_from, filter.created_before, {}};
  if (after) {
    conditions.below_created = after->created;
    conditions.below_id = after->ingest.str();
  }
  if (filter.allowed_spaces) conditions.spaces = encode_texts(*filter.allowed_spaces);
  return conditions;
}

#define STRONGROOM_LISTED                                                                                          \
  "(i.created, i.uuid) < (?1, ?2) AND (?3 IS NULL OR i.created >= ?3) AND (?4 IS NULL OR i.created < ?4) AND "     \
  "(?5 IS NULL OR b.space IN (SELECT value FROM json_each(?5))) AND (?6 IS NULL OR b.space = ?6) AND (?7 IS NULL " \
  "OR b.external_identifier = ?7) "
#define STRONGROOM_NEWEST_FIRST "ORDER BY i.created DESC, i.uuid DESC LIMIT ?8"

/// Those of one status: an index has them in the order of the list.
Result<std::vector<Ingest>> list_of_status(Connection& db, const IngestFilter& filter, const Conditions& conditions,
                                           std::size_t limit, Status status) {
  return read_ingests(db.query(STRONGROOM_INGEST_COLUMNS
                               "WHERE i.status = ?9 AND " STRONGROOM_LISTED STRONGROOM_NEWEST_FIRST,
                               conditions.below_created, conditions.below_id, conditions.from, conditions.before,
                               conditions.spaces, filter.space, filter.external_identifier, limit, name_of(status)));
}

/// Those of one bag, of any status.
Result<std::vector<Ingest>> list_of_bag(Connection& db, const IngestFilter& filter, const Conditions& conditions,
                                        std::size_t limit) {
  return read_ingests(
      db.query(STRONGROOM_INGEST_COLUMNS
               "WHERE i.bag = (SELECT id FROM bag WHERE space = ?6 AND external_identifier = ?7) AND " STRONGROOM_LISTED
                   STRONGROOM_NEWEST_FIRST,
               conditions.below_created, conditions.below_id, conditions.from, conditions.before, conditions.spaces,
               filter.space, filter.external_identifier, limit));
}

Result<std::vector<Ingest>> list_all(Connection& db, const IngestFilter& filter, const Conditions& conditions,
                                     std::size_t limit) {
  return read_ingests(db.query(STRONGROOM_INGEST_COLUMNS "WHERE " STRONGROOM_LISTED STRONGROOM_NEWEST_FIRST,
                               conditions.below_created, conditions.below_id, conditions.from, conditions.before,
                               conditions.spaces, filter.space, filter.external_identifier, limit));
}

Result<std::uint64_t> count(Connection& db, std::string_view sql) {
  Statement row = db.query(sql);
  TRY(const bool found, row.step());
  return found ? row.count(0) : 0;
}

Result<void> count_statuses(Connection& db, Tally& tally) {
  Statement row = db.query("SELECT status, count(*) FROM ingest GROUP BY status");
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return {};
    const auto status = parse_status(row.text(0));
    if (!status) return bad_row("ingest", "status");
    tally.ingests.at(static_cast<std::size_t>(*status)) = row.count(1);
  }
}

}  // namespace

Result<std::vector<Ingest>> SqliteCatalogue::list_ingests(const IngestFilter& filter, std::optional<ListPlace> after,
                                                          std::size_t limit) {
  const Conditions conditions = conditions_of(filter, after);
  return database_->read([&](Connection& db) -> Result<std::vector<Ingest>> {
    const bool one_bag = filter.space && filter.external_identifier;
    if (filter.statuses.empty()) {
      return one_bag ? list_of_bag(db, filter, conditions, limit) : list_all(db, filter, conditions, limit);
    }
    std::vector<Ingest> merged;
    for (const Status status : filter.statuses) {
      TRY(std::vector<Ingest> some, list_of_status(db, filter, conditions, limit, status));
      std::ranges::move(some, std::back_inserter(merged));
    }
    std::ranges::sort(merged, [](const Ingest& left, const Ingest& right) {
      return std::pair(left.created, left.id.str()) > std::pair(right.created, right.id.str());
    });
    if (merged.size() > limit) merged.erase(merged.begin() + static_cast<std::ptrdiff_t>(limit), merged.end());
    return merged;
  });
}

Result<VersionPage> SqliteCatalogue::list_versions(const BagId& bag, std::optional<Version> before, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<VersionPage> {
    VersionPage page;
    TRY(const auto known, find_bag(db, bag));
    if (!known) return page;
    Statement latest = db.query("SELECT max(number) FROM version WHERE bag = ? AND state = 'registered'", known->row);
    TRY([[maybe_unused]] const bool one, latest.step());
    if (latest.is_null(0)) return page;
    page.latest = Version(latest.integer(0));
    // Two columns only: the sparse index in a row may be large.
    Statement row = db.query(
        "SELECT number, created FROM version WHERE bag = ?1 AND state = 'registered' AND (?2 IS NULL OR number < ?2) "
        "ORDER BY number DESC LIMIT ?3",
        known->row, before ? std::optional(before->number()) : std::nullopt, limit);
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return page;
      page.versions.push_back({Version(row.integer(0)), row.instant(1)});
    }
  });
}

Result<std::vector<RunStep>> SqliteCatalogue::run_steps_of(const IngestId& id) {
  return database_->read([&](Connection& db) -> Result<std::vector<RunStep>> {
    TRY(const auto stored, find_ingest_row(db, id));
    if (!stored) return std::vector<RunStep>();
    return run_steps_of_row(db, stored->row);
  });
}

Result<std::vector<Version>> SqliteCatalogue::left_over_of(const IngestId& id) {
  return database_->read([&](Connection& db) -> Result<std::vector<Version>> {
    Statement row = db.query(
        "SELECT v.number FROM version v JOIN ingest i ON i.id = v.ingest WHERE i.uuid = ? AND v.state = 'left-over' "
        "ORDER BY v.number",
        id.str());
    std::vector<Version> versions;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return versions;
      const auto version = Version::parse("v" + std::to_string(row.integer(0)));
      if (!version) return bad_row("version", "number");
      versions.push_back(*version);
    }
  });
}

Result<Tally> SqliteCatalogue::tally() {
  return database_->read([](Connection& db) -> Result<Tally> {
    Tally tally;
    TRY_VOID(count_statuses(db, tally));
    TRY(tally.retrying, count(db, "SELECT count(*) FROM ingest WHERE has_work = 1 AND retrying = 1"));
    TRY(tally.left_over_versions, count(db, "SELECT count(*) FROM version WHERE state = 'left-over'"));
    TRY(tally.pending_deliveries, count(db, "SELECT count(*) FROM delivery WHERE state <> 2"));
    TRY(tally.last_sequence, last_sequence_given(db));
    Statement oldest = db.query("SELECT min(created) FROM ingest WHERE has_work = 1");
    TRY(const bool found, oldest.step());
    if (found) tally.oldest_unfinished = oldest.instant_or_null(0);
    return tally;
  });
}

Result<std::vector<StuckIngest>> SqliteCatalogue::stuck_since(Instant before, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<StuckIngest>> {
    TRY(const std::vector<Ingest> ingests,
        read_ingests(db.query(STRONGROOM_INGEST_COLUMNS
                              "WHERE i.has_work = 1 AND coalesce(i.last_modified, i.created) < ? ORDER BY "
                              "coalesce(i.last_modified, i.created), i.id LIMIT ?",
                              before, limit)));
    std::vector<StuckIngest> stuck;
    for (const Ingest& ingest : ingests) {
      stuck.push_back({ingest.id, ingest.request.bag, ingest.last_modified.value_or(ingest.created)});
    }
    return stuck;
  });
}

Result<std::uint64_t> SqliteCatalogue::forget_keys(Instant instant) {
  return database_->write([&](Connection& db) -> Result<std::uint64_t> {
    TRY_VOID(db.run("DELETE FROM idempotency WHERE created < ?", instant));
    return static_cast<std::uint64_t>(db.changes());
  });
}

Result<void> SqliteCatalogue::enter_upload(const UploadEntry& upload, Instant now) {
  return database_->write([&](Connection& db) {
    return db.run("INSERT INTO upload (area, path, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", upload.area,
                  upload.path, now);
  });
}

Result<std::vector<UploadEntry>> SqliteCatalogue::spent_uploads(const std::string& area, Instant before,
                                                                std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<UploadEntry>> {
    // An upload area also serves requests of provider amazon-s3 (http-api.md 4.1).
    Statement row = db.query(
        "SELECT u.area, u.path FROM upload u WHERE u.area = ? AND EXISTS (SELECT 1 FROM ingest i WHERE i.bucket = "
        "u.area AND i.path = "
        "u.path AND i.provider IN ('filesystem', 'amazon-s3') AND i.status = 'succeeded') AND NOT EXISTS (SELECT 1 "
        "FROM ingest i WHERE i.bucket = u.area AND i.path = u.path AND i.provider IN ('filesystem', 'amazon-s3') AND "
        "(i.has_work = 1 OR i.last_modified >= ?)) LIMIT ?",
        area, before, limit);
    std::vector<UploadEntry> uploads;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return uploads;
      uploads.push_back({row.text(0), row.text(1)});
    }
  });
}

Result<void> SqliteCatalogue::strike_upload(const UploadEntry& upload) {
  return database_->write([&](Connection& db) {
    return db.run("DELETE FROM upload WHERE area = ? AND path = ?", upload.area, upload.path);
  });
}

}  // namespace strongroom::sqlite
