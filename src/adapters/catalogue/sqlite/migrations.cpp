#include "adapters/catalogue/sqlite/migrations.hpp"

#include <array>
#include <string>

#include "adapters/catalogue/sqlite/database.hpp"

namespace strongroom::sqlite {
namespace {

constexpr std::array kCatalogue = {
#include "adapters/catalogue/sqlite/migrations/0001_catalogue.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0002_front_desk.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0003_events.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0004_subscriptions.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0005_sinks.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0006_restores.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0007_messages_aside.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0008_transfers.sql.inc"
    ,
#include "adapters/catalogue/sqlite/migrations/0009_damage.sql.inc"
};

constexpr std::array kSearch = {
#include "adapters/catalogue/sqlite/search_migrations/0001_search.sql.inc"
};

Result<std::int64_t> number(Connection& connection, std::string_view sql) {
  Statement statement = connection.query(sql);
  TRY(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Result<void> apply(Connection& connection, const Schema& schema, std::size_t index) {
  const std::string set_version = "PRAGMA user_version = " + std::to_string(index + 1) + ";";
  const std::string set_application = "PRAGMA application_id = " + std::to_string(schema.application) + ";";
  TRY_VOID(connection.run("BEGIN IMMEDIATE"));
  Result<void> applied = connection.run_script(schema.migrations[index]);
  if (applied) applied = connection.run_script(set_version.c_str());
  if (applied) applied = connection.run_script(set_application.c_str());
  if (applied) applied = connection.run("COMMIT");
  if (!applied) connection.roll_back();
  return applied;
}

}  // namespace

const Schema& catalogue_schema() {
  static const Schema kSchema{"catalogue", 0x53545247, kCatalogue};
  return kSchema;
}

const Schema& search_schema() {
  static const Schema kSchema{"search index", 0x53545246, kSearch};
  return kSchema;
}

Result<void> migrate(Connection& connection, const Schema& schema) {
  const std::string what(schema.name);
  TRY(const std::int64_t application, number(connection, "PRAGMA application_id"));
  TRY(const std::int64_t version, number(connection, "PRAGMA user_version"));
  TRY(const std::int64_t tables, number(connection, "SELECT count(*) FROM sqlite_schema"));
  if (application != schema.application && (application != 0 || version != 0 || tables != 0)) {
    return broken("this file is a database of another program, not a Strongroom " + what, {}, Reason::unsupported);
  }
  if (version > schema.version()) {
    return broken("the " + what + " was written by a newer version of Strongroom: its schema is " +
                      std::to_string(version) + ", this program knows up to " + std::to_string(schema.version()),
                  {}, Reason::unsupported);
  }
  Statement mode = connection.query("PRAGMA journal_mode = WAL");
  TRY(const bool row, mode.step());
  if (!row || mode.text(0) != "wal") {
    return broken("the " + what + "'s filesystem cannot hold a write-ahead log", {}, Reason::unsupported);
  }
  TRY_VOID(mode.run());
  for (auto index = static_cast<std::size_t>(version); index < schema.migrations.size(); ++index) {
    TRY_VOID(apply(connection, schema, index));
  }
  return {};
}

}  // namespace strongroom::sqlite
