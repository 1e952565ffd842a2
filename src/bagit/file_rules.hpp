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

/// Who takes the files of an accepted bag.
struct FileSinks {
  const VerifiedSink& verified;
  const FetchedSink& fetched;  ///< may be empty
};

struct FileCounts {
  std::uint64_t payload_files = 0;
  std::uint64_t payload_bytes = 0;  ///< of fetched ones too
  std::uint64_t fetched_bytes = 0;  ///< the part of it that is fetched
  std::uint64_t tag_files = 0;
  std::uint64_t tag_bytes = 0;
  std::uint64_t fetched_files = 0;    ///< taken from the held version; not among the payload files
  std::uint64_t payload_missing = 0;  ///< listed in a payload manifest, of a size that is not known
};

/// Opens a file from its beginning, when a digest of it is still to be computed.
using ContentOpening = std::function<Result<std::unique_ptr<ByteSource>>()>;

class FileRules {
 public:
  /// All outlive this. `unreadable`: files that the bag did not let us read before.
  FileRules(BagView& bag, const CheckRequest& request, const std::vector<Manifest>& manifests, ListsKnown known,
            const std::set<std::string>& unreadable, FileSinks sinks, Findings& findings)
      : bag_(bag),
        request_(request),
        manifests_(manifests),
        known_(known),
        unreadable_(unreadable),
        sinks_(sinks),
        findings_(findings) {}

  Result<void> see(const BagName& name);
  /// After the last name.
  void finish();
  [[nodiscard]] const FileCounts& counts() const { return counts_; }

 private:
  Result<void> judge_present(const BagName& name);
  Result<void> judge_missing(const BagName& name);
  Result<void> judge_fetched(const BagName& name);
  Result<void> judge_held(const BagName& name, const FetchEntry& fetch);
  Result<void> judge_unlisted(const BagName& name);
  Result<bool> judge_digests(const BagName& name, const InventoryEntry& entry);
  [[nodiscard]] AlgorithmSet needed(const BagName& name) const;
  Result<std::optional<InventoryEntry>> complete(const InventoryEntry& entry, AlgorithmSet algorithms,
                                                 const ContentOpening& open);
  [[nodiscard]] bool is_listed(const BagName& name, bool payload) const;

  BagView& bag_;
  const CheckRequest& request_;
  const std::vector<Manifest>& manifests_;
  ListsKnown known_;
  const std::set<std::string>& unreadable_;
  FileSinks sinks_;
  Findings& findings_;
  NameList failed_;
  NameList fetched_and_present_;
  NameList fetched_not_listed_;
  NameList unlisted_;
  FileCounts counts_;
};

}  // namespace strongroom::bagit
