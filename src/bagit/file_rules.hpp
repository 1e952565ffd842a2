// Rules about the files themselves: K1 to K3, L1, L2, and the sums for M1; makes the verified inventory.
//
// Private to this room. Sees every name of a bag once, in byte order. One thread at a time.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "bagit/list_rules.hpp"

namespace strongroom::bagit {

/// Which lists are complete enough to say of a file that it is in none (L2).
struct ListsKnown {
  bool payload = false;
  bool tag = false;
};

struct FileCounts {
  std::uint64_t payload_files = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t tag_files = 0;
  std::uint64_t tag_bytes = 0;
  std::uint64_t payload_missing = 0;  ///< listed in a payload manifest, neither present nor fetched
};

class FileRules {
 public:
  /// All outlive this. `unreadable`: files that the bag did not let us read before.
  FileRules(BagView& bag, const std::vector<Manifest>& manifests, ListsKnown known,
            const std::set<std::string>& unreadable, const VerifiedSink& verified, Findings& findings)
      : bag_(bag),
        manifests_(manifests),
        known_(known),
        unreadable_(unreadable),
        verified_(verified),
        findings_(findings) {}

  Result<void> see(const BagName& name);
  /// After the last name.
  void finish();
  [[nodiscard]] const FileCounts& counts() const { return counts_; }

 private:
  Result<void> judge_present(const BagName& name);
  Result<void> judge_missing(const BagName& name);
  Result<void> judge_unlisted(const BagName& name);
  Result<bool> judge_digests(const BagName& name, const InventoryEntry& entry);
  [[nodiscard]] AlgorithmSet needed(const BagName& name) const;
  Result<std::optional<InventoryEntry>> complete(const InventoryEntry& entry, AlgorithmSet algorithms);

  BagView& bag_;
  const std::vector<Manifest>& manifests_;
  ListsKnown known_;
  const std::set<std::string>& unreadable_;
  const VerifiedSink& verified_;
  Findings& findings_;
  NameList failed_;
  NameList fetched_and_present_;
  NameList unlisted_;
  FileCounts counts_;
};

}  // namespace strongroom::bagit
