#include "ingest/batches.hpp"

#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

// One batch is at most 1,024 entries of some 200 bytes: 200 KiB. Batches are barriers, so they are long compared with
// the sixteen files at work at once.
constexpr std::size_t kBatch = 1024;

Result<void> work_off(Workers& workers, const std::vector<InventoryEntry>& batch,
                      const std::function<Result<EntryFinding>(const InventoryEntry&)>& work,
                      const std::function<Result<void>(Problem)>& found) {
  std::vector<Result<EntryFinding>> findings(batch.size(), EntryFinding());
  workers.for_each(batch.size(), kFilesAtOnce, [&](std::size_t i) { findings[i] = work(batch[i]); });
  for (Result<EntryFinding>& finding : findings) {
    TRY(EntryFinding problem, std::move(finding));
    if (problem) TRY_VOID(found(std::move(*problem)));
  }
  return {};
}

}  // namespace

Result<void> for_each_entry(WorkArea& area, const char* blob, const InventoryRef& inventory, Workers& workers,
                            const std::function<Result<EntryFinding>(const InventoryEntry&)>& work,
                            const std::function<Result<void>(Problem)>& found) {
  std::vector<InventoryEntry> batch;
  TRY_VOID(visit_entries(area, blob, inventory, [&](const InventoryEntry& entry) -> Result<void> {
    batch.push_back(entry);
    if (batch.size() < kBatch) return {};
    TRY_VOID(work_off(workers, batch, work, found));
    batch.clear();
    return {};
  }));
  return work_off(workers, batch, work, found);
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
