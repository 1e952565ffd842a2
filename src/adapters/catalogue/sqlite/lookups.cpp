// What readers ask, and the small facts of the installation.
#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

Result<OutgoingEvent> read_outgoing(const Statement& row) {
  OutgoingEvent event;
  event.sequence = row.integer(0);
  event.id = row.text(1);
  event.time = row.instant(2);
  if (row.is_null(3)) {
    event.kind = row.text(5);
    event.space = row.text(6);
    event.body = row.text(7);
    return event;
  }
  event.kind = "ingest-update";
  event.ingest = IngestId::parse(row.text(3));
  if (!event.ingest) return bad_row("outgoing", "ingest");
  event.revision = row.integer(4);
  event.space = row.text(8);
  return event;
}

}  // namespace

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

Result<std::vector<OutgoingEvent>> SqliteCatalogue::outgoing_after(std::int64_t sequence, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<OutgoingEvent>> {
    Statement row = db.query(
        "SELECT o.sequence, o.id, o.time, i.uuid, o.revision, o.kind, o.space, o.body, b.space FROM outgoing o LEFT "
        "JOIN ingest i ON i.id = o.ingest LEFT JOIN bag b ON b.id = i.bag WHERE o.sequence > ? ORDER BY o.sequence "
        "LIMIT ?",
        sequence, limit);
    std::vector<OutgoingEvent> events;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return events;
      TRY(OutgoingEvent event, read_outgoing(row));
      events.push_back(std::move(event));
    }
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

Result<std::string> SqliteCatalogue::remember(const std::string& name, const std::string& value) {
  return database_->write([&](Connection& db) -> Result<std::string> {
    TRY_VOID(db.run("INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value));
    TRY(auto kept, find_fact(db, name));
    CHECK(kept.has_value());
    return std::move(*kept);
  });
}

}  // namespace strongroom::sqlite
