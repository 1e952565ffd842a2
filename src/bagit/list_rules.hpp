// Rules about what the manifests and fetch.txt list: C6, D1, D2, E5, H1, H2, and the count for G1.
//
// Private to this room. Sees every name of a bag once. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bagit/names.hpp"

namespace strongroom::bagit {

/// A manifest of a supported algorithm.
struct Manifest {
  std::string file;
  bool payload = false;
  Algorithm algorithm = Algorithm::sha256;
  bool whole = true;  ///< every line could be read
};

/// Where the rulebooks and the BagIt versions differ.
struct ListPolicy {
  bool every_payload_manifest = true;  ///< D1
  bool every_tag_manifest = true;      ///< D2
  bool repeats_refused = true;         ///< C6 for a path with the same digest twice; otherwise W9
};

class ListRules {
 public:
  /// All outlive this; `manifests` is complete and in byte order of file.
  ListRules(const std::vector<Manifest>& manifests, ListPolicy policy, Findings& findings);

  Result<void> see(const BagName& name);
  /// After the last name.
  void finish();
  /// Names in at least one payload manifest.
  [[nodiscard]] std::uint64_t payload_listed() const { return payload_listed_; }
  /// D1 failed.
  [[nodiscard]] bool payload_differs() const { return payload_differs_; }

 private:
  Result<void> judge_repeats(const BagName& name);
  Result<void> judge_places(const BagName& name, bool in_payload, bool in_tag);
  Result<bool> differs(const BagName& name, bool payload);

  const std::vector<Manifest>& manifests_;
  ListPolicy policy_;
  Findings& findings_;
  std::vector<NameList> repeated_;  ///< by manifest
  NameList fetched_twice_;
  NameList outside_;
  NameList misplaced_;
  std::uint64_t payload_listed_ = 0;
  bool payload_differs_ = false;
  bool tag_differs_ = false;
};

}  // namespace strongroom::bagit
