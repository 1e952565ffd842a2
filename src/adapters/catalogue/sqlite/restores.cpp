// Restores: what was asked for, and how far it has come.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

#define STRONGROOM_RESTORE                                                                                         \
  "SELECT uuid, space, external_identifier, version, location, created, client, state, files_total, files_asked, " \
  "files_ready, ready_by, expires, detail FROM restore "

Result<Restore> read_restore(const Statement& row) {
  TRY(Space space, Space::parse(row.text(1)));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(row.text(2)));
  const auto client = ClientId::parse(row.text(6));
  if (!client) return bad_row("restore", "client");
  const auto state = parse_restore_state(row.text(7));
  if (!state) return bad_row("restore", "state");
  return Restore{.id = row.text(0),
                 .bag = {std::move(space), std::move(identifier)},
                 .version = Version(row.integer(3)),
                 .location_uuid = row.text(4),
                 .created = row.instant(5),
                 .client = *client,
                 .state = *state,
                 .files_total = row.count(8),
                 .files_asked = row.count(9),
                 .files_ready = row.count(10),
                 .ready_by = row.instant_or_null(11),
                 .expires = row.instant_or_null(12),
                 .detail = row.text(13)};
}

Result<std::optional<Restore>> first_of(Statement row) {
  TRY(const bool found, row.step());
  if (!found) return std::optional<Restore>();
  TRY(Restore restore, read_restore(row));
  return std::optional(std::move(restore));
}

}  // namespace

Result<Restore> SqliteCatalogue::add_restore(const Restore& restore, const Deed& deed) {
  return database_->write([&](Connection& db) -> Result<Restore> {
    const std::string& space = restore.bag.space.str();
    const std::string& identifier = restore.bag.external_identifier.str();
    TRY(auto open, first_of(db.query(STRONGROOM_RESTORE "WHERE location = ? AND space = ? AND external_identifier = ? "
                                                        "AND version = ? AND state <> 'ended'",
                                     restore.location_uuid, space, identifier, restore.version.number())));
    if (open) return std::move(*open);
    TRY_VOID(db.run(
        "INSERT INTO restore (uuid, space, external_identifier, version, location, created, client, state, "
        "files_total, files_asked, files_ready, ready_by, expires, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?)",
        restore.id, space, identifier, restore.version.number(), restore.location_uuid, restore.created,
        restore.client.str(), name_of(restore.state), restore.files_total, restore.files_asked, restore.files_ready,
        restore.ready_by, restore.expires, restore.detail));
    TRY_VOID(append_audit(db, deed));
    return restore;
  });
}

Result<std::optional<Restore>> SqliteCatalogue::find_restore(const std::string& id) {
  return database_->read([&](Connection& db) { return first_of(db.query(STRONGROOM_RESTORE "WHERE uuid = ?", id)); });
}

Result<std::vector<Restore>> SqliteCatalogue::open_restores(const std::string& location_uuid) {
  return database_->read([&](Connection& db) -> Result<std::vector<Restore>> {
    Statement row = db.query(STRONGROOM_RESTORE "WHERE location = ? AND state <> 'ended' ORDER BY id", location_uuid);
    std::vector<Restore> open;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return open;
      TRY(Restore restore, read_restore(row));
      open.push_back(std::move(restore));
    }
  });
}

Result<void> SqliteCatalogue::save_restore(const Restore& restore) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY_VOID(
        db.run("UPDATE restore SET state = ?, files_asked = ?, files_ready = ?, ready_by = ?, expires = ?, "
               "detail = ? WHERE uuid = ?",
               name_of(restore.state), restore.files_asked, restore.files_ready, restore.ready_by, restore.expires,
               restore.detail, restore.id));
    if (db.changes() == 0) return broken("there is no such restore", restore.id, Reason::not_found);
    return {};
  });
}

}  // namespace strongroom::sqlite
