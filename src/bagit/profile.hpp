// BagIt Profiles 1.4.0: what one archive or one space asks of its bags beyond BagIt, as its JSON file says it.
//
// A plain value, made once from a local file: the URL that names a profile is never fetched. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace strongroom::bagit {

/// What is asked of one label of bag-info.txt; labels are compared without regard to ASCII case.
struct FieldRule {
  std::string label;
  bool required = false;
  bool repeatable = true;
  std::vector<std::string> values{};  ///< those allowed; any when empty
};

/// What is asked of the manifests of one sort, by the algorithms in their names.
struct ManifestRule {
  std::vector<std::string> required;
  std::optional<std::vector<std::string>> allowed;  ///< any when absent
};

enum class Serialization : std::uint8_t { optional, required, forbidden };

struct Profile {
  std::string identifier;  ///< the URI that bags name in `BagIt-Profile-Identifier`
  std::vector<FieldRule> fields;
  ManifestRule payload_manifests;
  ManifestRule tag_manifests;
  bool fetch_allowed = true;
  bool fetch_required = false;
  bool payload_empty = false;  ///< `Data-Empty`
  Serialization serialization = Serialization::optional;
  std::vector<std::string> media_types;  ///< of packages; any when empty
  std::vector<std::string> versions;     ///< of BagIt
  std::vector<std::string> tag_files_required;
  std::vector<std::string> tag_files_allowed = {"*"};  ///< patterns in which `*` stands for anything

  [[nodiscard]] bool allows_tag_file(const std::string& name) const;
  /// `media_type` as archives have it, `application/gzip` …; other spellings of the same in the profile count too.
  [[nodiscard]] bool accepts_package(std::string_view media_type) const;
};

/// Everything that keeps a text from being a profile, a sentence each.
using ProfileFaults = std::vector<std::string>;

/// Reads a profile. A member that is not known is a fault: nobody would enforce it.
[[nodiscard]] std::variant<Profile, ProfileFaults> parse_profile(std::string_view json);

}  // namespace strongroom::bagit
