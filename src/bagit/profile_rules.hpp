// Rules of a BagIt profile about one bag: N1 to N9.
//
// Private to this room. Sees the tag files one after the other and every name once; a rule whose input could not be
// read is not asked. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bagit/declaration.hpp"
#include "bagit/findings.hpp"
#include "bagit/list_rules.hpp"
#include "bagit/metadata.hpp"
#include "bagit/profile.hpp"

namespace strongroom::bagit {

class ProfileRules {
 public:
  /// Both outlive this.
  ProfileRules(const Profile& profile, Findings& findings) : profile_(profile), findings_(findings) {}

  /// N1.
  Result<void> judge_version(const Declaration& declaration);
  /// N2; the media type of the package, nothing when the bag is a directory, empty when that is not known.
  Result<void> judge_serialization(const std::optional<std::string>& media_type);
  /// N3 and N4.
  Result<void> judge_metadata(const Metadata& metadata);
  /// N5 and N6.
  Result<void> judge_manifests(const std::vector<Manifest>& manifests);
  /// N7.
  Result<void> judge_fetch(bool has_fetch);
  /// N9, one file that is present; all of them in any order.
  Result<void> see(const std::string& name);
  /// N8, and N9 about what is missing; after the last name.
  Result<void> finish(std::uint64_t payload_files, std::uint64_t payload_bytes);

 private:
  Result<void> judge_field(const FieldRule& rule, const Metadata& metadata);
  Result<void> judge_manifests_of(const std::vector<Manifest>& manifests, bool payload);
  Result<void> report(std::string_view rule, std::string_view kind, std::string_view path, std::string description,
                      const std::string& expected = {}, const std::string& actual = {});

  const Profile& profile_;
  Findings& findings_;
  std::set<std::string> seen_;  ///< of the required tag files
};

}  // namespace strongroom::bagit
