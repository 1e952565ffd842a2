// Ingests, their history and their events as rows.
#include <boost/json.hpp>

#include "adapters/catalogue/sqlite/rows.hpp"
#include "base/json_text.hpp"

namespace strongroom::sqlite {
namespace {

Result<std::optional<Version>> version_of(const std::optional<std::int64_t>& number) {
  if (!number) return std::optional<Version>();
  const auto version = Version::parse("v" + std::to_string(*number));
  if (!version) return bad_row("ingest", "version");
  return version;
}

Result<IngestRequest> read_request(const Statement& row) {
  TRY(Space space, Space::parse(row.text(4)));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(row.text(5)));
  const auto type = parse_ingest_type(row.text(6));
  const auto provider = parse_provider(row.text(7));
  TRY(const auto expected, version_of(row.integer_or_null(11)));
  const auto client = ClientId::parse(row.text(12));
  if (!type || !provider || !client) return bad_row("ingest", "type, provider or client");
  return IngestRequest{*type,
                       BagId{std::move(space), std::move(identifier)},
                       SourceLocation{*provider, row.text(8), row.text(9)},
                       row.text_or_null(10),
                       expected,
                       *client};
}

Result<StoredIngest> read_ingest(const Statement& row) {
  const auto id = IngestId::parse(row.text(3));
  const auto request_id = RequestId::parse(row.text(14));
  const auto status = parse_status(row.text(16));
  if (!id || !request_id || !status) return bad_row("ingest", "uuid, request_id or status");
  TRY(IngestRequest request, read_request(row));
  Ingest ingest = new_ingest(*id, std::move(request), row.instant(13), *request_id);
  ingest.run = static_cast<int>(row.integer(15));
  ingest.status = *status;
  ingest.retrying = row.boolean(17);
  TRY(ingest.version, version_of(row.integer_or_null(18)));
  if (ingest.callback) {
    const auto callback = parse_callback_status(row.text(19));
    if (!callback) return bad_row("ingest", "callback_status");
    ingest.callback->status = *callback;
  }
  ingest.last_modified = row.instant_or_null(20);
  TRY(ingest.location_uuids, decode_texts(row.text(21)));
  ingest.revision = row.integer(22);
  return StoredIngest{row.integer(0), row.integer(1), row.integer(2), std::move(ingest)};
}

std::optional<std::int64_t> number_of(const std::optional<Version>& version) {
  if (!version) return std::nullopt;
  return version->number();
}

std::optional<std::string_view> callback_status_of(const Ingest& ingest) {
  if (!ingest.callback) return std::nullopt;
  return name_of(ingest.callback->status);
}

Result<void> append_revision(Connection& db, std::int64_t row, const Ingest& ingest, std::int64_t event_count) {
  return db.run(
      "INSERT INTO ingest_revision (ingest, revision, status, retrying, version, callback_status, last_modified, "
      "event_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row, ingest.revision, name_of(ingest.status), ingest.retrying, number_of(ingest.version),
      callback_status_of(ingest), ingest.last_modified, event_count);
}

Result<void> append_events(Connection& db, std::int64_t ingest, std::int64_t& number,
                           const std::vector<IngestEvent>& events) {
  for (const IngestEvent& event : events) {
    TRY_VOID(db.run("INSERT INTO ingest_event (ingest, number, created, description) VALUES (?, ?, ?, ?)", ingest,
                    ++number, event.created, event.description));
  }
  return {};
}

/// What was asked for is fixed for ever: only the rest is written.
Result<void> update_ingest(Connection& db, std::int64_t row, const Ingest& ingest, std::int64_t event_count) {
  TRY_VOID(
      db.run("UPDATE ingest SET request_id = ?, run = ?, status = ?, retrying = ?, version = ?, callback_status = ?, "
             "last_modified = ?, location_uuids = ?, has_work = ?, event_count = ?, revision = ? WHERE id = ?",
             ingest.request_id.str(), ingest.run, name_of(ingest.status), ingest.retrying, number_of(ingest.version),
             callback_status_of(ingest), ingest.last_modified, encode_texts(ingest.location_uuids), ingest.has_work(),
             event_count, ingest.revision, row));
  return append_revision(db, row, ingest, event_count);
}

}  // namespace

Error bad_row(std::string_view table, std::string_view what) {
  return broken("the catalogue holds a row that Strongroom did not write",
                std::string(table) + ": " + std::string(what), Reason::corrupt);
}

std::string encode_texts(const std::vector<std::string>& texts) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const std::string& text : texts) writer.text(text);
  writer.end_array();
  return json;
}

