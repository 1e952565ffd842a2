// What readers ask, and the small facts of the installation.
#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {

Result<std::optional<std::string>> find_fact(Connection& db, std::string_view name) {
  Statement row = db.query("SELECT value FROM fact WHERE name = ?", name);
  TRY(const bool found, row.step());
  if (!found) return std::optional<std::string>();
  return std::optional(row.text(0));
}

SqliteCatalogue::SqliteCatalogue(std::unique_ptr<Database> database, Clock& clock, Owners& owners, LeaseTimes times)
    : database_(std::move(database)), clock_(clock), owners_(owners), times_(times) {}

SqliteCatalogue::~SqliteCatalogue() = default;

Result<std::unique_ptr<SqliteCatalogue>> open_sqlite_catalogue(const std::string& path, Clock& clock, Owners& owners,
                                                               LeaseTimes times) {
  TRY(auto database, Database::open(path));
  return std::make_unique<SqliteCatalogue>(std::move(database), clock, owners, times);
}

Result<void> SqliteCatalogue::checkpoint() { return database_->checkpoint(); }

Result<std::optional<Ingest>> SqliteCatalogue::find_ingest(const IngestId& id) {
  return database_->read([&](Connection& db) -> Result<std::optional<Ingest>> {
    TRY(auto stored, find_ingest_row(db, id));
    if (!stored) return std::optional<Ingest>();
    return std::optional(std::move(stored->ingest));
  });
}

Result<std::vector<IngestEvent>> SqliteCatalogue::events_of(const IngestId& id) {
  return database_->read([&](Connection& db) -> Result<std::vector<IngestEvent>> {
    TRY(const auto stored, find_ingest_row(db, id));
    if (!stored) return std::vector<IngestEvent>();
    return events_of_row(db, stored->row);
  });
}

Result<std::vector<StepRecord>> SqliteCatalogue::steps_of(const IngestId& id) {
  return database_->read([&](Connection& db) -> Result<std::vector<StepRecord>> {
    TRY(const auto stored, find_ingest_row(db, id));
    if (!stored) return std::vector<StepRecord>();
    return steps_of_row(db, stored->row, stored->ingest.run);
  });
}

Result<std::optional<VersionRow>> SqliteCatalogue::find_registered(const BagId& bag, std::optional<Version> version) {
  return database_->read([&](Connection& db) -> Result<std::optional<VersionRow>> {
    TRY(const auto known, find_bag(db, bag));
    if (!known) return std::optional<VersionRow>();
    if (!version) return latest_registered(db, known->row);
    TRY(auto row, find_version_row(db, known->row, *version));
    if (row && row->state != VersionState::registered) row.reset();
    return row;
  });
}

Result<std::vector<VersionRow>> SqliteCatalogue::versions_now(const BagId& bag) {
  return database_->read([&](Connection& db) -> Result<std::vector<VersionRow>> {
    TRY(const auto known, find_bag(db, bag));
    if (!known) return std::vector<VersionRow>();
    // No ingest has the row 0.
    return versions_in_view(db, known->row, 0);
  });
}

Result<std::vector<Ingest>> SqliteCatalogue::unfinished_needing_others(const std::vector<std::string>& uuids) {
  TRY(std::vector<Ingest> ingests, database_->read([](Connection& db) { return unfinished_with_locations(db); }));
  const auto known = [&uuids](const std::string& uuid) { return std::ranges::find(uuids, uuid) != uuids.end(); };
  std::erase_if(ingests, [&](const Ingest& ingest) { return std::ranges::all_of(ingest.location_uuids, known); });
  return ingests;
}

Result<std::optional<std::string>> SqliteCatalogue::recall(const std::string& name) {
  return database_->read([&](Connection& db) { return find_fact(db, name); });
}

Result<std::optional<std::string>> peek_fact(const std::string& path, const std::string& name) {
  TRY(const auto db, Connection::open(path, Connection::Mode::read));
  return find_fact(*db, name);
}

Result<std::string> SqliteCatalogue::remember(const std::string& name, const std::string& value, const Deed* deed) {
  return database_->write([&](Connection& db) -> Result<std::string> {
    TRY(auto known, find_fact(db, name));
    if (known) return std::move(*known);
    TRY_VOID(db.run("INSERT INTO fact (name, value) VALUES (?, ?)", name, value));
    if (deed != nullptr) TRY_VOID(append_audit(db, *deed));
    return value;
  });
}

}  // namespace strongroom::sqlite
