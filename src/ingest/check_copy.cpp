#include "ingest/check_copy.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "ingest/batches.hpp"
#include "ingest/hashing_sink.hpp"

namespace strongroom::ingest {
namespace {

constexpr std::size_t kReadBuffer = std::size_t{256} << 10;

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

using Findings = std::span<Result<EntryFinding>>;

/// As a provider computes it: of the digests of the parts, one after the other.
Result<Digest> digest_of_parts(const CheckCopyNeeds& needs, const std::string& name, std::uint64_t part_size) {
  TRY(const auto source, needs.package->open(name));
  Hasher parts(Algorithm::sha256);
  Hasher part(Algorithm::sha256);
  std::uint64_t left = part_size;
  std::vector<std::byte> buffer(kReadBuffer);
  for (;;) {
    TRY_VOID(needs.stop.check());
    const std::size_t most = std::min<std::uint64_t>(buffer.size(), left);
    TRY(const std::size_t n, source->read({buffer.data(), most}));
    part.update({buffer.data(), n});
    needs.progress.add(n, 0);
    left -= n;
    if (left > 0 && n > 0) continue;
    // The last part may be shorter, but is never empty.
    if (left < part_size) parts.update(part.finish().bytes());
    if (n == 0) return parts.finish();
    left = part_size;
  }
}

void read_back(const CheckCopyNeeds& needs, Deposit& deposit, std::span<const InventoryEntry> entries,
               const std::vector<std::size_t>& which, Findings findings) {
  std::deque<HashingSink> sinks;
  std::vector<ReadBack> files;
  files.reserve(which.size());
  for (const std::size_t i : which) {
    files.push_back({entries[i].name, sinks.emplace_back(needs.progress, needs.stop)});
  }
  deposit.read_back_all(files);
  for (std::size_t i = 0; i < which.size(); ++i) {
    findings[which[i]] = judge(needs, entries[which[i]], std::move(files[i].outcome), sinks[i]);
  }
}

/// What the provider says of the one, or nothing: then the file is to be read back.
Result<std::optional<EntryFinding>> believe(const CheckCopyNeeds& needs, Deposit& deposit,
                                            const InventoryEntry& entry) {
  using Judged = std::optional<EntryFinding>;
  if (needs.package == nullptr) return Judged();
  TRY_VOID(needs.stop.check());
  const auto told = deposit.checksum_of(entry.name);
  if (!told && told.error().reason == Reason::not_found) return Judged(EntryFinding());
  if (!told) return told.error();
  // Of another size: the listing has said so already, or reading will.
  if (!*told || (*told)->size != entry.size) return Judged();
  const ServerChecksum& checksum = **told;
  if (checksum.part_size) {
    // Parts may have been cut elsewhere once: what does not agree has to be read.
    TRY(const Digest expected, digest_of_parts(needs, entry.name, *checksum.part_size));
    if (expected != checksum.sha256) return Judged();
    needs.progress.add(0, 1);
    return Judged(EntryFinding());
  }
  needs.progress.add(entry.size, 1);
  return Judged(checksum.sha256 == entry.sha256() ? EntryFinding() : wrong_checksum(entry, checksum.sha256));
}

void check_group(const CheckCopyNeeds& needs, Deposit& deposit, std::span<const InventoryEntry> entries,
                 Findings findings) {
  std::vector<std::size_t> unread;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto judged = believe(needs, deposit, entries[i]);
    if (judged && !*judged) {
      unread.push_back(i);
    } else {
      findings[i] = judged ? Result<EntryFinding>(std::move(**judged)) : std::move(judged).error();
    }
  }
  read_back(needs, deposit, entries, unread, findings);
}

}  // namespace

Result<ListingDifference> check_copy(const CheckCopyNeeds& needs, Deposit& deposit, const InventoryRef& inventory) {
  needs.progress.expect(inventory.bytes, inventory.entries);
  TRY(ListingDifference difference, compare_listing(deposit, needs.area, inventory, needs.problems));
  TRY_VOID(for_each_group(
      needs.area, blobs::kInventory, inventory, needs.workers, needs.spread,
      [&](std::span<const InventoryEntry> entries, Findings findings) {
        check_group(needs, deposit, entries, findings);
      },
      [&](Problem problem) {
        difference.faulty.add(problem.path);
        return needs.problems.add(std::move(problem));
      }));
  return difference;
}

}  // namespace strongroom::ingest
