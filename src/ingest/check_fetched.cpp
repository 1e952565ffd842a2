#include "ingest/check_fetched.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/sorter.hpp"
#include "ingest/batches.hpp"
#include "ingest/hashing_sink.hpp"

namespace strongroom::ingest {
namespace {

constexpr std::size_t kListPage = 1000;
constexpr std::size_t kReadBuffer = std::size_t{256} << 10;

Problem fetched_problem(const char* rule, const char* kind, const InventoryEntry& entry, const char* description) {
  Problem problem;
  problem.rule = rule;
  problem.kind = kind;
  problem.path = entry.name;
  problem.other = entry.path;
  problem.description = description;
  return problem;
}

FileCopy copy_of(const Place& place, const std::string& key, const InventoryEntry& entry) {
  return {place.facts.uuid, key, entry.size, entry.sha256()};
}

void note(const CheckCopyNeeds& needs, const Place& place, const FileCopy& copy, const Error& error) {
  if (needs.damage != nullptr) needs.damage->failed(place.facts.name.str(), copy, error);
}

/// Walks the listing of one version directory after the other, beside the fetched files by path.
class Presence {
 public:
  Presence(const CheckCopyNeeds& needs, const Place& place, const BagId& bag, NamedFaults& faults)
      : needs_(needs), place_(place), above_(layout::bag_prefix(bag)), faults_(faults) {}

  Result<void> expect(const InventoryEntry& entry) {
    TRY_VOID(needs_.stop.check());
    const std::string key = above_ + entry.path;
    const std::string prefix = above_ + entry.path.substr(0, entry.path.find('/') + 1);
    if (prefix != prefix_) {
      prefix_ = prefix;
      page_.clear();
      at_ = 0;
    }
    TRY(const ObjectInfo* object, find(key));
    if (object == nullptr) {
      note(needs_, place_, copy_of(place_, key, entry), broken("there is no such object", key, Reason::not_found));
      faults_.add(entry.name);
      return needs_.problems.add(
          fetched_problem("K2", "missing-file", entry, "The location does not hold the file that is fetched"));
    }
    if (object->size == entry.size) return {};
    note(needs_, place_, copy_of(place_, key, entry),
         broken("the object has another size than was recorded", key, Reason::corrupt));
    faults_.add(entry.name);
    Problem problem = fetched_problem("K5", "wrong-length", entry, "The stored file that is fetched has another size");
    problem.expected = std::to_string(entry.size);
    problem.actual = std::to_string(object->size);
    return needs_.problems.add(std::move(problem));
  }

 private:
  /// Keys are asked for in ascending order.
  Result<const ObjectInfo*> find(const std::string& key) {
    for (;;) {
      while (at_ < page_.size() && page_[at_].key < key) ++at_;
      if (at_ < page_.size()) return page_[at_].key == key ? &page_[at_] : static_cast<const ObjectInfo*>(nullptr);
      // Everything up to just before the key is passed over, so a few files of a large version cost a few pages.
      const std::string before = key.substr(0, key.size() - 1);
      const std::string after = page_.empty() ? before : std::max(page_.back().key, before);
      TRY(page_, place_.store.list(prefix_, after, kListPage));
      at_ = 0;
      if (page_.empty()) return static_cast<const ObjectInfo*>(nullptr);
    }
  }

  const CheckCopyNeeds& needs_;
  const Place& place_;
  const std::string above_;
  NamedFaults& faults_;
  std::string prefix_;
  std::vector<ObjectInfo> page_;
  std::size_t at_ = 0;
};

/// `tells_right`: whether it would be news that the file is right.
Result<EntryFinding> read_stored(const CheckCopyNeeds& needs, const Place& place, const BagId& bag,
                                 const InventoryEntry& entry, bool tells_right) {
  TRY_VOID(needs.stop.check());
  const std::string key = layout::bag_prefix(bag) + entry.path;
  const FileCopy copy = copy_of(place, key, entry);
  auto source = place.store.get(key, {});
  // The listing has said so already.
  if (!source && source.error().reason == Reason::not_found) return EntryFinding();
  HashingSink sink(needs.progress, needs.stop);
  const auto read = source ? copy_bytes(**source, sink, kReadBuffer) : Result<std::uint64_t>(source.error());
  if (!read) {
    note(needs, place, copy, read.error());
    return read.error();
  }
  needs.progress.add(0, 1);
  const Digest actual = sink.finish();
  if (sink.size() != entry.size) return EntryFinding();
  if (actual == entry.sha256()) {
    if (tells_right) needs.damage->was_right(place.facts.name.str(), copy);
    return EntryFinding();
  }
  note(needs, place, copy, broken("the object does not have the recorded digest", key, Reason::corrupt));
  Problem problem =
      fetched_problem("K4", "wrong-checksum", entry, "The stored file that is fetched has another sha256 digest");
  problem.algorithm = name_of(Algorithm::sha256);
  problem.expected = entry.sha256().hex();
  problem.actual = actual.hex();
  return EntryFinding(std::move(problem));
}

}  // namespace

Result<NamedFaults> check_fetched(const CheckCopyNeeds& needs, const Place& place, const BagId& bag,
                                  const InventoryRef& fetched) {
  NamedFaults faults;
  if (fetched.entries == 0) return faults;
  Sorter by_path(needs.area, limits::kSorterMemoryMax);
  TRY_VOID(visit_entries(needs.area, blobs::kFetched, fetched,
                         [&](const InventoryEntry& entry) { return by_path.add(entry.path, encode_entry(entry)); }));
  Presence presence(needs, place, bag, faults);
  TRY(const auto sorted, by_path.read());
  for (;;) {
    TRY(const SortedRecord* record, sorted->next());
    if (record == nullptr) break;
    TRY(const InventoryEntry entry, decode_entry(record->value));
    TRY_VOID(presence.expect(entry));
  }
  const bool readable = place.facts.tier != AccessTier::archive && !place.facts.archives;
  if (place.facts.verify_fetched != FetchedCheck::content || !readable) return faults;
  needs.progress.expect(fetched.bytes, fetched.entries);
  const bool tells_right = needs.damage != nullptr && needs.damage->knows_any(place.facts.uuid);
  TRY_VOID(for_each_entry(
      needs.area, blobs::kFetched, fetched, needs.workers, needs.spread,
      [&](const InventoryEntry& entry) { return read_stored(needs, place, bag, entry, tells_right); },
      [&](Problem problem) {
        faults.add(problem.path);
        return needs.problems.add(std::move(problem));
      }));
  return faults;
}

}  // namespace strongroom::ingest