Result<std::vector<std::string>> decode_texts(const std::string& json) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_array()) return bad_row("a list of texts", json.substr(0, 60));
  std::vector<std::string> texts;
  for (const auto& item : value.get_array()) {
    if (!item.is_string()) return bad_row("a list of texts", json.substr(0, 60));
    texts.emplace_back(item.get_string());
  }
  return texts;
}

Result<std::optional<StoredIngest>> find_ingest_row(Connection& db, const IngestId& id) {
  Statement row = db.query(STRONGROOM_INGEST_COLUMNS "WHERE i.uuid = ?", id.str());
  TRY(const bool found, row.step());
  if (!found) return std::optional<StoredIngest>();
  TRY(StoredIngest stored, read_ingest(row));
  return std::optional(std::move(stored));
}

Result<StoredIngest> ingest_row(Connection& db, const IngestId& id) {
  TRY(auto stored, find_ingest_row(db, id));
  if (!stored) return broken("there is no such ingest", id.str(), Reason::not_found);
  return std::move(*stored);
}

Result<std::vector<Ingest>> read_ingests(Statement row) {
  std::vector<Ingest> ingests;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return ingests;
    TRY(StoredIngest stored, read_ingest(row));
    ingests.push_back(std::move(stored.ingest));
  }
}

Result<std::vector<Ingest>> unfinished_with_locations(Connection& db) {
  return read_ingests(
      db.query(STRONGROOM_INGEST_COLUMNS "WHERE i.has_work = 1 AND i.location_uuids <> '[]' ORDER BY i.created, i.id"));
}

Result<std::vector<IngestEvent>> events_of_row(Connection& db, std::int64_t ingest) {
  Statement row = db.query("SELECT created, description FROM ingest_event WHERE ingest = ? ORDER BY number", ingest);
  std::vector<IngestEvent> events;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return events;
    events.push_back({row.instant(0), row.text(1)});
  }
}

Result<std::int64_t> insert_ingest(Connection& db, std::int64_t bag, const Ingest& ingest) {
  const IngestRequest& request = ingest.request;
  TRY_VOID(
      db.run("INSERT INTO ingest (uuid, bag, type, provider, bucket, path, callback_url, expected_version, client, "
             "created, request_id, run, status, retrying, callback_status, location_uuids, has_work, event_count, "
             "revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', 1, 0, ?)",
             ingest.id.str(), bag, name_of(request.type), name_of(request.source.provider), request.source.bucket,
             request.source.path, request.callback_url, number_of(request.expected_version), request.client.str(),
             ingest.created, ingest.request_id.str(), ingest.run, name_of(ingest.status), ingest.retrying,
             callback_status_of(ingest), ingest.revision));
  const std::int64_t row = db.last_id();
  TRY_VOID(append_revision(db, row, ingest, 0));
  return row;
}

Result<std::int64_t> insert_ended_ingest(Connection& db, std::int64_t bag, const Ingest& ingest,
                                         const std::vector<IngestEvent>& events) {
  TRY(const std::int64_t row, insert_ingest(db, bag, ingest));
  std::int64_t number = 0;
  TRY_VOID(append_events(db, row, number, events));
  Ingest ended = ingest;
  ++ended.revision;
  TRY_VOID(update_ingest(db, row, ended, number));
  return row;
}

Result<void> append_update(Connection& db, std::int64_t ingest, std::int64_t revision, const std::string& id,
                           Instant now) {
  return db.run("INSERT INTO outgoing (id, time, ingest, revision) VALUES (?, ?, ?, ?)", id, now, ingest, revision);
}

Result<void> save_ingest(Connection& db, const SaveIngest& save, Instant now) {
  TRY(StoredIngest stored, ingest_row(db, save.ingest.id));
  if (stored.ingest.revision != save.ingest.revision) {
    return temporary("the ingest changed since it was read", save.ingest.id.str(), Reason::conflict);
  }
  if (!may_become(stored.ingest.status, save.ingest.status)) {
    return broken("an ingest that is " + std::string(name_of(stored.ingest.status)) + " cannot become " +
                      std::string(name_of(save.ingest.status)),
                  save.ingest.id.str(), Reason::conflict);
  }
  Ingest next = save.ingest;
  ++next.revision;
  std::int64_t number = stored.event_count;
  TRY_VOID(append_events(db, stored.row, number, save.events));
  TRY_VOID(update_ingest(db, stored.row, next, number));
  return append_update(db, stored.row, next.revision, save.outgoing_id, now);
}

}  // namespace strongroom::sqlite
