// settle: all writes on a draft, which replaces what is stored only when every one of them was allowed.
#include <algorithm>

#include "adapters/catalogue/memory/catalogue.hpp"
#include "adapters/catalogue/memory/draft.hpp"

namespace strongroom::memory {
namespace {

Error conflict(std::string what, std::string where) {
  return broken(std::move(what), std::move(where), Reason::conflict);
}

}  // namespace

MemoryCatalogue::Stored& MemoryCatalogue::Draft::stored(const IngestId& id) {
  return ingests.try_emplace(id, catalogue.ingests_.at(id)).first->second;
}

Result<void> MemoryCatalogue::Draft::operator()(const SaveIngest& write) {
  const auto known = catalogue.ingests_.find(write.ingest.id);
  if (known == catalogue.ingests_.end() || known->second.ingest.request.bag != bag_id) {
    return broken("there is no such ingest of this bag", write.ingest.id.str(), Reason::not_found);
  }
  Stored& kept = stored(write.ingest.id);
  if (kept.ingest.revision != write.ingest.revision) {
    return temporary("the ingest changed since it was read", write.ingest.id.str(), Reason::conflict);
  }
  if (!may_become(kept.ingest.status, write.ingest.status)) {
    return conflict("the status cannot change so", write.ingest.id.str());
  }
  const Ingest before = std::move(kept.ingest);
  kept.ingest = write.ingest;
  // What was asked for is fixed for ever.
  kept.ingest.request = before.request;
  kept.ingest.created = before.created;
  kept.ingest.revision = before.revision + 1;
  kept.events.insert(kept.events.end(), write.events.begin(), write.events.end());
  kept.history.emplace_back(kept.ingest, kept.events.size());
  outgoing.push_back(
      {0, write.outgoing_id, now, "ingest-update", bag_id.space.str(), {}, before.id, kept.ingest.revision});
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const SaveStep& write) {
  auto& steps = stored(ingest).steps[run];
  const auto known = std::ranges::find(steps, write.step.key, &StepRecord::key);
  if (known == steps.end()) {
    steps.push_back(write.step);
    return {};
  }
  // The high-water mark is of all attempts: a record that was read before the last progress does not lower it.
  const std::uint64_t mark = std::max(known->high_water, write.step.high_water);
  *known = write.step;
  known->high_water = mark;
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const DropStep& write) {
  std::erase_if(stored(ingest).steps[run], [&](const StepRecord& step) { return step.key == write.key; });
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const SaveVersion& write) {
  CHECK((write.row.state == VersionState::registered) == write.row.registration.has_value());
  const auto known = bag.versions.find(write.row.version);
  if (known != bag.versions.end()) {
    const VersionRow& row = known->second;
    if (row.state == VersionState::registered && row != write.row) {
      return conflict("a registered version is never changed", row.version.str());
    }
    if (row.ingest != write.row.ingest) return conflict("the number belongs to another ingest", row.version.str());
    if (row.final_write_attempted && !write.row.final_write_attempted) {
      return conflict("a final write was attempted: that is not forgotten", row.version.str());
    }
  }
  bag.versions.insert_or_assign(write.row.version, write.row);
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const ReleaseVersion& write) {
  const auto known = bag.versions.find(write.version);
  if (known == bag.versions.end()) return {};
  const VersionRow& row = known->second;
  if (row.state == VersionState::registered) return conflict("a registered version is kept", row.version.str());
  if (row.ingest != ingest) return conflict("the number belongs to another ingest", row.version.str());
  if (row.final_write_attempted) {
    return conflict("a final write was attempted under the number", row.version.str());
  }
  bag.versions.erase(known);
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const AppendOutgoing& write) {
  outgoing.push_back({0, write.id, now, write.kind, write.space, write.body, std::nullopt, 0});
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const QueueDelivery& write) {
  const auto same = [&](const Queued& queued) {
    return queued.delivery.id == write.id || (queued.delivery.ingest == ingest && queued.delivery.run == run);
  };
  if (std::ranges::any_of(catalogue.deliveries_, same) || std::ranges::any_of(deliveries, same)) {
    return broken("there is one delivery a run", write.id, Reason::already_exists);
  }
  deliveries.push_back(Queued{.delivery = Delivery{write.id, ingest, run, write.url, {}, 0, 0}});
  return {};
}

Result<void> MemoryCatalogue::Draft::operator()(const RecordDeed& write) {
  deeds.push_back(write.deed);
  return {};
}

void MemoryCatalogue::Draft::keep() {
  for (auto& [id, kept] : ingests) catalogue.ingests_.at(id) = std::move(kept);
  for (OutgoingEvent& event : outgoing) catalogue.publish(std::move(event));
  std::ranges::move(deliveries, std::back_inserter(catalogue.deliveries_));
  std::ranges::move(deeds, std::back_inserter(catalogue.deeds_));
  catalogue.bags_.at(bag_id) = std::move(bag);
}

Result<void> MemoryCatalogue::settle(const Settle& settle) {
  const std::lock_guard lock(mutex_);
  TRY(const Bag* bag, leased(settle.lease));
  TRY_VOID(of_bag(settle.lease, settle.ingest));
  Draft draft{*this, settle.lease.bag, *bag, settle.ingest, settle.run, settle.now, {}, {}, {}};
  for (const Write& write : settle.writes) TRY_VOID(std::visit(draft, write));
  if (settle.afterwards == Afterwards::release) {
    draft.bag.held = Held::no;
    draft.bag.adopt = Fence{};
  }
  if (settle.afterwards == Afterwards::park) {
    CHECK(settle.due.has_value());
    draft.bag.held = Held::parked;
    draft.bag.due = *settle.due;
  }
  draft.keep();
  refresh_turn(settle.lease.bag, bags_.at(settle.lease.bag), settle.ingest);
  ++rings_;
  return {};
}

}  // namespace strongroom::memory
