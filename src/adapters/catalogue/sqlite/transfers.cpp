// Transfers: the packages of archivists, found by many things and worked on by one worker at a time.
#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"
#include "adapters/catalogue/sqlite/transfer_rows.hpp"

namespace strongroom::sqlite {
namespace {

#define STRONGROOM_TRANSFER "SELECT number, created, fence, document FROM transfer "

struct StoredTransfer {
  std::int64_t number = 0;
  Instant created;
  std::uint64_t fence = 0;
  Transfer transfer;
};

Result<StoredTransfer> read_transfer(const Statement& row) {
  TRY(Transfer transfer, parse_transfer(row.text(3)));
  return StoredTransfer{row.integer(0), row.instant(1), row.count(2), std::move(transfer)};
}

Result<std::optional<StoredTransfer>> first_of(Statement row) {
  TRY(const bool found, row.step());
  if (!found) return std::optional<StoredTransfer>();
  TRY(StoredTransfer stored, read_transfer(row));
  return std::optional(std::move(stored));
}

Result<std::vector<StoredTransfer>> all_of(Statement row) {
  std::vector<StoredTransfer> all;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return all;
    TRY(StoredTransfer stored, read_transfer(row));
    all.push_back(std::move(stored));
  }
}

std::vector<Transfer> without_numbers(std::vector<StoredTransfer> stored) {
  std::vector<Transfer> transfers;
  transfers.reserve(stored.size());
  for (StoredTransfer& one : stored) transfers.push_back(std::move(one.transfer));
  return transfers;
}

Result<std::vector<StoredTransfer>> of_key(Connection& db, const std::string& area, const std::string& key) {
  return all_of(db.query(STRONGROOM_TRANSFER
                         "WHERE number IN (SELECT number FROM transfer WHERE key = ?1 AND area = ?2 UNION SELECT "
                         "number FROM transfer WHERE twin_key = ?1 AND area = ?2) ORDER BY number",
                         key, area));
}

std::optional<std::string_view> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

std::string content_of(const std::string& etag, std::uint64_t size) { return etag + " " + std::to_string(size); }

/// What is looked for and changes, kept in step with the document.
Result<void> write_row(Connection& db, std::int64_t number, const Transfer& transfer) {
  const auto twin = transfer.twin ? std::optional<std::string_view>(transfer.twin->key) : std::nullopt;
  const auto there =
      transfer.archivematica ? unless_empty(transfer.archivematica->transfer_id) : std::optional<std::string_view>();
  std::optional<std::string> content;
  if (transfer.state == TransferState::stored && transfer.bound) {
    content = content_of(transfer.bound->etag, transfer.bound->size);
  }
  return db.run(
      "UPDATE transfer SET twin_key = ?, state = ?, expected_space = ?, catalogue_identifier = ?, accession_number = "
      "?, transfer_id = ?, delayed = ?, unresolved = ?, content = ?, due = ?, document = ? WHERE number = ?",
      twin, name_of(transfer.state), transfer.expected_space, unless_empty(transfer.catalogue_identifier),
      unless_empty(transfer.accession_number), there, transfer.delay.has_value(), transfer.is_unresolved(), content,
      transfer.due, write_transfer(transfer), number);
}

/// What is kept already of the package that `arrived`.
Result<std::optional<Transfer>> known_package(Connection& db, const Transfer& arrived, const std::string& identity) {
  TRY(auto known, first_of(db.query(STRONGROOM_TRANSFER "WHERE identity = ?", identity)));
  if (known) return std::optional(std::move(known->transfer));
  TRY(std::vector<StoredTransfer> all, of_key(db, arrived.area, arrived.key));
  const auto same =
      std::ranges::find_if(all, [&](const StoredTransfer& one) { return is_same_package(one.transfer, arrived); });
  return same == all.end() ? std::optional<Transfer>() : std::optional(std::move(same->transfer));
}

Error stale(const std::string& id, std::uint64_t fence) {
  return temporary("the claim is not the current one (fence " + std::to_string(fence) + ")", "transfer " + id,
                   Reason::stale_lease);
}

/// The row's number while the fence is the current one.
Result<std::int64_t> check_claim(Connection& db, const std::string& id, std::uint64_t fence) {
  Statement row =
      db.query("SELECT number FROM transfer WHERE uuid = ? AND fence = ? AND lease_until IS NOT NULL", id, fence);
  TRY(const bool found, row.step());
  if (!found) return stale(id, fence);
  return row.integer(0);
}

#define STRONGROOM_NOBODY_HOLDS "(lease_until IS NULL OR lease_until <= ?1) "

Result<std::optional<StoredTransfer>> find_due(Connection& db, Instant now) {
  return first_of(db.query(STRONGROOM_TRANSFER "WHERE due IS NOT NULL AND due <= ?1 AND " STRONGROOM_NOBODY_HOLDS
                                               "ORDER BY due, number LIMIT 1",
                           now));
}

Result<std::optional<StoredTransfer>> find_free(Connection& db, const std::string& id, Instant now) {
  return first_of(db.query(STRONGROOM_TRANSFER "WHERE uuid = ?2 AND " STRONGROOM_NOBODY_HOLDS, now, id));
}

Result<std::optional<TransferClaim>> take(Connection& db, std::optional<StoredTransfer> found, Instant until) {
  if (!found) return std::optional<TransferClaim>();
  TRY_VOID(db.run("UPDATE transfer SET fence = fence + 1, lease_until = ? WHERE number = ?", until, found->number));
  return std::optional(TransferClaim{std::move(found->transfer), found->fence + 1});
}

// ---- lists ----------------------------------------------------------------------------------------------------------

/// A filter as values to bind; what lets everything through is null.
struct Conditions {
  Instant below_created = Instant::max();
  std::int64_t below_number = 0;
  std::optional<std::string> states;  ///< JSON array
  std::optional<std::string> prefix_end;
  std::optional<std::string> spaces;  ///< JSON array
};

Conditions conditions_of(const TransferFilter& filter, const std::optional<TransferPlace>& after) {
  Conditions conditions;
  if (after) {
    conditions.below_created = after->created;
    conditions.below_number = after->number;
  }
  if (!filter.states.empty()) {
    std::vector<std::string> names;
    for (const TransferState state : filter.states) names.emplace_back(name_of(state));
    conditions.states = encode_texts(names);
  }
  if (filter.key_prefix) conditions.prefix_end = end_of_prefix(*filter.key_prefix);
  if (filter.allowed_spaces) conditions.spaces = encode_texts(*filter.allowed_spaces);
  return conditions;
}

#define STRONGROOM_PASSES                                                                                              \
  "(created, number) < (?1, ?2) AND (?3 IS NULL OR created >= ?3) AND (?4 IS NULL OR created < ?4) AND (?5 IS NULL "   \
  "OR area = ?5) AND (?6 IS NULL OR key = ?6) AND (?7 IS NULL OR (key >= ?7 AND (?8 IS NULL OR key < ?8))) AND (?9 "   \
  "IS NULL OR catalogue_identifier = ?9 OR accession_number = ?9) AND (?10 IS NULL OR transfer_id = ?10) AND (?11 "    \
  "IS NULL OR delayed = ?11) AND (?12 IS NULL OR unresolved = ?12) AND (?13 IS NULL OR state IN (SELECT value FROM "   \
  "json_each(?13))) AND (?14 IS NULL OR expected_space IN (SELECT value FROM json_each(?14))) ORDER BY created DESC, " \
  "number DESC LIMIT ?15"

/// One text for each way in: what names a package closely leads to it by an index, and the rest is a walk in order.
std::string_view way_in(const TransferFilter& filter) {
  if (filter.transfer_id) return STRONGROOM_TRANSFER "WHERE transfer_id = ?10 AND " STRONGROOM_PASSES;
  if (filter.key) return STRONGROOM_TRANSFER "WHERE key = ?6 AND " STRONGROOM_PASSES;
  if (filter.identifier) {
    return STRONGROOM_TRANSFER
        "WHERE number IN (SELECT number FROM transfer WHERE catalogue_identifier = ?9 UNION SELECT number FROM "
        "transfer WHERE accession_number = ?9) AND " STRONGROOM_PASSES;
  }
  if (filter.unresolved == true) return STRONGROOM_TRANSFER "WHERE unresolved = 1 AND " STRONGROOM_PASSES;
  return STRONGROOM_TRANSFER "WHERE " STRONGROOM_PASSES;
}

Statement list_query(Connection& db, const TransferFilter& filter, const Conditions& conditions, std::size_t limit) {
  return db.query(way_in(filter), conditions.below_created, conditions.below_number, filter.created_after,
                  filter.created_before, filter.area, filter.key, filter.key_prefix, conditions.prefix_end,
                  filter.identifier, filter.transfer_id, filter.delayed, filter.unresolved, conditions.states,
                  conditions.spaces, limit);
}

}  // namespace

