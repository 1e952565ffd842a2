// Known damage, a row for each file in each location.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"
#include "domain/layout.hpp"

namespace strongroom::sqlite {
namespace {

Result<Damage> read_damage(const Statement& row) {
  const auto sha256 = Digest::from_hex(Algorithm::sha256, row.text(3));
  if (!sha256) return bad_row("damaged_file", "sha256");
  return Damage{{row.text(0), row.text(1), row.count(2), *sha256}, row.text(4), row.instant(5)};
}

}  // namespace

Result<bool> SqliteCatalogue::note_damage(const Damage& damage) {
  const FileCopy& copy = damage.copy;
  const auto file = layout::parse_file_key(copy.key);
  if (!file) return broken("this is no file of a bag", copy.key);
  return database_->write([&](Connection& db) -> Result<bool> {
    TRY_VOID(
        db.run("INSERT INTO damaged_file (location, key, space, external_identifier, version, size, sha256, what, "
               "found) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
               copy.location_uuid, copy.key, file->bag.space.str(), file->bag.external_identifier.str(),
               file->version.number(), copy.size, copy.sha256.hex(), damage.what, damage.found));
    return db.changes() > 0;
  });
}

Result<bool> SqliteCatalogue::end_damage(const std::string& location_uuid, const std::string& key) {
  return database_->write([&](Connection& db) -> Result<bool> {
    TRY_VOID(db.run("DELETE FROM damaged_file WHERE location = ? AND key = ?", location_uuid, key));
    return db.changes() > 0;
  });
}

Result<bool> SqliteCatalogue::is_file_damaged(const std::string& location_uuid, const std::string& key) {
  return database_->read([&](Connection& db) -> Result<bool> {
    Statement row = db.query("SELECT 1 FROM damaged_file WHERE location = ? AND key = ?", location_uuid, key);
    return row.step();
  });
}

Result<bool> SqliteCatalogue::is_copy_damaged(const std::string& location_uuid, const BagId& bag, Version version) {
  return database_->read([&](Connection& db) -> Result<bool> {
    Statement row = db.query(
        "SELECT 1 FROM damaged_file WHERE space = ? AND external_identifier = ? AND location = ? AND version <= ? "
        "LIMIT 1",
        bag.space.str(), bag.external_identifier.str(), location_uuid, version.number());
    return row.step();
  });
}

Result<std::vector<Damage>> SqliteCatalogue::damage_in(const std::string& location_uuid, const std::string& after,
                                                       std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<Damage>> {
    Statement row = db.query(
        "SELECT location, key, size, sha256, what, found FROM damaged_file WHERE location = ? AND key > ? ORDER BY key "
        "LIMIT ?",
        location_uuid, after, static_cast<std::int64_t>(limit));
    std::vector<Damage> found;
    for (;;) {
      TRY(const bool more, row.step());
      if (!more) return found;
      TRY(Damage one, read_damage(row));
      found.push_back(std::move(one));
    }
  });
}

Result<std::uint64_t> SqliteCatalogue::count_damage(const std::string& location_uuid) {
  return database_->read([&](Connection& db) -> Result<std::uint64_t> {
    Statement row = db.query("SELECT count(*) FROM damaged_file WHERE location = ?", location_uuid);
    TRY_VOID(row.step());
    return row.count(0);
  });
}

}  // namespace strongroom::sqlite
