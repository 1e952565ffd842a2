#include "ingest/check_copy.hpp"

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

Result<EntryFinding> read_back(const CheckCopyNeeds& needs, Deposit& deposit, const InventoryEntry& entry) {
  HashingSink sink(needs.progress, needs.stop);
  auto read = deposit.read_back(entry.name, sink);
  // Missing, or of another length: the listing has said so already.
  if (!read && read.error().reason == Reason::not_found) return EntryFinding();
  if (!read) return std::move(read).error();
  needs.progress.add(0, 1);
  const Digest actual = sink.finish();
  if (actual == entry.sha256() || sink.size() != entry.size) return EntryFinding();
  return EntryFinding(wrong_checksum(entry, actual));
}

}  // namespace

Result<ListingDifference> check_copy(const CheckCopyNeeds& needs, Deposit& deposit, const InventoryRef& inventory) {
  needs.progress.expect(inventory.bytes, inventory.entries);
  TRY(ListingDifference difference, compare_listing(deposit, needs.area, inventory, needs.problems));
  TRY_VOID(for_each_entry(
      needs.area, blobs::kInventory, inventory, needs.workers,
      [&](const InventoryEntry& entry) { return read_back(needs, deposit, entry); },
      [&](Problem problem) {
        difference.faulty.add(problem.path);
        return needs.problems.add(std::move(problem));
      }));
  return difference;
}

}  // namespace strongroom::ingest
