// Deliveries of callbacks: a queue of its own, so that a dead host never holds up a bag (CORRECTNESS 2.3).
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

struct Candidate {
  std::int64_t delivery = 0;
  bool lost = false;  ///< in the hand of a worker that is no more
  bool own = false;   ///< in the claimer's own hand: the same attempt again
};

/// The one queued first of those that are due, and of those whose worker was lost.
Result<std::optional<Candidate>> find_candidate(Connection& db, const OwnerId& claimer, std::optional<int> hand,
                                                Duration now, const std::vector<std::int64_t>& proven_dead) {
  if (hand) {
    Statement row = db.query(
        "SELECT id FROM delivery WHERE worker = (SELECT id FROM worker WHERE boot = ? AND name = ?) AND state = 1 AND "
        "hand = ? ORDER BY id LIMIT 1",
        claimer.boot, claimer.id, *hand);
    TRY(const bool found, row.step());
    if (found) return std::optional(Candidate{row.integer(0), false, true});
  }
  std::optional<Candidate> best;
  {
    // A due time of another boot means nothing: due now.
    Statement row = db.query(
        "SELECT id FROM delivery WHERE state <> 2 AND state = 0 AND (due_boot <> ? OR due <= ?) ORDER BY id LIMIT 1",
        claimer.boot, now);
    TRY(const bool found, row.step());
    if (found) best = Candidate{row.integer(0), false};
  }
  TRY(const std::vector<Lost> lost, lost_holders(db, claimer, now, proven_dead));
  for (const Lost& holder : lost) {
    Statement row = db.query("SELECT id FROM delivery WHERE worker = ? AND state = 1 ORDER BY id LIMIT 1", holder.row);
    TRY(const bool found, row.step());
    if (found && (!best || row.integer(0) < best->delivery)) best = Candidate{row.integer(0), true};
  }
  return best;
}

Result<DeliveryClaim> take(Connection& db, const Candidate& candidate, const OwnerId& claimer, std::optional<int> hand,
                           Duration expires) {
  TRY(const std::int64_t worker, enter_worker(db, claimer, expires));
  TRY_VOID(db.run(
      "UPDATE delivery SET state = ?1, worker = ?2, hand = ?3, fence = fence + ?4, attempts = attempts + ?4, losses "
      "= losses + ?5 WHERE id = ?6",
      kInHand, worker, hand, candidate.own ? 0 : 1, candidate.lost, candidate.delivery));
  Statement row = db.query(
      "SELECT d.uuid, i.uuid, d.run, d.url, d.body, d.attempts, d.losses, d.fence FROM delivery d JOIN ingest i ON "
      "i.id = d.ingest WHERE d.id = ?",
      candidate.delivery);
  TRY(const bool found, row.step());
  CHECK(found);
  const auto ingest = IngestId::parse(row.text(1));
  if (!ingest) return bad_row("ingest", "uuid");
  Delivery delivery{row.text(0),
                    *ingest,
                    static_cast<int>(row.integer(2)),
                    row.text(3),
                    row.text(4),
                    static_cast<int>(row.integer(5)),
                    static_cast<int>(row.integer(6))};
  return DeliveryClaim{std::move(delivery), claimer, Fence{row.integer(7)}};
}

}  // namespace

Result<std::optional<DeliveryClaim>> SqliteCatalogue::claim_delivery(const OwnerId& owner, std::optional<int> hand) {
  TRY(const std::vector<std::int64_t> dead, proven_dead(owner));
  const Duration now = clock_.since_boot();
  TRY(const bool any, database_->read([&](Connection& db) -> Result<bool> {
    TRY(const auto candidate, find_candidate(db, owner, hand, now, dead));
    return candidate.has_value();
  }));
  if (!any) return std::optional<DeliveryClaim>();
  return database_->write([&](Connection& db) -> Result<std::optional<DeliveryClaim>> {
    TRY(const auto candidate, find_candidate(db, owner, hand, now, dead));
    if (!candidate) return std::optional<DeliveryClaim>();
    TRY(DeliveryClaim claim, take(db, *candidate, owner, hand, now + times_.expiry));
    return std::optional(std::move(claim));
  });
}

Result<void> SqliteCatalogue::fix_delivery_body(const DeliveryClaim& claim, const std::string& body) {
  return database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t delivery, check_delivery(db, claim));
    TRY_VOID(db.run("UPDATE delivery SET body = ?1 WHERE id = ?2 AND (body = '' OR body = ?1)", body, delivery));
    if (db.changes() == 1) return {};
    return broken("the body of a delivery is fixed", "delivery " + claim.delivery.id, Reason::conflict);
  });
}

Result<void> SqliteCatalogue::settle_delivery(const DeliverySettle& settle) {
  auto settled = database_->write([&](Connection& db) -> Result<void> {
    TRY(const std::int64_t delivery, check_delivery(db, settle.claim));
    if (settle.ended) {
      CHECK(settle.ended->ingest.id == settle.claim.delivery.ingest);
      TRY_VOID(save_ingest(db, *settle.ended, settle.now));
      TRY(const StoredIngest ingest, ingest_row(db, settle.ended->ingest.id));
      TRY_VOID(refresh_turn(db, ingest.bag, std::nullopt));
    }
    if (settle.attempt) {
      TRY_VOID(
          db.run("INSERT INTO delivery_attempt (delivery, attempt, created, succeeded, http_status, detail) VALUES (?, "
                 "?, ?, ?, ?, ?)",
                 delivery, settle.attempt->attempt, settle.attempt->created, settle.attempt->succeeded,
                 settle.attempt->http_status, settle.attempt->detail));
    } else {
      TRY_VOID(db.run("UPDATE delivery SET attempts = attempts - 1 WHERE id = ?", delivery));
    }
    const bool ended = !settle.due.has_value();
    return db.run("UPDATE delivery SET state = ?, due = ?, due_boot = ? WHERE id = ?", ended ? kEnded : kWaiting,
                  settle.due.value_or(Duration(0)), settle.claim.owner.boot, delivery);
  });
  if (settled && settle.ended) ring(News::events);
  return settled;
}

Result<std::vector<DeliveryAttempt>> SqliteCatalogue::delivery_attempts(const IngestId& ingest) {
  return database_->read([&](Connection& db) -> Result<std::vector<DeliveryAttempt>> {
    Statement row = db.query(
        "SELECT a.attempt, a.created, a.succeeded, a.http_status, a.detail, d.uuid FROM ingest i JOIN delivery d ON "
        "d.ingest = i.id JOIN delivery_attempt a ON a.delivery = d.id WHERE i.uuid = ? ORDER BY d.id, a.attempt",
        ingest.str());
    std::vector<DeliveryAttempt> attempts;
    while (true) {
      TRY(const bool more, row.step());
      if (!more) return attempts;
      DeliveryAttempt attempt{
          static_cast<int>(row.integer(0)), row.instant(1), row.boolean(2), std::nullopt, row.text(4), row.text(5)};
      if (const auto status = row.integer_or_null(3)) attempt.http_status = static_cast<int>(*status);
      attempts.push_back(std::move(attempt));
    }
  });
}

}  // namespace strongroom::sqlite
