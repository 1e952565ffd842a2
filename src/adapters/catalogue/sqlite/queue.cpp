// The front door and the queue: accept, claim, look, renew, hand back, wait.
#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/leases.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"

namespace strongroom::sqlite {
namespace {

/// How long wait_for_news() trusts in silence: other processes do not ring our bell.
constexpr Duration kLongestNap = std::chrono::milliseconds(500);
/// A busy catalogue has events all the time: those who follow them look so often at most.
constexpr Duration kBreath = std::chrono::milliseconds(10);

/// A bag that may be claimed, and how.
struct Candidate {
  std::int64_t bag = 0;
  Instant turn_created;
  bool own = false;         ///< the claimer's already: the fence stays
  bool may_adopt = false;   ///< the last owner's remains may be taken over, if it was on this boot
  bool owner_lost = false;  ///< taken from its owner
};

void keep_earlier(std::optional<Candidate>& best, const Candidate& candidate) {
  if (!best || candidate.turn_created < best->turn_created) best = candidate;
}

/// What the claimer's hand holds already.
Result<std::optional<Candidate>> find_in_hand(Connection& db, const OwnerId& claimer, std::optional<int> hand) {
  if (!hand) return std::optional<Candidate>();
  Statement row = db.query(
      "SELECT id, turn_created FROM bag WHERE worker = (SELECT id FROM worker WHERE boot = ? AND name = ?) AND "
      "lease <> 0 AND lease = 1 AND hand = ? AND turn IS NOT NULL ORDER BY turn_created LIMIT 1",
      claimer.boot, claimer.id, *hand);
  TRY(const bool found, row.step());
  if (!found) return std::optional<Candidate>();
  return std::optional(Candidate{row.integer(0), row.instant(1), true, true, false});
}

/// The bag whose ingest is the oldest: one index look-up for the free ones, and one for each owner that counts.
Result<std::optional<Candidate>> find_candidate(Connection& db, const OwnerId& claimer, std::optional<int> hand,
                                                Duration now, const std::vector<std::int64_t>& proven_dead) {
  TRY(std::optional<Candidate> best, find_in_hand(db, claimer, hand));
  if (best) return best;
  {
    Statement row =
        db.query("SELECT id, turn_created FROM bag WHERE lease = 0 AND turn IS NOT NULL ORDER BY turn_created LIMIT 1");
    TRY(const bool found, row.step());
    if (found) keep_earlier(best, {row.integer(0), row.instant(1), false, true, false});
  }
  {
    Statement row = db.query(
        "SELECT id, turn_created FROM bag WHERE worker = (SELECT id FROM worker WHERE boot = ? AND name = ?) AND "
        "lease <> 0 AND lease = 2 AND turn IS NOT NULL AND due <= ? ORDER BY turn_created LIMIT 1",
        claimer.boot, claimer.id, now);
    TRY(const bool found, row.step());
    if (found) keep_earlier(best, {row.integer(0), row.instant(1), true, true, false});
  }
  TRY(const std::vector<Lost> lost, lost_holders(db, claimer, now, proven_dead));
  for (const Lost& holder : lost) {
    Statement row = db.query(
        "SELECT id, turn_created FROM bag WHERE worker = ? AND lease <> 0 AND turn IS NOT NULL "
        "ORDER BY turn_created LIMIT 1",
        holder.row);
    TRY(const bool found, row.step());
    if (found) keep_earlier(best, {row.integer(0), row.instant(1), false, holder.may_adopt, true});
  }
  return best;
}

/// Gives the bag to the claimer.
Result<Claim> take(Connection& db, const Candidate& candidate, const OwnerId& claimer, std::optional<int> hand,
                   Duration expires) {
  TRY(const std::int64_t worker, enter_worker(db, claimer, expires));
  Statement row = db.query(
      "SELECT b.space, b.external_identifier, b.fence, i.uuid, w.boot, b.adopt FROM bag b JOIN ingest i ON i.id = "
      "b.turn "
      "LEFT JOIN worker w ON w.id = b.worker WHERE b.id = ?",
      candidate.bag);
  TRY(const bool found, row.step());
  CHECK(found);
  TRY(Space space, Space::parse(row.text(0)));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(row.text(1)));
  const auto ingest = IngestId::parse(row.text(3));
  if (!ingest) return bad_row("ingest", "uuid");
  const Fence last{row.integer(2)};
  const Fence adopt{row.integer(5)};
  const bool may_adopt = candidate.may_adopt && row.text(4) == claimer.boot && adopt.number > 0;
  const Fence fence{candidate.own ? last.number : last.number + 1};
  TRY_VOID(
      db.run("UPDATE bag SET fence = ?, adopt = ?, worker = ?, lease = ?, hand = ?, due = NULL, turn_begun = 1 "
             "WHERE id = ?",
             fence.number, may_adopt ? adopt.number : fence.number, worker, kHeld, hand, candidate.bag));
  Claim claim{Lease{BagId{std::move(space), std::move(identifier)}, claimer, fence}, *ingest, std::nullopt,
              candidate.owner_lost};
  if (may_adopt) claim.adopt = adopt;
  return claim;
}

/// The ingest that the key is bound to, as it was when it was accepted.
Result<std::optional<Ingest>> find_bound(Connection& db, const NewIngest& asked) {
  if (!asked.key) return std::optional<Ingest>();
  Statement row = db.query(
      "SELECT k.request_sha256, i.uuid FROM idempotency k JOIN ingest i ON i.id = k.ingest WHERE k.client = ? AND "
      "k.key = ?",
      asked.request.client.str(), asked.key->key);
  TRY(const bool found, row.step());
  if (!found) return std::optional<Ingest>();
  if (row.text(0) != asked.key->request_sha256) {
    return rejected("the idempotency key is bound to another request", asked.key->key, Reason::conflict);
  }
  const auto id = IngestId::parse(row.text(1));
  if (!id) return bad_row("ingest", "uuid");
  TRY(const StoredIngest stored, ingest_row(db, *id));
  return std::optional(new_ingest(*id, stored.ingest.request, stored.ingest.created, stored.ingest.request_id));
}

}  // namespace

