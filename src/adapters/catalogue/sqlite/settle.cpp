// settle: a bounded list of writes in one transaction, under a fence.
#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

/// Carries out one write of a settle after the other.
class Writer {
 public:
  Writer(Connection& db, const Settle& settle, std::int64_t bag, std::int64_t ingest)
      : db_(db), settle_(settle), bag_(bag), ingest_(ingest) {}

  Result<void> operator()(const SaveIngest& write) {
    TRY(const StoredIngest stored, ingest_row(db_, write.ingest.id));
    if (stored.bag != bag_) return broken("the ingest is not of this bag", write.ingest.id.str(), Reason::not_found);
    return save_ingest(db_, write, settle_.now);
  }
  Result<void> operator()(const SaveStep& write) { return save_step(db_, ingest_, settle_.run, write.step); }
  Result<void> operator()(const DropStep& write) { return drop_step(db_, ingest_, settle_.run, write.key); }
  Result<void> operator()(const SaveVersion& write) { return save_version(db_, bag_, write.row); }
  Result<void> operator()(const ReleaseVersion& write) {
    return release_version(db_, bag_, settle_.ingest, write.version);
  }
  Result<void> operator()(const AppendOutgoing& write) {
    return db_.run("INSERT INTO outgoing (id, time, kind, space, body) VALUES (?, ?, ?, ?, ?)", write.id, settle_.now,
                   write.kind, write.space, write.body);
  }
  Result<void> operator()(const QueueDelivery& write) {
    return db_.run("INSERT INTO delivery (uuid, ingest, run, url) VALUES (?, ?, ?, ?)", write.id, ingest_, settle_.run,
                   write.url);
  }
  Result<void> operator()(const RecordDeed& write) { return append_audit(db_, write.deed); }

 private:
  Connection& db_;
  const Settle& settle_;
  std::int64_t bag_;
  std::int64_t ingest_;
};

template <class Kind>
bool any_of(const std::vector<Write>& writes) {
  return std::ranges::any_of(writes, [](const Write& write) { return std::holds_alternative<Kind>(write); });
}

Result<void> dispose(Connection& db, std::int64_t bag, const Settle& settle) {
  switch (settle.afterwards) {
    case Afterwards::keep:
      return {};
    case Afterwards::park:
      CHECK(settle.due.has_value());
      return db.run("UPDATE bag SET lease = ?, due = ? WHERE id = ?", kParked, *settle.due, bag);
    case Afterwards::release:
      return db.run("UPDATE bag SET lease = ?, adopt = 0, due = NULL WHERE id = ?", kFree, bag);
  }
  return {};
}

}  // namespace

Result<void> SqliteCatalogue::settle(const Settle& settle) {
  auto settled = database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t bag, check_lease(db, settle.lease));
    TRY(const StoredIngest ingest, ingest_row(db, settle.ingest));
    if (ingest.bag != bag) return broken("the ingest is not of this bag", settle.ingest.str(), Reason::not_found);
    Writer writer(db, settle, bag, ingest.row);
    for (const Write& write : settle.writes) TRY_VOID(std::visit(writer, write));
    TRY_VOID(refresh_turn(db, bag, ingest.row));
    return dispose(db, bag, settle);
  });
  if (!settled) return settled;
  if (settle.afterwards != Afterwards::keep) ring(News::bags);
  if (any_of<QueueDelivery>(settle.writes)) ring(News::deliveries);
  if (any_of<SaveIngest>(settle.writes) || any_of<AppendOutgoing>(settle.writes)) ring(News::events);
  return settled;
}

Result<void> SqliteCatalogue::report_progress(const Lease& lease, const IngestId& ingest, int run, const StepKey& step,
                                              const Progress& progress) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t bag, check_lease(db, lease));
    TRY(const StoredIngest stored, ingest_row(db, ingest));
    if (stored.bag != bag) return broken("the ingest is not of this bag", ingest.str(), Reason::not_found);
    TRY(const bool known, save_progress(db, stored.row, run, step, progress));
    if (!known) return temporary("there is no such step in this run", ingest.str(), Reason::conflict);
    return {};
  });
}

}  // namespace strongroom::sqlite
