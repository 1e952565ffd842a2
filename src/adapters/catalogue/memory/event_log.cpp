// The outgoing events: read with what an ingest was then, emitted again, and dropped when they are old.
#include <algorithm>
#include <limits>

#include "adapters/catalogue/memory/catalogue.hpp"
#include "domain/documents.hpp"
#include "domain/event_kinds.hpp"

namespace strongroom::memory {

Result<std::vector<OutgoingEvent>> MemoryCatalogue::outgoing_after(std::int64_t sequence, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto first = std::ranges::upper_bound(outgoing_, sequence, {}, &OutgoingEvent::sequence);
  const auto count = std::min(static_cast<std::ptrdiff_t>(limit), outgoing_.end() - first);
  return std::vector<OutgoingEvent>(first, first + count);
}

Result<EventPage> MemoryCatalogue::events_after(std::int64_t after, const EventFilter& filter, std::size_t limit,
                                                std::size_t look) {
  const std::lock_guard lock(mutex_);
  EventPage page;
  page.looked_at = after;
  auto at = std::ranges::upper_bound(outgoing_, after, {}, &OutgoingEvent::sequence);
  for (; at != outgoing_.end() && page.events.size() < limit && page.looked < look; ++at) {
    ++page.looked;
    page.looked_at = at->sequence;
    if (!filter.passes(at->kind, at->space)) continue;
    LoggedEvent logged{*at, {}};
    if (at->ingest) {
      const Stored& stored = ingests_.at(*at->ingest);
      const auto& [ingest, count] = stored.history.at(static_cast<std::size_t>(at->revision - 1));
      logged.then =
          IngestThen{ingest, {stored.events.begin(), stored.events.begin() + static_cast<std::ptrdiff_t>(count)}};
    }
    page.events.push_back(std::move(logged));
  }
  page.more = at != outgoing_.end();
  return page;
}

Result<std::int64_t> MemoryCatalogue::last_sequence() {
  const std::lock_guard lock(mutex_);
  return last_sequence_;
}

std::vector<std::pair<BagId, Version>> MemoryCatalogue::registered_in(
    const ReindexScope& scope, const std::optional<std::pair<BagId, Version>>& at, std::size_t limit) const {
  std::vector<std::pair<BagId, Version>> found;
  for (const auto& [id, bag] : bags_) {
    if (scope.space && *scope.space != id.space) continue;
    if (scope.external_identifier && *scope.external_identifier != id.external_identifier) continue;
    for (const auto& [version, row] : bag.versions) {
      if (row.state != VersionState::registered || (at && std::pair(id, version) <= *at)) continue;
      if (found.size() == limit) return found;
      found.emplace_back(id, version);
    }
  }
  return found;
}

Result<std::uint64_t> MemoryCatalogue::begin_reindex(const NewReindex& reindex) {
  CHECK(reindex.scope.space || !reindex.scope.external_identifier);
  const std::lock_guard lock(mutex_);
  const auto count = registered_in(reindex.scope, {}, std::numeric_limits<std::size_t>::max()).size();
  if (count == 0 && reindex.scope.external_identifier) {
    return rejected("no version of the bag is registered",
                    BagId{*reindex.scope.space, *reindex.scope.external_identifier}.str(), Reason::not_found);
  }
  reindexes_.push_back({.id = reindex.id, .scope = reindex.scope, .ended = count == 0});
  deeds_.push_back(reindex.deed);
  ++rings_;
  return std::uint64_t{count};
}

Result<std::optional<ReindexBatch>> MemoryCatalogue::continue_reindex(Instant now,
                                                                      const std::vector<std::string>& ids) {
  CHECK(!ids.empty());
  const std::lock_guard lock(mutex_);
  const auto job = std::ranges::find(reindexes_, false, &Reindex::ended);
  if (job == reindexes_.end()) return std::optional<ReindexBatch>();
  const auto versions = registered_in(job->scope, job->at, ids.size());
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto& [bag, version] = versions[i];
    publish({0, ids[i], now, "registered-bag", bag.space.str(), registered_bag_body(bag, version), {}, 0, true});
  }
  if (!versions.empty()) job->at = versions.back();
  job->emitted += versions.size();
  job->ended = versions.size() < ids.size();
  ++rings_;
  return std::optional(ReindexBatch{job->id, versions.size(), job->emitted, job->ended});
}

Result<std::uint64_t> MemoryCatalogue::drop_updates(Instant instant, std::size_t limit) {
  return drop_old(instant, limit, [](const OutgoingEvent& event) { return event.ingest.has_value(); });
}

Result<std::uint64_t> MemoryCatalogue::drop_transfer_updates(Instant instant, std::size_t limit) {
  return drop_old(instant, limit, [](const OutgoingEvent& event) {
    return event.kind == kTransferUpdate || event.kind == kOperatorAlert;
  });
}

std::uint64_t MemoryCatalogue::drop_old(Instant instant, std::size_t limit, bool (*may_go)(const OutgoingEvent&)) {
  const std::lock_guard lock(mutex_);
  std::uint64_t dropped = 0;
  std::erase_if(outgoing_, [&](const OutgoingEvent& event) {
    const bool goes = may_go(event) && event.time < instant && dropped < limit;
    if (goes) ++dropped;
    return goes;
  });
  return dropped;
}

}  // namespace strongroom::memory
