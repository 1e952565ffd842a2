#include "ingest/verify.hpp"

#include "bagit/check.hpp"
#include "base/sorter.hpp"
#include "domain/description.hpp"
#include "ingest/batches.hpp"

namespace strongroom::ingest {
namespace {

/// The files below the root, sorted by name once for all passes of the check.
class UnpackedBag final : public bagit::BagView {
 public:
  UnpackedBag(PackageFiles& files, Sorter& sorted, const Stop& stop) : files_(files), sorted_(sorted), stop_(stop) {}

  Result<std::unique_ptr<bagit::EntryReader>> entries() override {
    TRY(auto reader, sorted_.read());
    return std::unique_ptr<bagit::EntryReader>(std::make_unique<Entries>(std::move(reader), stop_));
  }
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override { return files_.open(name); }

 private:
  class Entries final : public bagit::EntryReader {
   public:
    Entries(std::unique_ptr<SortedReader> reader, const Stop& stop) : reader_(std::move(reader)), stop_(stop) {}
    Result<const InventoryEntry*> next() override {
      TRY_VOID(stop_.check());
      TRY(const SortedRecord* record, reader_->next());
      if (record == nullptr) return static_cast<const InventoryEntry*>(nullptr);
      TRY(entry_, decode_entry(record->value));
      return &entry_;
    }

   private:
    std::unique_ptr<SortedReader> reader_;
    const Stop& stop_;
    InventoryEntry entry_;
  };

  PackageFiles& files_;
  Sorter& sorted_;
  const Stop& stop_;
};

Result<void> sort_below_root(WorkArea& area, const Unpacked& unpacked, const std::string& root, Sorter& sorter) {
  return visit_entries(area, blobs::kArchiveInventory, unpacked.inventory, [&](const InventoryEntry& entry) {
    InventoryEntry below = entry;
    below.name.erase(0, root.size());
    return sorter.add(below.name, encode_entry(below));
  });
}

/// A blob that holds an inventory.
class ListBlob {
 public:
  Result<void> begin(WorkArea& area, const char* name) {
    TRY(blob_, area.create_blob(name));
    writer_.emplace(*blob_);
    return {};
  }
  Result<void> add(const InventoryEntry& entry) { return writer_->add(entry); }
  Result<InventoryRef> finish() {
    TRY(InventoryRef ref, writer_->finish());
    TRY_VOID(blob_->finish());
    return ref;
  }

 private:
  std::unique_ptr<WorkFile> blob_;
  std::optional<InventoryWriter> writer_;
};

/// bag-info for register: kept as a blob, because it may be larger than a waypoint.
Result<std::string> keep_bag_info(WorkArea& area, const bagit::Metadata& metadata) {
  const std::string json = encode_bag_info(BagInfo{metadata.fields});
  TRY(auto blob, area.create_blob(blobs::kBagInfo));
  TRY_VOID(blob->write(as_bytes(json)));
  TRY_VOID(blob->finish());
  return digest_of(Algorithm::sha256, json).hex();
}

}  // namespace

Result<Verified> verify(const VerifyNeeds& needs, const VerifyTask& task, const Unpacked& unpacked,
                        const Rooted& rooted) {
  needs.progress.expect(unpacked.inventory.bytes, unpacked.inventory.entries);
  Sorter sorter(needs.area, limits::kSorterMemoryMax);
  TRY_VOID(sort_below_root(needs.area, unpacked, rooted.root, sorter));
  UnpackedBag bag(needs.files, sorter, needs.stop);

  ListBlob own;
  TRY_VOID(own.begin(needs.area, blobs::kInventory));
  ListBlob fetched;
  TRY_VOID(fetched.begin(needs.area, blobs::kFetched));
  bagit::CheckRequest request{task.bag.external_identifier, task.type == IngestType::update};
  request.key_prefix_bytes = task.budget.bytes;
  request.key_prefix_components = task.budget.components;
  request.bag = task.bag;
  request.held = task.held;
  request.media_type = unpacked.media_type;
  const auto profile = task.profiles.find(task.bag.space.str());
  if (profile != task.profiles.end()) request.profile = &profile->second;
  TRY(const bagit::CheckOutcome outcome, bagit::check_bag(
                                             bag, request, needs.area, needs.problems,
                                             [&](const InventoryEntry& entry) -> Result<void> {
                                               TRY_VOID(needs.stop.check());
                                               needs.progress.add(entry.size, 1);
                                               return own.add(entry);
                                             },
                                             [&](const InventoryEntry& entry) -> Result<void> {
                                               TRY_VOID(needs.stop.check());
                                               return fetched.add(entry);
                                             }));
  if (outcome.failure) return refusal(*outcome.failure);
  if (!outcome.facts) return broken("an accepted bag without facts");
  TRY(InventoryRef own_ref, own.finish());
  TRY(InventoryRef fetched_ref, fetched.finish());
  TRY(std::string bag_info_sha256, keep_bag_info(needs.area, outcome.facts->metadata));
  const bagit::BagFacts& facts = *outcome.facts;
  return Verified{std::move(own_ref),  facts.bagit_version, facts.payload_algorithms,   facts.tag_algorithms,
                  facts.payload_files, facts.payload_bytes, std::move(bag_info_sha256), std::move(fetched_ref)};
}

}  // namespace strongroom::ingest
