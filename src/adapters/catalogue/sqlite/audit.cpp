// The audit log as rows: one chain, appended inside the transaction of the deed.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {

Result<void> append_audit(Connection& db, const Deed& deed) {
  std::int64_t number = 0;
  std::string previous = audit_chain_start();
  {
    Statement last = db.query("SELECT number, sha256 FROM audit ORDER BY number DESC LIMIT 1");
    TRY(const bool found, last.step());
    if (found) {
      number = last.integer(0);
      previous = last.text(1);
    }
  }
  const AuditRecord record = audit_record(number + 1, deed, previous);
  return db.run("INSERT INTO audit (number, line, sha256) VALUES (?, ?, ?)", record.number, record.line, record.sha256);
}

Result<void> SqliteCatalogue::record(const Deed& deed) {
  return database_->write([&](Connection& db) { return append_audit(db, deed); });
}

Result<std::vector<AuditRecord>> SqliteCatalogue::audit_after(std::int64_t number, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<AuditRecord>> {
    Statement row =
        db.query("SELECT number, line, sha256 FROM audit WHERE number > ? ORDER BY number LIMIT ?", number, limit);
    std::vector<AuditRecord> records;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return records;
      records.push_back({row.integer(0), row.text(1), row.text(2)});
    }
  });
}

}  // namespace strongroom::sqlite
