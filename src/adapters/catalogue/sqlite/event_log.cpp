// The outgoing events as rows: read with what an `ingest-update` was then, emitted again, and dropped when they are
// old.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"
#include "domain/documents.hpp"

#define STRONGROOM_OUTGOING                                                                                           \
  "SELECT o.sequence, o.id, o.time, i.uuid, o.revision, o.kind, o.space, o.body, b.space, o.reindex FROM outgoing o " \
  "LEFT JOIN ingest i ON i.id = o.ingest LEFT JOIN bag b ON b.id = i.bag WHERE o.sequence > ? ORDER BY o.sequence "   \
  "LIMIT ?"

namespace strongroom::sqlite {
namespace {

constexpr std::string_view kUpdate = "ingest-update";

Result<OutgoingEvent> read_outgoing(const Statement& row) {
  OutgoingEvent event;
  event.sequence = row.integer(0);
  event.id = row.text(1);
  event.time = row.instant(2);
  if (row.is_null(3)) {
    event.kind = row.text(5);
    event.space = row.text(6);
    event.body = row.text(7);
    event.reindex = row.boolean(9);
    return event;
  }
  event.kind = kUpdate;
  event.ingest = IngestId::parse(row.text(3));
  if (!event.ingest) return bad_row("outgoing", "ingest");
  event.revision = row.integer(4);
  event.space = row.text(8);
  return event;
}

bool passes(const Statement& row, const EventFilter& filter) {
  const bool update = !row.is_null(3);
  return filter.passes(update ? std::string(kUpdate) : row.text(5), row.text(update ? 8 : 6));
}

Result<std::vector<IngestEvent>> first_events(Connection& db, std::int64_t ingest, std::int64_t count) {
  Statement row = db.query(
      "SELECT created, description FROM ingest_event WHERE ingest = ? AND number <= ? ORDER BY number", ingest, count);
  std::vector<IngestEvent> events;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return events;
    events.push_back({row.instant(0), row.text(1)});
  }
}

/// The ingest as that revision left it. What a document does not show is as it is now.
Result<IngestThen> ingest_then(Connection& db, const IngestId& id, std::int64_t revision) {
  TRY(StoredIngest stored, ingest_row(db, id));
  Statement row = db.query(
      "SELECT status, retrying, version, callback_status, last_modified, event_count FROM ingest_revision WHERE ingest "
      "= ? AND revision = ?",
      stored.row, revision);
  TRY(const bool found, row.step());
  const auto status = found ? parse_status(row.text(0)) : std::nullopt;
  if (!status) return bad_row("ingest_revision", "revision or status");
  Ingest& ingest = stored.ingest;
  ingest.status = *status;
  ingest.retrying = row.boolean(1);
  ingest.version.reset();
  if (const auto number = row.integer_or_null(2)) ingest.version = Version(*number);
  if (ingest.callback) {
    const auto callback = parse_callback_status(row.text(3));
    if (!callback) return bad_row("ingest_revision", "callback_status");
    ingest.callback->status = *callback;
  }
  ingest.last_modified = row.instant_or_null(4);
  ingest.revision = revision;
  TRY(std::vector<IngestEvent> events, first_events(db, stored.row, row.integer(5)));
  return IngestThen{std::move(ingest), std::move(events)};
}

/// The events alone, before their history is looked up.
Result<EventPage> read_page(Connection& db, std::int64_t after, const EventFilter& filter, std::size_t limit,
                            std::size_t look) {
  EventPage page;
  page.looked_at = after;
  // One more than is looked at tells whether there are any behind it.
  Statement row = db.query(STRONGROOM_OUTGOING, after, look + 1);
  while (true) {
    TRY(const bool found, row.step());
    if (!found) return page;
    page.more = page.events.size() == limit || page.looked == look;
    if (page.more) return page;
    ++page.looked;
    page.looked_at = row.integer(0);
    if (!passes(row, filter)) continue;
    TRY(OutgoingEvent event, read_outgoing(row));
    page.events.push_back({std::move(event), {}});
  }
}

// ---- reindexing -----------------------------------------------------------------------------------------------------

/// A row of `reindex`.
struct Job {
  std::int64_t row = 0;
  std::string uuid;
  std::optional<std::string> space;
  std::optional<std::string> identifier;
  std::uint64_t emitted = 0;
  std::string at_space;
  std::string at_identifier;
  std::int64_t at_number = 0;
};

Result<std::optional<Job>> oldest_job(Connection& db) {
  Statement row = db.query(
      "SELECT id, uuid, space, external_identifier, emitted, at_space, at_identifier, at_number FROM reindex WHERE "
      "ended = 0 ORDER BY id LIMIT 1");
  TRY(const bool found, row.step());
  if (!found) return std::optional<Job>();
  return std::optional(Job{row.integer(0), row.text(1), row.text_or_null(2), row.text_or_null(3), row.count(4),
                           row.text(5), row.text(6), row.integer(7)});
}

#define STRONGROOM_REINDEXED                                                                                       \
  "SELECT b.space, b.external_identifier, v.number FROM bag b CROSS JOIN version v ON v.bag = b.id AND v.state = " \
  "'registered' WHERE "
#define STRONGROOM_IN_ORDER " ORDER BY b.space, b.external_identifier, v.number LIMIT ?4"

/// The next ones behind the job's place. One query for each kind of scope, so that an index has them in their order.
Statement next_versions(Connection& db, const Job& job, std::size_t limit) {
  if (job.identifier) {
    return db.query(STRONGROOM_REINDEXED
                    "b.space = ?1 AND b.external_identifier = ?2 AND v.number > ?3" STRONGROOM_IN_ORDER,
                    *job.space, *job.identifier, job.at_number, limit);
  }
  if (job.space) {
    return db.query(STRONGROOM_REINDEXED
                    "b.space = ?1 AND b.external_identifier >= ?2 AND (b.external_identifier > ?2 OR v.number > "
                    "?3)" STRONGROOM_IN_ORDER,
                    *job.space, job.at_identifier, job.at_number, limit);
  }
  return db.query(STRONGROOM_REINDEXED
                  "(b.space, b.external_identifier) >= (?1, ?2) AND (b.space > ?1 OR b.external_identifier > ?2 OR "
                  "v.number > ?3)" STRONGROOM_IN_ORDER,
                  job.at_space, job.at_identifier, job.at_number, limit);
}

Result<std::vector<std::pair<BagId, Version>>> read_versions(Statement row) {
  std::vector<std::pair<BagId, Version>> versions;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return versions;
    TRY(Space space, Space::parse(row.text(0)));
    TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(row.text(1)));
    versions.emplace_back(BagId{std::move(space), std::move(identifier)}, Version(row.integer(2)));
  }
}

