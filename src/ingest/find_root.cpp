#include "ingest/find_root.hpp"

#include "bagit/root.hpp"
#include "ingest/batches.hpp"
#include "ingest/rooms.hpp"

namespace strongroom::ingest {

Result<Rooted> find_root(WorkArea& area, const Unpacked& unpacked, ProblemSink& problems) {
  const auto replay = [&](const std::function<Result<void>(std::string_view)>& see) {
    return visit_entries(area, blobs::kArchiveInventory, unpacked.inventory,
                         [&](const InventoryEntry& entry) { return see(entry.name); });
  };
  TRY(const bagit::RootOutcome outcome, bagit::find_root(replay, problems));
  if (outcome.failure) return refusal(*outcome.failure);
  if (!outcome.root) return broken("neither a bag root nor a reason");
  return Rooted{*outcome.root};
}

}  // namespace strongroom::ingest
