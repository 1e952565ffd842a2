#include "adapters/catalogue/memory/catalogue.hpp"

#include <algorithm>

#include "adapters/catalogue/memory/draft.hpp"

namespace strongroom::memory {
namespace {

/// wait_for_news() looks at the bell in steps, since another thread cannot shorten a wait of the clock.
constexpr Duration kStep = std::chrono::milliseconds(50);
constexpr Duration kLongestNap = std::chrono::milliseconds(500);

Error stale(Fence fence, std::string where) {
  return temporary("the lease is not the current one (fence " + std::to_string(fence.number) + ")", std::move(where),
                   Reason::stale_lease);
}

}  // namespace

MemoryCatalogue::MemoryCatalogue(Clock& clock, Owners& owners, LeaseTimes times)
    : clock_(clock), owners_(owners), times_(times) {}

MemoryCatalogue::~MemoryCatalogue() = default;

// ---- the queue ------------------------------------------------------------------------------------------------------

Result<Accepted> MemoryCatalogue::accept(const NewIngest& ingest) {
  const std::lock_guard lock(mutex_);
  if (ingest.key) {
    const auto bound = keys_.find({ingest.request.client.str(), ingest.key->key});
    if (bound != keys_.end()) {
      if (bound->second.first != ingest.key->request_sha256) {
        return rejected("the idempotency key is bound to another request", ingest.key->key, Reason::conflict);
      }
      const Ingest& kept = ingests_.at(bound->second.second).ingest;
      return Accepted{new_ingest(kept.id, kept.request, kept.created, kept.request_id), true};
    }
  }
  if (ingests_.contains(ingest.id)) {
    return broken("the ingest id is taken", ingest.id.str(), Reason::already_exists);
  }
  const BagId& id = ingest.request.bag;
  const auto known = bags_.find(id);
  const Instant created =
      next_created(ingest.now, known == bags_.end() ? std::nullopt : std::optional(known->second.latest_created));
  const Ingest stored = new_ingest(ingest.id, ingest.request, created, ingest.request_id);
  Bag& bag = bags_[id];
  bag.latest_created = created;
  ingests_.emplace(ingest.id, Stored{stored, {}, {}, {{stored, 0}}});
  if (ingest.key) {
    keys_.emplace(std::pair(ingest.request.client.str(), ingest.key->key),
                  std::pair(ingest.key->request_sha256, ingest.id));
  }
  if (ingest.deed) deeds_.push_back(*ingest.deed);
  publish({0, ingest.outgoing_id, ingest.now, "ingest-update", id.space.str(), {}, ingest.id, 1});
  refresh_turn(id, bag, std::nullopt);
  ++rings_;
  return Accepted{stored, false};
}

Result<void> MemoryCatalogue::reopen(const Reopening& reopening) {
  const std::lock_guard lock(mutex_);
  CHECK(reopening.save.ingest.has_work());
  const auto known = ingests_.find(reopening.save.ingest.id);
  if (known == ingests_.end()) {
    return broken("there is no such ingest", reopening.save.ingest.id.str(), Reason::not_found);
  }
  const BagId id = known->second.ingest.request.bag;
  Draft draft{*this, id, bags_.at(id), known->first, reopening.save.ingest.run, reopening.now, {}, {}, {}};
  TRY_VOID(draft(reopening.save));
  if (reopening.deed) TRY_VOID(draft(RecordDeed{*reopening.deed}));
  draft.keep();
  refresh_turn(id, bags_.at(id), std::nullopt);
  ++rings_;
  return {};
}

std::vector<Deed> MemoryCatalogue::deeds() {
  const std::lock_guard lock(mutex_);
  return deeds_;
}

MemoryCatalogue::Holder MemoryCatalogue::judge(const OwnerId& holder, const OwnerId& claimer) {
  if (holder == claimer) return Holder::alive;
  if (holder.boot != claimer.boot) return Holder::other_boot;
  if (owners_.proven_dead(holder)) return Holder::dead;
  return expires_.at(holder) <= clock_.since_boot() ? Holder::expired : Holder::alive;
}

Result<std::optional<Claim>> MemoryCatalogue::claim(const OwnerId& owner, std::optional<int> hand) {
  const std::lock_guard lock(mutex_);
  const Duration now = clock_.since_boot();
  const auto claimable = [&](const Bag& bag) {
    if (!bag.turn) return false;
    if (bag.held == Held::no) return true;
    if (bag.owner == owner) return bag.held == Held::parked && bag.due <= now;
    return judge(*bag.owner, owner) != Holder::alive;
  };
  auto best = std::find_if(bags_.begin(), bags_.end(), [&](const auto& bag) {
    return hand && bag.second.turn && bag.second.held == Held::yes && bag.second.owner == owner &&
           bag.second.hand == hand;
  });
  const bool in_hand = best != bags_.end();
  for (auto at = bags_.begin(); !in_hand && at != bags_.end(); ++at) {
    if (!claimable(at->second)) continue;
    const auto created = [this](const Bag& bag) { return ingests_.at(*bag.turn).ingest.created; };
    if (best == bags_.end() || created(at->second) < created(best->second)) best = at;
  }
  if (best == bags_.end()) return std::optional<Claim>();
  auto& [id, bag] = *best;
  const bool own = in_hand || (bag.held == Held::parked && bag.owner == owner);
  const bool lost = bag.held != Held::no && !own;
  Claim claim{Lease{id, owner, Fence{own ? bag.fence.number : bag.fence.number + 1}}, *bag.turn, {}, lost};
  const bool quiet = !lost || judge(*bag.owner, owner) == Holder::dead;
  const bool may_adopt = bag.owner && bag.owner->boot == owner.boot && quiet && bag.adopt.number > 0;
  if (may_adopt) claim.adopt = bag.adopt;
  bag.fence = claim.lease.fence;
  if (!may_adopt) bag.adopt = bag.fence;
  bag.owner = owner;
  bag.held = Held::yes;
  bag.hand = hand;
  bag.turn_begun = true;
  expires_[owner] = now + times_.expiry;
  return std::optional(std::move(claim));
}

Result<RunView> MemoryCatalogue::look(const Lease& lease, const IngestId& ingest) {
  const std::lock_guard lock(mutex_);
  TRY(const Bag* bag, leased(lease));
  TRY(Stored * stored, of_bag(lease, ingest));
  return RunView{stored->ingest, stored->steps[stored->ingest.run], versions_in_view(*bag, ingest),
                 stored->events.size()};
}

Result<void> MemoryCatalogue::report_progress(const Lease& lease, const IngestId& ingest, int run, const StepKey& step,
                                              const Progress& progress) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(leased(lease));
  TRY(Stored * stored, of_bag(lease, ingest));
  auto& steps = stored->steps[run];
  const auto known = std::ranges::find(steps, step, &StepRecord::key);
  if (known == steps.end()) return temporary("there is no such step in this run", ingest.str(), Reason::conflict);
  known->progress = progress;
  known->high_water = std::max(known->high_water, progress.bytes_done + progress.files_done);
  return {};
}

