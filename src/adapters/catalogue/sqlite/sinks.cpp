// Sinks: a place in the event log each, and what was refused.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/database.hpp"

namespace strongroom::sqlite {
namespace {

Result<bool> has_refused(Connection& db, std::int64_t sink) {
  Statement row = db.query("SELECT 1 FROM refused_document WHERE sink = ? LIMIT 1", sink);
  return row.step();
}

Result<std::int64_t> sink_row(Connection& db, const std::string& name) {
  TRY_VOID(db.run("INSERT INTO sink (name) VALUES (?) ON CONFLICT DO NOTHING", name));
  Statement row = db.query("SELECT id FROM sink WHERE name = ?", name);
  TRY(const bool found, row.step());
  CHECK(found);
  return row.integer(0);
}

}  // namespace

Result<SinkState> SqliteCatalogue::sink_state(const std::string& sink) {
  return database_->read([&](Connection& db) -> Result<SinkState> {
    Statement row = db.query(
        "SELECT position, (SELECT count(*) FROM refused_document r WHERE r.sink = s.id) FROM sink s WHERE name = ?",
        sink);
    TRY(const bool found, row.step());
    return found ? SinkState{row.integer(0), row.count(1), true} : SinkState{};
  });
}

Result<void> SqliteCatalogue::settle_sink(const SinkSettle& settle) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t sink, sink_row(db, settle.sink));
    TRY_VOID(db.run("UPDATE sink SET position = ?1 WHERE id = ?2 AND position < ?1", settle.position, sink));
    // Most sinks never refuse anything: then there is nothing to strike, however much is taken.
    TRY(const bool may_be_struck, has_refused(db, sink));
    if (may_be_struck) {
      for (const DocumentKey& key : settle.taken) {
        TRY_VOID(db.run("DELETE FROM refused_document WHERE sink = ? AND target = ? AND document = ?", sink, key.index,
                        key.id));
      }
    }
    for (const RefusedDocument& one : settle.refused) {
      TRY_VOID(
          db.run("INSERT OR REPLACE INTO refused_document (sink, target, document, version, sequence, reason, "
                 "refused) VALUES (?, ?, ?, ?, ?, ?, ?)",
                 sink, one.key.index, one.key.id, one.version, one.sequence, one.reason, one.refused));
    }
    return {};
  });
}

Result<std::vector<RefusedDocument>> SqliteCatalogue::refused_documents(const std::string& sink,
                                                                        const DocumentKey& after, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<RefusedDocument>> {
    Statement row = db.query(
        "SELECT r.target, r.document, r.version, r.sequence, r.reason, r.refused FROM refused_document r JOIN sink s "
        "ON s.id = r.sink WHERE s.name = ? AND (r.target, r.document) > (?, ?) ORDER BY r.target, r.document LIMIT ?",
        sink, after.index, after.id, limit);
    std::vector<RefusedDocument> documents;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return documents;
      documents.push_back({{row.text(0), row.text(1)}, row.integer(2), row.integer(3), row.text(4), row.instant(5)});
    }
  });
}

}  // namespace strongroom::sqlite
