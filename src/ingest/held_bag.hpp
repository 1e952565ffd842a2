// The latest registered version of the bag in hand, as the check of an update asks for it (bag-acceptance.md 7).
//
// Its list of files comes from the stored description, checked by the digest in the catalogue; bytes come from the
// locations, and only when a digest is asked for that nobody has recorded. One thread at a time.
#pragma once

#include <vector>

#include "bagit/check.hpp"
#include "domain/fetch_url.hpp"
#include "domain/version_row.hpp"
#include "ingest/rooms.hpp"
#include "ports/damage.hpp"
#include "ports/log.hpp"

namespace strongroom::ingest {

class HeldBag final : public bagit::HeldVersion {
 public:
  /// All outlive this; `row` is registered, and stays the latest while the run holds the bag's lease.
  HeldBag(BagId bag, VersionRow row, ObjectStore& records, const std::vector<Place>& places, Log& log,
          DamageNotes* damage);

  Result<std::unique_ptr<bagit::EntryReader>> payload() override;
  [[nodiscard]] std::optional<std::string> path_of(std::string_view url) const override;
  Result<std::unique_ptr<ByteSource>> open(const InventoryEntry& file, std::string_view url) override;

 private:
  BagId bag_;
  VersionRow row_;
  ObjectStore& records_;
  const std::vector<Place>& places_;
  Log& log_;
  DamageNotes* damage_;  ///< null: nobody keeps what is found
  FetchUrls urls_;
  std::vector<ObjectStore*> stores_;
};

/// The version that an update builds on; nothing for a create, or when none is registered.
[[nodiscard]] std::optional<HeldBag> held_for(const IngestRequest& request, const std::vector<VersionRow>& versions,
                                              ObjectStore& records, const std::vector<Place>& places, Log& log,
                                              DamageNotes* damage);

}  // namespace strongroom::ingest