Result<void> MemoryCatalogue::renew(const OwnerId& owner) {
  const std::lock_guard lock(mutex_);
  if (const auto known = expires_.find(owner); known != expires_.end()) {
    known->second = clock_.since_boot() + times_.expiry;
  }
  return {};
}

Result<void> MemoryCatalogue::hand_back(const OwnerId& owner) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, bag] : bags_) {
    if (bag.owner == owner) bag.held = Held::no;
  }
  for (Queued& queued : deliveries_) {
    if (!queued.in_hand || queued.owner != owner) continue;
    queued.in_hand = false;
    queued.due = {};
    --queued.delivery.attempt;  // a claim given back was no attempt
  }
  ++rings_;
  return {};
}

/// All kinds share a bell.
std::uint64_t MemoryCatalogue::news(News /*kind*/) {
  const std::lock_guard lock(mutex_);
  return rings_;
}

void MemoryCatalogue::wait_for_news(News kind, std::uint64_t seen, Duration until, std::stop_token stop) {
  const Duration end = std::min(until, clock_.since_boot() + kLongestNap);
  while (news(kind) == seen && clock_.since_boot() < end) {
    if (!clock_.wait_until(std::min(end, clock_.since_boot() + kStep), stop)) return;
  }
}

// ---- deliveries -----------------------------------------------------------------------------------------------------

