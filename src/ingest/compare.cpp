#include "ingest/compare.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "ingest/batches.hpp"
#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

Problem problem_of(const char* rule, const char* kind, std::string_view path, const char* description) {
  Problem problem;
  problem.rule = rule;
  problem.kind = kind;
  problem.path = path;
  problem.description = description;
  return problem;
}

/// Walks the sorted listing beside the inventory.
class Comparison {
 public:
  Comparison(SortedReader& listed, ProblemSink& problems) : listed_(listed), problems_(problems) {}

  Result<void> start() { return advance(); }

  Result<void> expect(const InventoryEntry& entry) {
    while (current_ != nullptr && current_->key < entry.name) TRY_VOID(report_unexpected());
    if (current_ == nullptr || current_->key != entry.name) {
      difference_.faulty.add(entry.name);
      return problems_.add(problem_of("K2", "missing-file", entry.name, "The file is missing"));
    }
    if (current_->value != std::to_string(entry.size)) {
      difference_.faulty.add(entry.name);
      Problem problem = problem_of("K1", "wrong-length", entry.name, "The file does not have its length");
      problem.expected = std::to_string(entry.size);
      problem.actual = std::string(current_->value);
      TRY_VOID(problems_.add(std::move(problem)));
    }
    return advance();
  }

  Result<ListingDifference> finish() {
    while (current_ != nullptr) TRY_VOID(report_unexpected());
    return difference_;
  }

 private:
  Result<void> advance() {
    TRY(current_, listed_.next());
    return {};
  }
  Result<void> report_unexpected() {
    difference_.unexpected.add(current_->key);
    TRY_VOID(problems_.add(problem_of("L2", "unlisted-file", current_->key, "The file is in no manifest")));
    return advance();
  }

  SortedReader& listed_;
  ProblemSink& problems_;
  const SortedRecord* current_ = nullptr;
  ListingDifference difference_;
};

}  // namespace

void NamedFaults::add(std::string_view name) {
  count += 1;
  if (count == 1) first = name;
  if (names.size() > 2 * limits::kEventTextMax) return;
  if (!names.empty()) names.append(", ");
  names.append(name);
}

Result<ListingDifference> compare_listing(Deposit& deposit, WorkArea& area, const InventoryRef& inventory,
                                          ProblemSink& problems) {
  Sorter listing(area, limits::kSorterMemoryMax);
  TRY_VOID(deposit.list([&](const DepositedFile& file) { return listing.add(file.name, std::to_string(file.size)); }));
  TRY(auto sorted, listing.read());
  Comparison comparison(*sorted, problems);
  TRY_VOID(comparison.start());
  TRY_VOID(visit_entries(area, blobs::kInventory, inventory,
                         [&](const InventoryEntry& entry) { return comparison.expect(entry); }));
  return comparison.finish();
}

Result<void> visit_unexpected(Deposit& deposit, WorkArea& area, const InventoryRef& inventory,
                              const std::function<Result<void>(std::string_view name)>& found) {
  class UnlistedOnly final : public ProblemSink {
   public:
    explicit UnlistedOnly(const std::function<Result<void>(std::string_view)>& found) : found_(found) {}
    Result<void> add(Problem problem) override { return problem.kind == "unlisted-file" ? found_(problem.path) : ok(); }

   private:
    const std::function<Result<void>(std::string_view)>& found_;
  };
  UnlistedOnly sink(found);
  TRY([[maybe_unused]] const auto difference, compare_listing(deposit, area, inventory, sink));
  return {};
}

std::string difference_text(const ListingDifference& difference) {
  const NamedFaults& faulty = difference.faulty;
  if (faulty.count == 1) return "Unable to verify one file in the bag: " + faulty.names;
  if (faulty.count > 1)
    return "Unable to verify " + std::to_string(faulty.count) + " files in the bag: " + faulty.names;
  const NamedFaults& extra = difference.unexpected;
  if (extra.count == 1) return "Bag contains a file which is not referenced in the manifest: /" + extra.names;
  std::string names = extra.names;
  for (std::size_t at = 0; (at = names.find(", ", at)) != std::string::npos; at += 3) names.replace(at, 2, ", /");
  return "Bag contains " + std::to_string(extra.count) + " files which are not referenced in the manifest: /" + names;
}

}  // namespace strongroom::ingest
