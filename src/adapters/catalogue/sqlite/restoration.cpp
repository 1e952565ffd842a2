// A catalogue put together again from what a location holds.
#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

Result<bool> has_ingests(Connection& db) {
  Statement row = db.query("SELECT 1 FROM ingest LIMIT 1");
  return row.step();
}

Error in_use(std::string what) { return rejected(std::move(what), {}, Reason::conflict); }

Result<std::int64_t> bag_of(Connection& db, const Ingest& ingest) {
  const BagId& id = ingest.request.bag;
  TRY(const auto bag, find_bag(db, id));
  if (!bag) {
    TRY_VOID(db.run("INSERT INTO bag (space, external_identifier, latest_created) VALUES (?, ?, ?)", id.space.str(),
                    id.external_identifier.str(), ingest.created));
    return db.last_id();
  }
  const Instant latest = std::max(ingest.created, bag->latest_created.value_or(ingest.created));
  TRY_VOID(db.run("UPDATE bag SET latest_created = ? WHERE id = ?", latest, bag->row));
  return bag->row;
}

}  // namespace

Result<void> SqliteCatalogue::begin_restoration(const std::string& location_uuid, std::int64_t sequence) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const auto from, find_fact(db, kRestorationFrom));
    TRY(const auto ended, find_fact(db, kRestorationEnded));
    if (ended) return in_use("the catalogue was rebuilt before and is in service: a rebuild begins with none");
    if (from == location_uuid) return {};
    if (from) return in_use("the catalogue is being rebuilt from another location, whose uuid is " + *from);
    TRY(const bool used, has_ingests(db));
    if (used) return in_use("the catalogue holds ingests: a rebuild begins with none");
    TRY_VOID(db.run("INSERT INTO fact (name, value) VALUES (?, ?)", kRestorationFrom, location_uuid));
    TRY_VOID(db.run("DELETE FROM sqlite_sequence WHERE name = 'outgoing'"));
    return db.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('outgoing', ?)", sequence);
  });
}

Result<void> SqliteCatalogue::restore(const RestoredVersion& version) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t bag, bag_of(db, version.ingest));
    TRY(const auto stored, find_version_row(db, bag, version.row.version));
    if (stored) {
      if (*stored == version.row) return {};
      return in_use("another version has this number already");
    }
    TRY(const auto known, find_ingest_row(db, version.ingest.id));
    if (known) return in_use("two versions came of the ingest " + version.ingest.id.str());
    TRY([[maybe_unused]] const std::int64_t row, insert_ended_ingest(db, bag, version.ingest, version.events));
    return save_version(db, bag, version.row);
  });
}

Result<void> SqliteCatalogue::end_restoration(const Deed& deed) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY_VOID(db.run("INSERT INTO fact (name, value) VALUES (?, '1') ON CONFLICT (name) DO NOTHING", kRestorationEnded));
    return append_audit(db, deed);
  });
}

}  // namespace strongroom::sqlite