Result<std::optional<DeliveryClaim>> MemoryCatalogue::claim_delivery(const OwnerId& owner, std::optional<int> hand) {
  const std::lock_guard lock(mutex_);
  const Duration now = clock_.since_boot();
  for (const Queued& queued : deliveries_) {
    const bool own = hand && !queued.ended && queued.in_hand && queued.owner == owner && queued.hand == hand;
    if (own) return std::optional(DeliveryClaim{queued.delivery, owner, queued.fence});
  }
  for (Queued& queued : deliveries_) {
    if (queued.ended) continue;
    const bool due = queued.due_boot != owner.boot || queued.due <= now;
    if (queued.in_hand ? judge(*queued.owner, owner) == Holder::alive : !due) continue;
    if (queued.in_hand) ++queued.delivery.losses;
    ++queued.delivery.attempt;
    ++queued.fence.number;
    queued.in_hand = true;
    queued.owner = owner;
    queued.hand = hand;
    expires_[owner] = now + times_.expiry;
    return std::optional(DeliveryClaim{queued.delivery, owner, queued.fence});
  }
  return std::optional<DeliveryClaim>();
}

Result<void> MemoryCatalogue::fix_delivery_body(const DeliveryClaim& claim, const std::string& body) {
  const std::lock_guard lock(mutex_);
  TRY(Queued * queued, claimed(claim));
  if (!queued->delivery.body.empty() && queued->delivery.body != body) {
    return broken("the body of a delivery is fixed", "delivery " + claim.delivery.id, Reason::conflict);
  }
  queued->delivery.body = body;
  return {};
}

Result<void> MemoryCatalogue::settle_delivery(const DeliverySettle& settle) {
  const std::lock_guard lock(mutex_);
  TRY(Queued * queued, claimed(settle.claim));
  if (settle.ended) {
    CHECK(settle.ended->ingest.id == queued->delivery.ingest);
    const BagId bag = ingests_.at(queued->delivery.ingest).ingest.request.bag;
    Draft draft{*this, bag, bags_.at(bag), queued->delivery.ingest, queued->delivery.run, settle.now, {}, {}, {}};
    TRY_VOID(draft(*settle.ended));
    draft.keep();
    refresh_turn(bag, bags_.at(bag), std::nullopt);
  }
  if (settle.attempt) {
    queued->attempts.push_back(*settle.attempt);
  } else {
    --queued->delivery.attempt;
  }
  queued->in_hand = false;
  queued->ended = !settle.due;
  queued->due = settle.due.value_or(Duration(0));
  queued->due_boot = settle.claim.owner.boot;
  ++rings_;
  return {};
}

Result<std::vector<DeliveryAttempt>> MemoryCatalogue::delivery_attempts(const IngestId& ingest) {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveryAttempt> attempts;
  for (const Queued& queued : deliveries_) {
    if (queued.delivery.ingest != ingest) continue;
    attempts.insert(attempts.end(), queued.attempts.begin(), queued.attempts.end());
  }
  return attempts;
}

// ---- look-ups -------------------------------------------------------------------------------------------------------

Result<std::optional<Ingest>> MemoryCatalogue::find_ingest(const IngestId& id) {
  const std::lock_guard lock(mutex_);
  const auto known = ingests_.find(id);
  return known == ingests_.end() ? std::optional<Ingest>() : std::optional(known->second.ingest);
}

Result<std::vector<IngestEvent>> MemoryCatalogue::events_of(const IngestId& id) {
  const std::lock_guard lock(mutex_);
  const auto known = ingests_.find(id);
  return known == ingests_.end() ? std::vector<IngestEvent>() : known->second.events;
}

Result<std::vector<StepRecord>> MemoryCatalogue::steps_of(const IngestId& id) {
  const std::lock_guard lock(mutex_);
  const auto known = ingests_.find(id);
  return known == ingests_.end() ? std::vector<StepRecord>() : known->second.steps[known->second.ingest.run];
}

Result<std::optional<VersionRow>> MemoryCatalogue::find_registered(const BagId& bag, std::optional<Version> version) {
  const std::lock_guard lock(mutex_);
  std::optional<VersionRow> found;
  const auto known = bags_.find(bag);
  if (known == bags_.end()) return found;
  for (const auto& [number, row] : known->second.versions) {
    if (row.state == VersionState::registered && (!version || number == *version)) found = row;
  }
  return found;
}

