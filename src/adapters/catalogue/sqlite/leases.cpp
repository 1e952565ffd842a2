#include "adapters/catalogue/sqlite/leases.hpp"

#include <algorithm>

namespace strongroom::sqlite {

Result<std::vector<Holder>> other_holders(Connection& db, const OwnerId& claimer) {
  Statement row = db.query(
      "SELECT id, boot, name, expires FROM worker w WHERE NOT (boot = ? AND name = ?) AND "
      "(EXISTS (SELECT 1 FROM bag WHERE worker = w.id AND lease <> 0) OR "
      "EXISTS (SELECT 1 FROM delivery WHERE worker = w.id AND state = 1) OR "
      "EXISTS (SELECT 1 FROM subscription WHERE worker = w.id AND state = 1)) ORDER BY id",
      claimer.boot, claimer.id);
  std::vector<Holder> holders;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return holders;
    holders.push_back({row.integer(0), {row.text(1), row.text(2)}, Duration(row.integer(3))});
  }
}

Result<std::vector<Lost>> lost_holders(Connection& db, const OwnerId& claimer, Duration now,
                                       const std::vector<std::int64_t>& proven_dead) {
  TRY(const std::vector<Holder> holders, other_holders(db, claimer));
  std::vector<Lost> lost;
  for (const Holder& holder : holders) {
    const bool other_boot = holder.owner.boot != claimer.boot;
    const bool dead = !other_boot && std::ranges::find(proven_dead, holder.row) != proven_dead.end();
    if (other_boot || dead || holder.expires <= now) lost.push_back({holder.row, dead});
  }
  return lost;
}

Result<std::int64_t> enter_worker(Connection& db, const OwnerId& owner, Duration expires) {
  Statement row = db.query(
      "INSERT INTO worker (boot, name, expires) VALUES (?, ?, ?) "
      "ON CONFLICT (boot, name) DO UPDATE SET expires = excluded.expires RETURNING id",
      owner.boot, owner.id, expires);
  TRY(const bool found, row.step());
  CHECK(found);
  const std::int64_t id = row.integer(0);
  TRY_VOID(row.run());
  return id;
}

Result<std::int64_t> check_lease(Connection& db, const Lease& lease) {
  Statement row = db.query(
      "SELECT b.id FROM bag b JOIN worker w ON w.id = b.worker WHERE b.space = ? AND b.external_identifier = ? AND "
      "b.fence = ? AND b.lease <> 0 AND w.boot = ? AND w.name = ?",
      lease.bag.space.str(), lease.bag.external_identifier.str(), lease.fence.number, lease.owner.boot, lease.owner.id);
  TRY(const bool found, row.step());
  if (!found) {
    return temporary("the lease is not the current one (fence " + std::to_string(lease.fence.number) + ")",
                     lease.bag.str(), Reason::stale_lease);
  }
  return row.integer(0);
}

Error stale_claim(Fence fence, std::string what) {
  return temporary("the claim is not the current one (fence " + std::to_string(fence.number) + ")", std::move(what),
                   Reason::stale_lease);
}

Result<std::int64_t> check_delivery(Connection& db, const DeliveryClaim& claim) {
  Statement row = db.query(
      "SELECT d.id FROM delivery d JOIN worker w ON w.id = d.worker WHERE d.uuid = ? AND d.fence = ? AND d.state = 1 "
      "AND w.boot = ? AND w.name = ?",
      claim.delivery.id, claim.fence.number, claim.owner.boot, claim.owner.id);
  TRY(const bool found, row.step());
  if (!found) return stale_claim(claim.fence, "delivery " + claim.delivery.id);
  return row.integer(0);
}

Result<void> refresh_turn(Connection& db, std::int64_t bag, std::optional<std::int64_t> in_hand) {
  TRY_VOID(db.run("UPDATE bag SET turn_begun = 1 WHERE id = ? AND turn = ?", bag, in_hand));
  return db.run(
      "UPDATE bag SET turn_begun = 0, (turn, turn_created) = (SELECT id, created FROM ingest WHERE bag = ?1 AND "
      "has_work = 1 ORDER BY created LIMIT 1) WHERE id = ?1 AND NOT (turn_begun = 1 AND EXISTS (SELECT 1 FROM ingest "
      "WHERE id = turn AND has_work = 1))",
      bag);
}

Result<std::optional<BagRow>> find_bag(Connection& db, const BagId& bag) {
  Statement row = db.query("SELECT id, latest_created FROM bag WHERE space = ? AND external_identifier = ?",
                           bag.space.str(), bag.external_identifier.str());
  TRY(const bool found, row.step());
  if (!found) return std::optional<BagRow>();
  return std::optional(BagRow{row.integer(0), row.instant(1)});
}

}  // namespace strongroom::sqlite
