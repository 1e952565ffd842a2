// Subscriptions: a place in the event log each, served under a claim as deliveries are.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

#define STRONGROOM_SUBSCRIPTION                                                                                   \
  "SELECT s.id, s.uuid, s.url, s.kinds, s.spaces, s.created, s.client, s.position, s.attempts, s.trouble_since, " \
  "s.detail, (SELECT count(*) FROM dead_letter d WHERE d.subscription = s.id), s.fence FROM subscription s "

Result<Subscription> read_subscription(const Statement& row) {
  const auto client = ClientId::parse(row.text(6));
  if (!client) return bad_row("subscription", "client");
  TRY(std::vector<std::string> kinds, decode_texts(row.text(3)));
  std::optional<std::vector<std::string>> spaces;
  if (const auto text = row.text_or_null(4)) {
    TRY(spaces, decode_texts(*text));
  }
  return Subscription{.id = row.text(1),
                      .url = row.text(2),
                      .kinds = std::move(kinds),
                      .spaces = std::move(spaces),
                      .created = row.instant(5),
                      .client = *client,
                      .position = row.integer(7),
                      .attempts = static_cast<int>(row.integer(8)),
                      .trouble_since = row.instant_or_null(9),
                      .detail = row.text(10),
                      .dead_letters = row.count(11)};
}

DeadLetter read_letter(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.instant(3), row.text(4)};
}

/// The row of the claimed subscription; Reason::stale_lease when the claim is not the current one.
Result<std::int64_t> check_claim(Connection& db, const SubscriptionClaim& claim) {
  Statement row = db.query(
      "SELECT s.id FROM subscription s JOIN worker w ON w.id = s.worker WHERE s.uuid = ? AND s.fence = ? AND s.state = "
      "1 AND w.boot = ? AND w.name = ?",
      claim.subscription.id, claim.fence.number, claim.owner.boot, claim.owner.id);
  TRY(const bool found, row.step());
  if (!found) return stale_claim(claim.fence, "subscription " + claim.subscription.id);
  return row.integer(0);
}

/// Something is behind its position, or is to be sent again.
#define STRONGROOM_HAS_WORK                                                                                        \
  "(s.position < coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outgoing'), 0) OR EXISTS (SELECT 1 FROM " \
  "dead_letter d WHERE d.subscription = s.id AND d.queued = 1))"

Result<std::optional<std::int64_t>> first_of(Statement row) {
  TRY(const bool found, row.step());
  return found ? std::optional(row.integer(0)) : std::optional<std::int64_t>();
}

Result<std::optional<std::int64_t>> find_due(Connection& db, const OwnerId& claimer, int hand, Duration now,
                                             const std::vector<std::int64_t>& proven_dead) {
  // What this very hand holds already: the answer to its claim was lost.
  TRY(const auto own, first_of(db.query("SELECT id FROM subscription WHERE state = 1 AND hand = ? AND worker = (SELECT "
                                        "id FROM worker WHERE boot = ? AND name = ?)",
                                        hand, claimer.boot, claimer.id)));
  if (own) return own;
  TRY(const auto waiting, first_of(db.query("SELECT s.id FROM subscription s WHERE s.state = 0 AND (s.due_boot <> ? OR "
                                            "s.due <= ?) AND " STRONGROOM_HAS_WORK " ORDER BY s.due, s.id LIMIT 1",
                                            claimer.boot, now)));
  if (waiting) return waiting;
  TRY(const std::vector<Lost> lost, lost_holders(db, claimer, now, proven_dead));
  for (const Lost& holder : lost) {
    TRY(const auto held,
        first_of(db.query("SELECT id FROM subscription WHERE worker = ? AND state = 1 LIMIT 1", holder.row)));
    if (held) return held;
  }
  return std::optional<std::int64_t>();
}

Result<std::optional<DeadLetter>> queued_letter(Connection& db, std::int64_t subscription) {
  Statement row = db.query(
      "SELECT sequence, kind, body, ended, detail FROM dead_letter WHERE subscription = ? AND queued = 1 ORDER BY "
      "sequence LIMIT 1",
      subscription);
  TRY(const bool found, row.step());
  return found ? std::optional(read_letter(row)) : std::optional<DeadLetter>();
}

Result<std::optional<std::int64_t>> row_of(Connection& db, const std::string& id) {
  return first_of(db.query("SELECT id FROM subscription WHERE uuid = ?", id));
}

}  // namespace

Result<void> SqliteCatalogue::add_subscription(const Subscription& subscription, const Deed& deed) {
  auto added = database_->write([&](Connection& db) -> Result<void> {
    const auto spaces = subscription.spaces ? std::optional(encode_texts(*subscription.spaces)) : std::nullopt;
    TRY_VOID(db.run(
        "INSERT INTO subscription (uuid, url, kinds, spaces, created, client, position) VALUES (?, ?, ?, ?, ?, ?, ?)",
        subscription.id, subscription.url, encode_texts(subscription.kinds), spaces, subscription.created,
        subscription.client.str(), subscription.position));
    return append_audit(db, deed);
  });
  if (added) ring(News::events);
  return added;
}

