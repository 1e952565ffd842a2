#include "adapters/catalogue/memory/transfers.hpp"

#include <algorithm>

#include "domain/event_kinds.hpp"

namespace strongroom::memory {
namespace {

bool is_one_of(const std::string& text, const std::vector<std::string>& texts) {
  return std::ranges::find(texts, text) != texts.end();
}

bool passes(const TransferFilter& filter, const Transfer& transfer) {
  if (!filter.states.empty() && std::ranges::find(filter.states, transfer.state) == filter.states.end()) return false;
  if (filter.area && *filter.area != transfer.area) return false;
  if (filter.key && *filter.key != transfer.key) return false;
  if (filter.key_prefix && !transfer.key.starts_with(*filter.key_prefix)) return false;
  if (filter.identifier) {
    // An identifier that is not known is not the empty one.
    const std::string& wanted = *filter.identifier;
    if (wanted.empty() || (wanted != transfer.catalogue_identifier && wanted != transfer.accession_number)) {
      return false;
    }
  }
  if (filter.transfer_id) {
    const std::string there = transfer.archivematica ? transfer.archivematica->transfer_id : std::string();
    if (there.empty() || there != *filter.transfer_id) return false;
  }
  if (filter.delayed && *filter.delayed != transfer.delay.has_value()) return false;
  if (filter.unresolved && *filter.unresolved != transfer.is_unresolved()) return false;
  if (filter.created_after && transfer.created < *filter.created_after) return false;
  if (filter.created_before && transfer.created >= *filter.created_before) return false;
  return !filter.allowed_spaces || is_one_of(transfer.expected_space, *filter.allowed_spaces);
}

/// As it comes back from a disk.
Transfer kept(const Transfer& transfer) { return parse_transfer(write_transfer(transfer)).value(); }

}  // namespace

MemoryTransfers::Stored* MemoryTransfers::find(const std::string& id) {
  const auto found = std::ranges::find_if(stored_, [&](const Stored& stored) { return stored.transfer.id == id; });
  return found == stored_.end() ? nullptr : &*found;
}

Result<MemoryTransfers::Stored*> MemoryTransfers::claimed(const std::string& id, std::uint64_t fence) {
  Stored* stored = find(id);
  if (stored == nullptr || stored->fence != fence || !stored->lease_until) {
    return temporary("the claim is not the current one (fence " + std::to_string(fence) + ")", "transfer " + id,
                     Reason::stale_lease);
  }
  return stored;
}

TransferClaim MemoryTransfers::take(Stored& stored, Instant until) {
  stored.fence += 1;
  stored.lease_until = until;
  return {stored.transfer, stored.fence};
}

std::vector<Transfer> MemoryTransfers::of_key(const std::string& area, const std::string& key) const {
  std::vector<Transfer> found;
  for (const Stored& stored : stored_) {
    const Transfer& transfer = stored.transfer;
    if (transfer.area != area) continue;
    if (transfer.key == key || (transfer.twin && transfer.twin->key == key)) found.push_back(transfer);
  }
  return found;
}

Result<AddedTransfer> MemoryTransfers::add_transfer(const NewTransfer& added) {
  const std::lock_guard lock(mutex_);
  const std::string identity = event_identity(added.transfer);
  for (const Stored& stored : stored_) {
    if (event_identity(stored.transfer) == identity) return AddedTransfer{stored.transfer, false};
  }
  for (const Stored& stored : stored_) {
    if (is_same_package(stored.transfer, added.transfer)) return AddedTransfer{stored.transfer, false};
  }
  stored_.push_back({kept(added.transfer)});
  told_.push_back({std::string(kTransferUpdate), added.notice, added.transfer.modified});
  return AddedTransfer{added.transfer, true};
}

Result<std::optional<Transfer>> MemoryTransfers::find_transfer(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const Stored* stored = find(id);
  return stored == nullptr ? std::optional<Transfer>() : std::optional(stored->transfer);
}

Result<TransferPage> MemoryTransfers::find_transfers(const TransferFilter& filter,
                                                     const std::optional<TransferPlace>& after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  using Place = std::pair<Instant, std::int64_t>;
  std::map<Place, const Transfer*> in_order;
  for (std::size_t i = 0; i < stored_.size(); ++i) {
    const Transfer& transfer = stored_[i].transfer;
    const Place place(transfer.created, static_cast<std::int64_t>(i) + 1);
    if (after && place >= Place(after->created, after->number)) continue;
    if (passes(filter, transfer)) in_order.emplace(place, &transfer);
  }
  TransferPage page;
  for (auto at = in_order.rbegin(); at != in_order.rend() && page.transfers.size() < limit; ++at) {
    page.transfers.push_back(*at->second);
    if (page.transfers.size() == limit && limit < in_order.size()) {
      page.next = TransferPlace{at->first.first, at->first.second};
    }
  }
  return page;
}

Result<std::vector<Transfer>> MemoryTransfers::transfers_of_object(const std::string& area, const AreaObject& object) {
  const std::lock_guard lock(mutex_);
  std::vector<Transfer> found = of_key(area, object.key);
  std::erase_if(found, [&](const Transfer& transfer) { return !is_about(transfer, object); });
  return found;
}

Result<std::vector<Transfer>> MemoryTransfers::transfers_of_key(const std::string& area, const std::string& key) {
  const std::lock_guard lock(mutex_);
  return of_key(area, key);
}

Result<std::optional<Transfer>> MemoryTransfers::find_stored_content(const std::string& etag, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  for (auto stored = stored_.rbegin(); stored != stored_.rend(); ++stored) {
    const Transfer& transfer = stored->transfer;
    if (transfer.state != TransferState::stored || !transfer.bound) continue;
    if (transfer.bound->etag == etag && transfer.bound->size == size) return std::optional(transfer);
  }
  return std::optional<Transfer>();
}

Result<std::optional<TransferClaim>> MemoryTransfers::claim_transfer(Instant now, Duration hold) {
  const std::lock_guard lock(mutex_);
  Stored* longest = nullptr;
  for (Stored& stored : stored_) {
    const auto& due = stored.transfer.due;
    if (!due || *due > now || !stored.is_free(now)) continue;
    if (longest == nullptr || *due < *longest->transfer.due) longest = &stored;
  }
  return longest == nullptr ? std::optional<TransferClaim>() : std::optional(take(*longest, now + hold));
}

Result<std::optional<TransferClaim>> MemoryTransfers::claim_transfer(const std::string& id, Instant now,
                                                                     Duration hold) {
  const std::lock_guard lock(mutex_);
  Stored* stored = find(id);
  if (stored == nullptr || !stored->is_free(now)) return std::optional<TransferClaim>();
  return std::optional(take(*stored, now + hold));
}

Result<void> MemoryTransfers::renew_transfer(const std::string& id, std::uint64_t fence, Instant until) {
  const std::lock_guard lock(mutex_);
  TRY(Stored* const stored, claimed(id, fence));
  stored->lease_until = until;
  return {};
}

Result<void> MemoryTransfers::save_transfer(const TransferSave& save, Instant now) {
  const std::lock_guard lock(mutex_);
  TRY(Stored* const stored, claimed(save.transfer.id, save.fence));
  stored->transfer = kept(save.transfer);
  if (save.notice) told_.push_back({std::string(kTransferUpdate), *save.notice, now});
  if (save.release) stored->lease_until.reset();
  return {};
}

Result<void> MemoryTransfers::change_transfer(const Transfer& before, const TransferSave& save, const Deed& deed) {
  const std::lock_guard lock(mutex_);
  Stored* stored = find(before.id);
  if (stored == nullptr) return broken("there is no such transfer", before.id, Reason::not_found);
  if (!stored->is_free(deed.time)) {
    return temporary("the package is being worked on", "transfer " + before.id, Reason::conflict);
  }
  if (stored->transfer != before) {
    return temporary("the package has changed since it was read", "transfer " + before.id, Reason::conflict);
  }
  stored->transfer = kept(save.transfer);
  stored->fence += 1;
  stored->lease_until.reset();
  if (save.notice) told_.push_back({std::string(kTransferUpdate), *save.notice, deed.time});
  deeds_.push_back(deed);
  return {};
}

Result<std::optional<Instant>> MemoryTransfers::next_transfer_due() {
  const std::lock_guard lock(mutex_);
  std::optional<Instant> next;
  for (const Stored& stored : stored_) {
    if (!stored.transfer.due) continue;
    const Instant from = std::max(*stored.transfer.due, stored.lease_until.value_or(*stored.transfer.due));
    next = std::min(from, next.value_or(from));
  }
  return next;
}

Result<void> MemoryTransfers::add_mets_names(const BagId& bag, Version version, const std::vector<std::string>& names) {
  const std::lock_guard lock(mutex_);
  for (const std::string& name : names) {
    const MetsName one{name, bag, version};
    if (std::ranges::find(names_, one) == names_.end()) names_.push_back(one);
  }
  return {};
}

Result<std::optional<TransferBag>> MemoryTransfers::find_mets_suffix(const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  const MetsName* lowest = nullptr;
  for (const MetsName& one : names_) {
    if (suffix.empty() || !one.name.ends_with(suffix)) continue;
    if (lowest == nullptr || one.version < lowest->version) lowest = &one;
  }
  if (lowest == nullptr) return std::optional<TransferBag>();
  return std::optional(
      TransferBag{lowest->bag.space.str(), lowest->bag.external_identifier.str(), lowest->version.str()});
}

Result<std::string> MemoryTransfers::transfer_fact(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = facts_.find(name);
  return found == facts_.end() ? std::string() : found->second;
}

Result<void> MemoryTransfers::set_transfer_fact(const std::string& name, const std::string& value) {
  const std::lock_guard lock(mutex_);
  facts_[name] = value;
  return {};
}

Result<bool> MemoryTransfers::set_aside(const MessageAside& message) {
  const std::lock_guard lock(mutex_);
  const bool known = std::ranges::any_of(
      aside_, [&](const MessageAside& one) { return one.source == message.source && one.subject == message.subject; });
  if (known) return false;
  aside_.push_back(message);
  aside_.back().number = ++last_aside_;
  return true;
}

Result<std::vector<MessageAside>> MemoryTransfers::messages_aside(std::int64_t after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<MessageAside> messages;
  for (const MessageAside& one : aside_) {
    if (one.number > after && messages.size() < limit) messages.push_back(one);
  }
  return messages;
}

Result<std::optional<MessageAside>> MemoryTransfers::find_aside(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(aside_, number, &MessageAside::number);
  return found == aside_.end() ? std::optional<MessageAside>() : std::optional(*found);
}

Result<bool> MemoryTransfers::drop_aside(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(aside_, [&](const MessageAside& one) { return one.number == number; }) > 0;
}

Result<TransferTally> MemoryTransfers::transfer_tally() {
  const std::lock_guard lock(mutex_);
  TransferTally tally;
  tally.messages_aside = aside_.size();
  for (const Stored& stored : stored_) {
    const Transfer& transfer = stored.transfer;
    ++tally.packages[transfer.state];
    if (is_final(transfer.state) || !transfer.is_unresolved()) continue;
    tally.oldest_unfinished = std::min(transfer.created, tally.oldest_unfinished.value_or(transfer.created));
  }
  return tally;
}

Result<std::optional<Version>> MemoryTransfers::latest_version(const BagId& bag) {
  const std::lock_guard lock(mutex_);
  const auto found = latest_.find(bag);
  return found == latest_.end() ? std::optional<Version>() : std::optional(found->second);
}

void MemoryTransfers::register_version(const BagId& bag, Version version) {
  const std::lock_guard lock(mutex_);
  latest_.insert_or_assign(bag, version);
}

Result<bool> MemoryTransfers::tell_alert(const std::string& problem, const std::string& description,
                                         const TransferNotice& notice, Instant now, Duration repeat) {
  const std::lock_guard lock(mutex_);
  const auto known = problems_.find(problem);
  if (known != problems_.end() && known->second.first == description && known->second.second > now - repeat) {
    return false;
  }
  problems_[problem] = {description, now};
  told_.push_back({std::string(kOperatorAlert), notice, now});
  return true;
}

Result<bool> MemoryTransfers::end_alert(const std::string& problem, const TransferNotice& notice, Instant now) {
  const std::lock_guard lock(mutex_);
  if (problems_.erase(problem) == 0) return false;
  told_.push_back({std::string(kOperatorAlert), notice, now});
  return true;
}

std::vector<ToldEvent> MemoryTransfers::told() {
  const std::lock_guard lock(mutex_);
  return told_;
}

std::vector<Deed> MemoryTransfers::deeds() {
  const std::lock_guard lock(mutex_);
  return deeds_;
}

}  // namespace strongroom::memory