Result<Accepted> SqliteCatalogue::accept(const NewIngest& ingest) {
  auto accepted = database_->write([&](Connection& db) -> Result<Accepted> {
    TRY(auto bound, find_bound(db, ingest));
    if (bound) return Accepted{std::move(*bound), true};
    TRY(auto bag, find_bag(db, ingest.request.bag));
    const Instant created = next_created(ingest.now, bag ? bag->latest_created : std::nullopt);
    Ingest stored = new_ingest(ingest.id, ingest.request, created, ingest.request_id);
    if (bag) {
      TRY_VOID(db.run("UPDATE bag SET latest_created = ? WHERE id = ?", stored.created, bag->row));
    } else {
      TRY_VOID(db.run("INSERT INTO bag (space, external_identifier, latest_created) VALUES (?, ?, ?)",
                      ingest.request.bag.space.str(), ingest.request.bag.external_identifier.str(), stored.created));
      bag = BagRow{db.last_id(), std::nullopt};
    }
    TRY(const std::int64_t row, insert_ingest(db, bag->row, stored));
    if (ingest.key) {
      TRY_VOID(db.run("INSERT INTO idempotency (client, key, request_sha256, ingest, created) VALUES (?, ?, ?, ?, ?)",
                      ingest.request.client.str(), ingest.key->key, ingest.key->request_sha256, row, ingest.now));
    }
    if (ingest.deed) TRY_VOID(append_audit(db, *ingest.deed));
    TRY_VOID(append_update(db, row, stored.revision, ingest.outgoing_id, ingest.now));
    TRY_VOID(refresh_turn(db, bag->row, std::nullopt));
    return Accepted{std::move(stored), false};
  });
  if (accepted) ring({News::bags, News::events});
  return accepted;
}

Result<void> SqliteCatalogue::reopen(const Reopening& reopening) {
  CHECK(reopening.save.ingest.has_work());
  auto reopened = database_->write([&](Connection& db) -> Result<void> {
    TRY_VOID(save_ingest(db, reopening.save, reopening.now));
    TRY(const StoredIngest stored, ingest_row(db, reopening.save.ingest.id));
    if (reopening.deed) TRY_VOID(append_audit(db, *reopening.deed));
    return refresh_turn(db, stored.bag, std::nullopt);
  });
  if (reopened) ring({News::bags, News::events});
  return reopened;
}

Result<std::vector<std::int64_t>> SqliteCatalogue::proven_dead(const OwnerId& claimer) {
  TRY(const std::vector<Holder> holders, database_->read([&](Connection& db) { return other_holders(db, claimer); }));
  std::vector<std::int64_t> dead;
  for (const Holder& holder : holders) {
    if (holder.owner.boot == claimer.boot && owners_.proven_dead(holder.owner)) dead.push_back(holder.row);
  }
  return dead;
}