Result<void> append_notice(Connection& db, std::string_view kind, const TransferNotice& notice, Instant now) {
  return db.run("INSERT INTO outgoing (id, time, kind, space, body) VALUES (?, ?, ?, ?, ?)", notice.id, now, kind,
                notice.space, notice.body);
}

Result<AddedTransfer> SqliteCatalogue::add_transfer(const NewTransfer& added) {
  const Transfer& transfer = added.transfer;
  const std::string identity = event_identity(transfer);
  auto kept = database_->write([&](Connection& db) -> Result<AddedTransfer> {
    TRY(auto known, known_package(db, transfer, identity));
    if (known) return AddedTransfer{std::move(*known), false};
    TRY_VOID(
        db.run("INSERT INTO transfer (uuid, identity, created, area, key, state, expected_space, delayed, unresolved, "
               "document) VALUES (?, ?, ?, ?, ?, '', '', 0, 0, '')",
               transfer.id, identity, transfer.created, transfer.area, transfer.key));
    TRY_VOID(write_row(db, db.last_id(), transfer));
    TRY_VOID(append_notice(db, kTransferUpdate, added.notice, transfer.modified));
    return AddedTransfer{transfer, true};
  });
  if (kept && kept->is_new) ring({News::transfers, News::events});
  return kept;
}