Result<std::uint64_t> one_count(Statement row) {
  TRY(const bool found, row.step());
  return found ? row.count(0) : 0;
}

Result<std::uint64_t> count_in_scope(Connection& db, const ReindexScope& scope) {
  if (!scope.space) return one_count(db.query("SELECT count(*) FROM version WHERE state = 'registered'"));
  if (!scope.external_identifier) {
    return one_count(db.query(
        "SELECT count(*) FROM bag b CROSS JOIN version v ON v.bag = b.id AND v.state = 'registered' WHERE b.space = ?",
        scope.space->str()));
  }
  const BagId id{*scope.space, *scope.external_identifier};
  TRY(const auto bag, find_bag(db, id));
  TRY(const std::uint64_t count,
      one_count(db.query("SELECT count(*) FROM version WHERE bag = ? AND state = 'registered'",
                         bag ? std::optional(bag->row) : std::nullopt)));
  if (count == 0) return rejected("no version of the bag is registered", id.str(), Reason::not_found);
  return count;
}

}  // namespace

Result<std::int64_t> last_sequence_given(Connection& db) {
  Statement row = db.query("SELECT seq FROM sqlite_sequence WHERE name = 'outgoing'");
  TRY(const bool found, row.step());
  return found ? row.integer(0) : 0;
}

Result<std::vector<OutgoingEvent>> SqliteCatalogue::outgoing_after(std::int64_t sequence, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<OutgoingEvent>> {
    Statement row = db.query(STRONGROOM_OUTGOING, sequence, limit);
    std::vector<OutgoingEvent> events;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return events;
      TRY(OutgoingEvent event, read_outgoing(row));
      events.push_back(std::move(event));
    }
  });
}

