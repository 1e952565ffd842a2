#include "ingest/replicate.hpp"

#include "ingest/batches.hpp"
#include "ingest/compare.hpp"
#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

/// In `actual`: the version's prefix holds something, but not this file.
constexpr const char* kMissing = "missing";

Problem destination_problem(const char* kind, std::string path, std::string description) {
  Problem problem;
  problem.rule = "P7";
  problem.kind = kind;
  problem.path = std::move(path);
  problem.description = std::move(description);
  return problem;
}

/// Content below this version's prefix that is not part of the version (pipeline.md 7.2).
Result<void> refuse_unexpected(const ReplicateNeeds& needs, Deposit& deposit, const DepositTicket& ticket,
                               const InventoryRef& inventory) {
  std::string first;
  TRY_VOID(visit_unexpected(deposit, needs.area, inventory, [&](std::string_view name) -> Result<void> {
    if (first.empty()) first = name;
    return needs.problems.add(destination_problem("unexpected-content", std::string(name),
                                                  "The location holds a file that is not part of this version"));
  }));
  if (first.empty()) return {};
  return rejected("unexpected content is already stored at " + layout::file_key(ticket.bag, ticket.version, first), {},
                  Reason::unexpected_content);
}

/// Puts one file; other bytes at its key are a finding, so that all of them can be counted.
Result<EntryFinding> put_entry(const ReplicateNeeds& needs, Deposit& deposit, const InventoryEntry& entry) {
  TRY_VOID(needs.stop.check());
  const DepositFile file{entry.name, entry.size, entry.sha256()};
  auto done = deposit.put(file, [&] { return needs.files.open(entry.name); });
  if (!done && done.error().reason == Reason::content_differs) {
    return EntryFinding(
        destination_problem("content-differs", entry.name, "The location holds other bytes under this name"));
  }
  if (!done && done.error().act == Act::rejected && done.error().reason == Reason::not_found) {
    Problem problem =
        destination_problem("content-differs", entry.name, "The location holds this version without this file");
    problem.actual = kMissing;
    return EntryFinding(std::move(problem));
  }
  if (!done) return std::move(done).error();
  needs.progress.add(entry.size, 1);
  return EntryFinding();
}

Error refuse_different(const DepositTicket& ticket, const NamedFaults& files) {
  std::string text =
      "different content is already stored at " + layout::file_key(ticket.bag, ticket.version, files.first);
  if (files.count > 1) text.append(" and " + std::to_string(files.count - 1) + " more");
  return rejected(std::move(text), {}, Reason::content_differs);
}

Result<void> put_all(const ReplicateNeeds& needs, Deposit& deposit, const DepositTicket& ticket,
                     const InventoryRef& inventory) {
  if (deposit.already_stored()) TRY_VOID(refuse_unexpected(needs, deposit, ticket, inventory));
  NamedFaults differing;
  NamedFaults missing;
  TRY_VOID(for_each_entry(
      needs.area, blobs::kInventory, inventory, needs.workers, needs.spread,
      [&](const InventoryEntry& entry) { return put_entry(needs, deposit, entry); },
      [&](Problem problem) {
        (problem.actual == kMissing ? missing : differing).add(problem.path);
        return needs.problems.add(std::move(problem));
      }));
  if (differing.count + missing.count > 0) return refuse_different(ticket, differing.count > 0 ? differing : missing);
  return {};
}

}  // namespace

Result<Replicated> replicate(const ReplicateNeeds& needs, const DepositTicket& ticket, const Rooted& rooted,
                             const InventoryRef& inventory) {
  needs.progress.expect(inventory.bytes, inventory.entries);
  TRY_VOID(needs.depository.sweep(ticket.ingest, ticket.adopt.value_or(ticket.fence)));
  TRY(auto deposit, needs.depository.open(ticket));
  TRY(const bool filled, deposit->take_in(rooted.root));
  if (filled) {
    needs.progress.add(inventory.bytes, inventory.entries);
  } else {
    TRY_VOID(put_all(needs, *deposit, ticket, inventory));
  }
  TRY_VOID(deposit->seal());
  return Replicated{deposit->already_stored()};
}

}  // namespace strongroom::ingest