Result<std::optional<Transfer>> SqliteCatalogue::find_transfer(const std::string& id) {
  return database_->read([&](Connection& db) -> Result<std::optional<Transfer>> {
    TRY(auto found, first_of(db.query(STRONGROOM_TRANSFER "WHERE uuid = ?", id)));
    return found ? std::optional(std::move(found->transfer)) : std::optional<Transfer>();
  });
}

Result<TransferPage> SqliteCatalogue::find_transfers(const TransferFilter& filter,
                                                     const std::optional<TransferPlace>& after, std::size_t limit) {
  const Conditions conditions = conditions_of(filter, after);
  return database_->read([&](Connection& db) -> Result<TransferPage> {
    // One more than is wanted tells whether there are any behind them.
    TRY(std::vector<StoredTransfer> found, all_of(list_query(db, filter, conditions, limit + 1)));
    TransferPage page;
    if (found.size() > limit) {
      found.pop_back();
      if (!found.empty()) page.next = TransferPlace{found.back().created, found.back().number};
    }
    page.transfers = without_numbers(std::move(found));
    return page;
  });
}

Result<std::vector<Transfer>> SqliteCatalogue::transfers_of_object(const std::string& area, const AreaObject& object) {
  TRY(std::vector<Transfer> transfers, transfers_of_key(area, object.key));
  std::erase_if(transfers, [&](const Transfer& transfer) { return !is_about(transfer, object); });
  return transfers;
}

Result<std::vector<Transfer>> SqliteCatalogue::transfers_of_key(const std::string& area, const std::string& key) {
  return database_->read([&](Connection& db) -> Result<std::vector<Transfer>> {
    TRY(std::vector<StoredTransfer> found, of_key(db, area, key));
    return without_numbers(std::move(found));
  });
}

