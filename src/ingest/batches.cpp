#include "ingest/batches.hpp"

#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

// One batch is at most 4,096 entries of some 200 bytes: 800 KiB. Batches are barriers, so they are long compared with
// what is at work at once.
constexpr std::size_t kBatch = 4096;

using GroupWork = std::function<void(std::span<const InventoryEntry>, std::span<Result<EntryFinding>>)>;

struct Group {
  std::size_t first = 0;
  std::size_t count = 0;
};

std::vector<Group> groups_of(const std::vector<InventoryEntry>& batch, std::size_t together) {
  std::vector<Group> groups;
  bool small = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const bool joins = batch[i].size < kTogetherSize;
    if (joins && small && groups.back().count < together) {
      groups.back().count += 1;
    } else {
      groups.push_back({i, 1});
    }
    small = joins;
  }
  return groups;
}

Result<void> work_off(Workers& workers, const Spread& spread, const std::vector<InventoryEntry>& batch,
                      const GroupWork& work, const std::function<Result<void>(Problem)>& found) {
  std::vector<Result<EntryFinding>> findings(batch.size(), EntryFinding());
  const std::vector<Group> groups = groups_of(batch, spread.together);
  workers.for_each(groups.size(), spread.at_once, [&](std::size_t i) {
    const Group& group = groups[i];
    work(std::span(batch).subspan(group.first, group.count), std::span(findings).subspan(group.first, group.count));
  });
  for (Result<EntryFinding>& finding : findings) {
    TRY(EntryFinding problem, std::move(finding));
    if (problem) TRY_VOID(found(std::move(*problem)));
  }
  return {};
}

}  // namespace

Result<void> for_each_group(WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers,
                            const Spread& spread, const GroupWork& work,
                            const std::function<Result<void>(Problem)>& found) {
  std::vector<InventoryEntry> batch;
  TRY_VOID(visit_entries(area, blob, inventory, [&](const InventoryEntry& entry) -> Result<void> {
    batch.push_back(entry);
    if (batch.size() < kBatch) return {};
    TRY_VOID(work_off(workers, spread, batch, work, found));
    batch.clear();
    return {};
  }));
  return work_off(workers, spread, batch, work, found);
}

Result<void> for_each_entry(WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers,
                            const Spread& spread,
                            const std::function<Result<EntryFinding>(const InventoryEntry&)>& work,
                            const std::function<Result<void>(Problem)>& found) {
  const auto each = [&](std::span<const InventoryEntry> entries, std::span<Result<EntryFinding>> findings) {
    for (std::size_t i = 0; i < entries.size(); ++i) findings[i] = work(entries[i]);
  };
  return for_each_group(area, blob, inventory, workers, spread, each, found);
}

Result<void> visit_merged(WorkArea& area, const Verified& verified,
                          const std::function<Result<void>(const InventoryEntry&)>& visit) {
  if (verified.fetched.entries == 0) return visit_entries(area, blobs::kInventory, verified.inventory, visit);
  TRY(auto source, area.open_blob(blobs::kFetched));
  InventoryReader fetched(*source, verified.fetched);
  TRY(const InventoryEntry* next, fetched.next());
  const auto visit_fetched_before = [&](const std::string* name) -> Result<void> {
    while (next != nullptr && (name == nullptr || next->name < *name)) {
      TRY_VOID(visit(*next));
      TRY(next, fetched.next());
    }
    return {};
  };
  TRY_VOID(visit_entries(area, blobs::kInventory, verified.inventory, [&](const InventoryEntry& own) -> Result<void> {
    TRY_VOID(visit_fetched_before(&own.name));
    return visit(own);
  }));
  return visit_fetched_before(nullptr);
}

Result<void> visit_entries(WorkArea& area, const char* blob, const InventoryRef& inventory,
                           const std::function<Result<void>(const InventoryEntry&)>& visit) {
  TRY(auto source, area.open_blob(blob));
  InventoryReader reader(*source, inventory);
  for (;;) {
    TRY(const InventoryEntry* entry, reader.next());
    if (entry == nullptr) return {};
    TRY_VOID(visit(*entry));
  }
}

}  // namespace strongroom::ingest