Result<std::vector<VersionRow>> MemoryCatalogue::versions_now(const BagId& bag) {
  const std::lock_guard lock(mutex_);
  const auto known = bags_.find(bag);
  if (known == bags_.end()) return std::vector<VersionRow>();
  return versions_in_view(known->second, std::nullopt);
}

Result<std::vector<Ingest>> MemoryCatalogue::unfinished_needing_others(const std::vector<std::string>& uuids) {
  const std::lock_guard lock(mutex_);
  const auto known = [&uuids](const std::string& uuid) { return std::ranges::find(uuids, uuid) != uuids.end(); };
  std::vector<Ingest> needing;
  for (const auto& [id, stored] : ingests_) {
    if (stored.ingest.has_work() && !std::ranges::all_of(stored.ingest.location_uuids, known)) {
      needing.push_back(stored.ingest);
    }
  }
  std::ranges::stable_sort(needing, {}, &Ingest::created);
  return needing;
}

Result<std::optional<std::string>> MemoryCatalogue::recall(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto known = facts_.find(name);
  return known == facts_.end() ? std::optional<std::string>() : std::optional(known->second);
}

Result<std::string> MemoryCatalogue::remember(const std::string& name, const std::string& value, const Deed*) {
  const std::lock_guard lock(mutex_);
  return facts_.try_emplace(name, value).first->second;
}

// ---- helpers, under the mutex ---------------------------------------------------------------------------------------

std::vector<VersionRow> MemoryCatalogue::versions_in_view(const Bag& bag, const std::optional<IngestId>& ingest) {
  std::optional<Version> latest;
  for (const auto& [version, row] : bag.versions) {
    if (row.state == VersionState::registered) latest = version;
  }
  std::vector<VersionRow> rows;
  for (const auto& [version, row] : bag.versions) {
    if (version == latest || version == bag.versions.rbegin()->first || row.ingest == ingest) rows.push_back(row);
  }
  return rows;
}

Result<MemoryCatalogue::Bag*> MemoryCatalogue::leased(const Lease& lease) {
  const auto known = bags_.find(lease.bag);
  if (known == bags_.end() || known->second.held == Held::no || known->second.fence != lease.fence ||
      known->second.owner != lease.owner) {
    return stale(lease.fence, lease.bag.str());
  }
  return &known->second;
}

Result<MemoryCatalogue::Stored*> MemoryCatalogue::of_bag(const Lease& lease, const IngestId& ingest) {
  const auto known = ingests_.find(ingest);
  if (known == ingests_.end() || known->second.ingest.request.bag != lease.bag) {
    return broken("there is no such ingest of this bag", ingest.str(), Reason::not_found);
  }
  return &known->second;
}

Result<MemoryCatalogue::Queued*> MemoryCatalogue::claimed(const DeliveryClaim& claim) {
  const auto known =
      std::ranges::find_if(deliveries_, [&](const Queued& queued) { return queued.delivery.id == claim.delivery.id; });
  if (known == deliveries_.end() || !known->in_hand || known->fence != claim.fence || known->owner != claim.owner) {
    return stale(claim.fence, "delivery " + claim.delivery.id);
  }
  return &*known;
}

void MemoryCatalogue::refresh_turn(const BagId& id, Bag& bag, const std::optional<IngestId>& in_hand) {
  if (in_hand && bag.turn == in_hand) bag.turn_begun = true;
  if (bag.turn && bag.turn_begun && ingests_.at(*bag.turn).ingest.has_work()) return;
  bag.turn.reset();
  bag.turn_begun = false;
  std::optional<Instant> earliest;
  for (const auto& [ingest, stored] : ingests_) {
    if (stored.ingest.request.bag != id || !stored.ingest.has_work()) continue;
    if (earliest && *earliest <= stored.ingest.created) continue;
    earliest = stored.ingest.created;
    bag.turn = ingest;
  }
}

void MemoryCatalogue::publish(OutgoingEvent event) {
  event.sequence = ++last_sequence_;
  outgoing_.push_back(std::move(event));
}

}  // namespace strongroom::memory