Result<std::optional<Claim>> SqliteCatalogue::claim(const OwnerId& owner, std::optional<int> hand) {
  TRY(const std::vector<std::int64_t> dead, proven_dead(owner));
  const Duration now = clock_.since_boot();
  // An idle worker asks often: what finds nothing does not take the writer.
  TRY(const bool any, database_->read([&](Connection& db) -> Result<bool> {
    TRY(const auto candidate, find_candidate(db, owner, hand, now, dead));
    return candidate.has_value();
  }));
  if (!any) return std::optional<Claim>();
  return database_->write([&](Connection& db) -> Result<std::optional<Claim>> {
    TRY(const auto candidate, find_candidate(db, owner, hand, now, dead));
    if (!candidate) return std::optional<Claim>();
    TRY(Claim claim, take(db, *candidate, owner, hand, now + times_.expiry));
    return std::optional(std::move(claim));
  });
}

Result<RunView> SqliteCatalogue::look(const Lease& lease, const IngestId& ingest) {
  return database_->read([&](Connection& db) -> Result<RunView> {
    TRY(const std::int64_t bag, check_lease(db, lease));
    TRY(StoredIngest stored, ingest_row(db, ingest));
    if (stored.bag != bag) return broken("the ingest is not of this bag", ingest.str(), Reason::not_found);
    TRY(auto steps, steps_of_row(db, stored.row, stored.ingest.run));
    TRY(auto versions, versions_in_view(db, bag, stored.row));
    return RunView{std::move(stored.ingest), std::move(steps), std::move(versions),
                   static_cast<std::uint64_t>(stored.event_count)};
  });
}

Result<void> SqliteCatalogue::renew(const OwnerId& owner) {
  const Duration expires = clock_.since_boot() + times_.expiry;
  return database_->write([&](Connection& db) {
    return db.run("UPDATE worker SET expires = ? WHERE boot = ? AND name = ?", expires, owner.boot, owner.id);
  });
}

Result<void> SqliteCatalogue::hand_back(const OwnerId& owner) {
  auto done = database_->write([&](Connection& db) -> Result<void> {
    TRY_VOID(
        db.run("UPDATE bag SET lease = 0, due = NULL WHERE lease <> 0 AND worker = (SELECT id FROM worker WHERE boot = "
               "? AND name = ?)",
               owner.boot, owner.id));
    TRY_VOID(db.run(
        "UPDATE subscription SET state = 0 WHERE state = 1 AND worker = (SELECT id FROM worker WHERE boot = ? AND name "
        "= ?)",
        owner.boot, owner.id));
    // A claim given back was no attempt.
    return db.run(
        "UPDATE delivery SET state = 0, attempts = attempts - 1, due = 0 WHERE state = 1 AND worker = (SELECT id FROM "
        "worker WHERE boot = ? AND name = ?)",
        owner.boot, owner.id);
  });
  if (done) ring({News::bags, News::deliveries, News::events});
  return done;
}

void SqliteCatalogue::ring(News kind) {
  Bell& bell = bell_of(kind);
  {
    const std::lock_guard lock(bell.mutex);
    ++bell.rings;
  }
  // One takes the bag or the delivery; an event is for everybody.
  if (kind == News::bags || kind == News::deliveries) {
    bell.rung.notify_one();
  } else {
    bell.rung.notify_all();
  }
}

std::uint64_t SqliteCatalogue::news(News kind) {
  Bell& bell = bell_of(kind);
  const std::lock_guard lock(bell.mutex);
  return bell.rings;
}

void SqliteCatalogue::wait_for_news(News kind, std::uint64_t seen, Duration until, std::stop_token stop) {
  const bool hurried = kind == News::bags || kind == News::deliveries || kind == News::transfers;
  if (!hurried) clock_.wait_until(std::min(until, clock_.since_boot() + kBreath), stop);
  const Duration nap = std::min(until - clock_.since_boot(), kLongestNap);
  if (nap <= Duration::zero()) return;
  Bell& bell = bell_of(kind);
  std::unique_lock lock(bell.mutex);
  bell.rung.wait_for(lock, std::move(stop), nap, [&] { return bell.rings != seen; });
}

}  // namespace strongroom::sqlite