Result<EventPage> SqliteCatalogue::events_after(std::int64_t after, const EventFilter& filter, std::size_t limit,
                                                std::size_t look) {
  return database_->read([&](Connection& db) -> Result<EventPage> {
    TRY(EventPage page, read_page(db, after, filter, limit, look));
    for (LoggedEvent& logged : page.events) {
      if (!logged.event.ingest) continue;
      TRY(logged.then, ingest_then(db, *logged.event.ingest, logged.event.revision));
    }
    return page;
  });
}

Result<std::int64_t> SqliteCatalogue::last_sequence() {
  return database_->read([](Connection& db) { return last_sequence_given(db); });
}

Result<std::uint64_t> SqliteCatalogue::begin_reindex(const NewReindex& reindex) {
  const ReindexScope& scope = reindex.scope;
  CHECK(scope.space || !scope.external_identifier);
  auto begun = database_->write([&](Connection& db) -> Result<std::uint64_t> {
    TRY(const std::uint64_t count, count_in_scope(db, scope));
    TRY_VOID(db.run(
        "INSERT INTO reindex (uuid, space, external_identifier, requested, bag_versions, ended) VALUES (?, ?, ?, ?, ?, "
        "?)",
        reindex.id, scope.space ? std::optional(scope.space->str()) : std::nullopt,
        scope.external_identifier ? std::optional(scope.external_identifier->str()) : std::nullopt, reindex.now, count,
        count == 0));
    TRY_VOID(append_audit(db, reindex.deed));
    return count;
  });
  if (begun) ring(News::reindexes);
  return begun;
}

Result<std::optional<ReindexBatch>> SqliteCatalogue::continue_reindex(Instant now,
                                                                      const std::vector<std::string>& ids) {
  CHECK(!ids.empty());
  // Nearly always there is none: what finds nothing does not take the writer.
  TRY(const auto any, database_->read([](Connection& db) { return oldest_job(db); }));
  if (!any) return std::optional<ReindexBatch>();
  auto done = database_->write([&](Connection& db) -> Result<std::optional<ReindexBatch>> {
    TRY(const auto job, oldest_job(db));
    if (!job) return std::optional<ReindexBatch>();
    TRY(const auto versions, read_versions(next_versions(db, *job, ids.size())));
    ReindexBatch batch{job->uuid, versions.size(), job->emitted + versions.size(), versions.size() < ids.size()};
    for (std::size_t i = 0; i < versions.size(); ++i) {
      const auto& [bag, version] = versions[i];
      TRY_VOID(
          db.run("INSERT INTO outgoing (id, time, kind, space, body, reindex) VALUES (?, ?, 'registered-bag', ?, "
                 "?, 1)",
                 ids[i], now, bag.space.str(), registered_bag_body(bag, version)));
    }
    if (!versions.empty()) {
      const auto& [bag, version] = versions.back();
      TRY_VOID(db.run("UPDATE reindex SET at_space = ?, at_identifier = ?, at_number = ? WHERE id = ?", bag.space.str(),
                      bag.external_identifier.str(), version.number(), job->row));
    }
    TRY_VOID(db.run("UPDATE reindex SET emitted = ?, ended = ? WHERE id = ?", batch.in_all, batch.ended, job->row));
    return std::optional(std::move(batch));
  });
  if (done) ring(News::events);
  return done;
}

Result<std::uint64_t> SqliteCatalogue::drop_updates(Instant instant, std::size_t limit) {
  return database_->write([&](Connection& db) -> Result<std::uint64_t> {
    TRY_VOID(db.run(
        "DELETE FROM outgoing WHERE sequence IN (SELECT sequence FROM outgoing WHERE ingest IS NOT NULL AND time "
        "< ? ORDER BY time LIMIT ?)",
        instant, limit));
    return static_cast<std::uint64_t>(db.changes());
  });
}

Result<std::uint64_t> SqliteCatalogue::drop_transfer_updates(Instant instant, std::size_t limit) {
  return database_->write([&](Connection& db) -> Result<std::uint64_t> {
    TRY_VOID(db.run(
        "DELETE FROM outgoing WHERE sequence IN (SELECT sequence FROM outgoing WHERE kind IN ('transfer-update', "
        "'operator-alert') AND time < ? ORDER BY time LIMIT ?)",
        instant, limit));
    return static_cast<std::uint64_t>(db.changes());
  });
}

}  // namespace strongroom::sqlite
