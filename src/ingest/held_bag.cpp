#include "ingest/held_bag.hpp"

#include <algorithm>

#include "domain/description.hpp"
#include "retrieve/description.hpp"

namespace strongroom::ingest {
namespace {

/// The payload of a description, file by file.
class DescribedPayload final : public bagit::EntryReader {
 public:
  static Result<std::unique_ptr<bagit::EntryReader>> open(std::unique_ptr<ByteSource> source) {
    std::unique_ptr<DescribedPayload> payload(new DescribedPayload(std::move(source)));
    TRY([[maybe_unused]] const DescriptionHead head, payload->reader_.head());
    return std::unique_ptr<bagit::EntryReader>(std::move(payload));
  }

  Result<const InventoryEntry*> next() override {
    if (ended_) return static_cast<const InventoryEntry*>(nullptr);
    TRY(const DescribedFile* file, reader_.next_file());
    if (file == nullptr) return end();
    entry_ = InventoryEntry{file->name, file->size, file->checksums, file->path};
    return static_cast<const InventoryEntry*>(&entry_);
  }

 private:
  explicit DescribedPayload(std::unique_ptr<ByteSource> source) : source_(std::move(source)), reader_(*source_) {}

  /// Reads on to the last byte: only there does the description's digest show.
  Result<const InventoryEntry*> end() {
    ended_ = true;
    TRY([[maybe_unused]] const DescriptionTail tail, reader_.skip_to_tail());
    return static_cast<const InventoryEntry*>(nullptr);
  }

  std::unique_ptr<ByteSource> source_;
  DescriptionReader reader_;
  InventoryEntry entry_;
  bool ended_ = false;
};

std::vector<LocationFacts> facts_of(const std::vector<Place>& places) {
  std::vector<LocationFacts> facts;
  for (const Place& place : places) facts.push_back(place.facts);
  return facts;
}

}  // namespace

HeldBag::HeldBag(BagId bag, VersionRow row, ObjectStore& records, const std::vector<Place>& places, Log& log,
                 DamageNotes* damage)
    : bag_(std::move(bag)),
      row_(std::move(row)),
      records_(records),
      places_(places),
      log_(log),
      damage_(damage),
      urls_(bag_, facts_of(places)) {
  for (const Place& place : places_) stores_.push_back(&place.store);
}

Result<std::unique_ptr<bagit::EntryReader>> HeldBag::payload() {
  TRY(auto source, retrieve::open_description({records_, stores_, log_}, bag_, row_));
  return DescribedPayload::open(std::move(source));
}

std::optional<std::string> HeldBag::path_of(std::string_view url) const {
  auto target = urls_.find(url);
  return target ? std::optional(std::move(target->path)) : std::nullopt;
}

Result<std::unique_ptr<ByteSource>> HeldBag::open(const InventoryEntry& file, std::string_view url) {
  const std::string key = layout::bag_prefix(bag_) + file.path;
  const auto target = urls_.find(url);
  const std::size_t first = target ? target->location : 0;
  Result<std::unique_ptr<ByteSource>> opened = broken("no location is configured", key);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[(first + i) % places_.size()];
    opened = place.store.get(key, {});
    if (opened) return opened;
    log_.write(LogLevel::error, "file.copy_unusable",
               {{"location", place.facts.name.str()}, {"key", key}, {"error", opened.error().text()}});
    const std::vector<std::string>& holders = row_.registration->location_uuids;
    if (damage_ == nullptr || std::ranges::find(holders, place.facts.uuid) == holders.end()) continue;
    damage_->failed(place.facts.name.str(), {place.facts.uuid, key, file.size, file.sha256()}, opened.error());
  }
  // Locations are the operator's: what none of them can give is no fault of the bag in hand.
  if (opened.error().act == Act::rejected) return broken(opened.error().what, key, opened.error().reason);
  return opened;
}

std::optional<HeldBag> held_for(const IngestRequest& request, const std::vector<VersionRow>& versions,
                                ObjectStore& records, const std::vector<Place>& places, Log& log, DamageNotes* damage) {
  const VersionRow* latest = latest_registered(versions);
  if (latest == nullptr || request.type != IngestType::update) return std::nullopt;
  return HeldBag(request.bag, *latest, records, places, log, damage);
}

}  // namespace strongroom::ingest