Result<std::optional<Transfer>> SqliteCatalogue::find_stored_content(const std::string& etag, std::uint64_t size) {
  return database_->read([&](Connection& db) -> Result<std::optional<Transfer>> {
    TRY(auto found, first_of(db.query(STRONGROOM_TRANSFER "WHERE content = ? ORDER BY number DESC LIMIT 1",
                                      content_of(etag, size))));
    return found ? std::optional(std::move(found->transfer)) : std::optional<Transfer>();
  });
}

Result<std::optional<TransferClaim>> SqliteCatalogue::claim_transfer(Instant now, Duration hold) {
  // An idle worker asks often: what finds nothing does not take the writer.
  TRY(const auto any, database_->read([&](Connection& db) { return find_due(db, now); }));
  if (!any) return std::optional<TransferClaim>();
  return database_->write([&](Connection& db) -> Result<std::optional<TransferClaim>> {
    TRY(auto found, find_due(db, now));
    return take(db, std::move(found), now + hold);
  });
}

Result<std::optional<TransferClaim>> SqliteCatalogue::claim_transfer(const std::string& id, Instant now,
                                                                     Duration hold) {
  return database_->write([&](Connection& db) -> Result<std::optional<TransferClaim>> {
    TRY(auto found, find_free(db, id, now));
    return take(db, std::move(found), now + hold);
  });
}

Result<void> SqliteCatalogue::renew_transfer(const std::string& id, std::uint64_t fence, Instant until) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t number, check_claim(db, id, fence));
    return db.run("UPDATE transfer SET lease_until = ? WHERE number = ?", until, number);
  });
}

Result<void> SqliteCatalogue::save_transfer(const TransferSave& save, Instant now) {
  auto saved = database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t number, check_claim(db, save.transfer.id, save.fence));
    TRY_VOID(write_row(db, number, save.transfer));
    if (save.notice) TRY_VOID(append_notice(db, kTransferUpdate, *save.notice, now));
    if (!save.release) return {};
    return db.run("UPDATE transfer SET lease_until = NULL WHERE number = ?", number);
  });
  if (!saved) return saved;
  if (save.release) ring(News::transfers);
  if (save.notice) ring(News::events);
  return saved;
}

Result<void> SqliteCatalogue::change_transfer(const Transfer& before, const TransferSave& save, const Deed& deed) {
  auto changed = database_->write([&](Connection& db) -> Result<void> {
    TRY(const auto found, find_free(db, before.id, deed.time));
    if (!found) {
      TRY(const auto there, first_of(db.query(STRONGROOM_TRANSFER "WHERE uuid = ?", before.id)));
      if (!there) return broken("there is no such transfer", before.id, Reason::not_found);
      return temporary("the package is being worked on", "transfer " + before.id, Reason::conflict);
    }
    if (found->transfer != before) {
      return temporary("the package has changed since it was read", "transfer " + before.id, Reason::conflict);
    }
    TRY_VOID(write_row(db, found->number, save.transfer));
    // Whoever held it and was too late saves nothing any more.
    TRY_VOID(db.run("UPDATE transfer SET fence = fence + 1, lease_until = NULL WHERE number = ?", found->number));
    if (save.notice) TRY_VOID(append_notice(db, kTransferUpdate, *save.notice, deed.time));
    return append_audit(db, deed);
  });
  if (changed) ring({News::transfers, News::events});
  return changed;
}

Result<std::optional<Instant>> SqliteCatalogue::next_transfer_due() {
  return database_->read([](Connection& db) -> Result<std::optional<Instant>> {
    Statement row = db.query("SELECT min(max(due, coalesce(lease_until, due))) FROM transfer WHERE due IS NOT NULL");
    TRY(const bool found, row.step());
    return found ? row.instant_or_null(0) : std::optional<Instant>();
  });
}

}  // namespace strongroom::sqlite