Result<std::vector<Subscription>> SqliteCatalogue::list_subscriptions() {
  return database_->read([](Connection& db) -> Result<std::vector<Subscription>> {
    Statement row = db.query(STRONGROOM_SUBSCRIPTION "ORDER BY s.id");
    std::vector<Subscription> all;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return all;
      TRY(Subscription subscription, read_subscription(row));
      all.push_back(std::move(subscription));
    }
  });
}

Result<std::optional<Subscription>> SqliteCatalogue::find_subscription(const std::string& id) {
  return database_->read([&](Connection& db) -> Result<std::optional<Subscription>> {
    Statement row = db.query(STRONGROOM_SUBSCRIPTION "WHERE s.uuid = ?", id);
    TRY(const bool found, row.step());
    if (!found) return std::optional<Subscription>();
    TRY(Subscription subscription, read_subscription(row));
    return std::optional(std::move(subscription));
  });
}

Result<std::vector<DeadLetter>> SqliteCatalogue::dead_letters_of(const std::string& id, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<DeadLetter>> {
    Statement row = db.query(
        "SELECT d.sequence, d.kind, d.body, d.ended, d.detail FROM dead_letter d JOIN subscription s ON s.id = "
        "d.subscription WHERE s.uuid = ? ORDER BY d.sequence LIMIT ?",
        id, limit);
    std::vector<DeadLetter> letters;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return letters;
      letters.push_back(read_letter(row));
    }
  });
}

Result<bool> SqliteCatalogue::remove_subscription(const std::string& id, const Deed& deed) {
  return database_->write([&](Connection& db) -> Result<bool> {
    TRY(const auto row, row_of(db, id));
    if (!row) return false;
    TRY_VOID(db.run("DELETE FROM dead_letter WHERE subscription = ?", *row));
    TRY_VOID(db.run("DELETE FROM subscription WHERE id = ?", *row));
    TRY_VOID(append_audit(db, deed));
    return true;
  });
}

Result<bool> SqliteCatalogue::retry_subscription(const std::string& id, const Deed& deed) {
  auto retried = database_->write([&](Connection& db) -> Result<bool> {
    TRY(const auto row, row_of(db, id));
    if (!row) return false;
    TRY_VOID(db.run("UPDATE dead_letter SET queued = 1 WHERE subscription = ?", *row));
    TRY_VOID(db.run("UPDATE subscription SET due = 0 WHERE id = ?", *row));
    TRY_VOID(append_audit(db, deed));
    return true;
  });
  if (retried) ring(News::events);
  return retried;
}

Result<std::optional<SubscriptionClaim>> SqliteCatalogue::claim_subscription(const OwnerId& owner, int hand) {
  TRY(const std::vector<std::int64_t> dead, proven_dead(owner));
  const Duration now = clock_.since_boot();
  // Nearly always there is none: what finds nothing does not take the writer.
  TRY(const auto any, database_->read([&](Connection& db) { return find_due(db, owner, hand, now, dead); }));
  if (!any) return std::optional<SubscriptionClaim>();
  return database_->write([&](Connection& db) -> Result<std::optional<SubscriptionClaim>> {
    TRY(const auto due, find_due(db, owner, hand, now, dead));
    if (!due) return std::optional<SubscriptionClaim>();
    TRY(const std::int64_t worker, enter_worker(db, owner, now + times_.expiry));
    TRY_VOID(db.run("UPDATE subscription SET state = 1, worker = ?, hand = ?, fence = fence + 1 WHERE id = ?", worker,
                    hand, *due));
    Statement row = db.query(STRONGROOM_SUBSCRIPTION "WHERE s.id = ?", *due);
    TRY(const bool found, row.step());
    CHECK(found);
    TRY(Subscription subscription, read_subscription(row));
    TRY(auto letter, queued_letter(db, *due));
    return std::optional(SubscriptionClaim{std::move(subscription), std::move(letter), owner, Fence{row.integer(12)}});
  });
}

Result<void> SqliteCatalogue::settle_subscription(const SubscriptionSettle& settle) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t row, check_claim(db, settle.claim));
    if (settle.delivered_letter) {
      TRY_VOID(
          db.run("DELETE FROM dead_letter WHERE subscription = ? AND sequence = ?", row, *settle.delivered_letter));
    }
    for (const DeadLetter& letter : settle.dead) {
      TRY_VOID(db.run(
          "INSERT OR REPLACE INTO dead_letter (subscription, sequence, kind, body, ended, detail) VALUES (?, ?, ?, ?, "
          "?, ?)",
          row, letter.sequence, letter.kind, letter.body, letter.ended, letter.detail));
    }
    return db.run(
        "UPDATE subscription SET position = ?, attempts = ?, trouble_since = ?, detail = ?, due = ?, due_boot = ?, "
        "state = ? WHERE id = ?",
        settle.position, settle.attempts, settle.trouble_since, settle.detail, settle.due, settle.claim.owner.boot,
        settle.keep ? kInHand : kWaiting, row);
  });
}

}  // namespace strongroom::sqlite
