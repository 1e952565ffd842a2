#include "ingest/check_copy.hpp"

#include <deque>

#include "ingest/batches.hpp"
#include "ingest/hashing_sink.hpp"
#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

Problem wrong_checksum(const InventoryEntry& entry, const Digest& actual) {
  Problem problem;
  problem.rule = "K1";
  problem.kind = "wrong-checksum";
  problem.path = entry.name;
  problem.algorithm = name_of(Algorithm::sha256);
  problem.expected = entry.sha256().hex();
  problem.actual = actual.hex();
  problem.description = "The stored file's sha256 digest is not the one taken while unpacking";
  return problem;
}

Result<EntryFinding> judge(const CheckCopyNeeds& needs, const InventoryEntry& entry, Result<void> read,
                           HashingSink& sink) {
  // Missing, or of another length: the listing has said so already.
  if (!read && read.error().reason == Reason::not_found) return EntryFinding();
  if (!read) return std::move(read).error();
  needs.progress.add(0, 1);
  const Digest actual = sink.finish();
  if (actual == entry.sha256() || sink.size() != entry.size) return EntryFinding();
  return EntryFinding(wrong_checksum(entry, actual));
}

void read_back(const CheckCopyNeeds& needs, Deposit& deposit, std::span<const InventoryEntry> entries,
               std::span<Result<EntryFinding>> findings) {
  std::deque<HashingSink> sinks;
  std::vector<ReadBack> files;
  files.reserve(entries.size());
  for (const InventoryEntry& entry : entries) {
    files.push_back({entry.name, sinks.emplace_back(needs.progress, needs.stop)});
  }
  deposit.read_back_all(files);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    findings[i] = judge(needs, entries[i], std::move(files[i].outcome), sinks[i]);
  }
}

}  // namespace

Result<ListingDifference> check_copy(const CheckCopyNeeds& needs, Deposit& deposit, const InventoryRef& inventory) {
  needs.progress.expect(inventory.bytes, inventory.entries);
  TRY(ListingDifference difference, compare_listing(deposit, needs.area, inventory, needs.problems));
  TRY_VOID(for_each_group(
      needs.area, blobs::kInventory, inventory, needs.workers, needs.spread,
      [&](std::span<const InventoryEntry> entries, std::span<Result<EntryFinding>> findings) {
        read_back(needs, deposit, entries, findings);
      },
      [&](Problem problem) {
        difference.faulty.add(problem.path);
        return needs.problems.add(std::move(problem));
      }));
  return difference;
}

}  // namespace strongroom::ingest
