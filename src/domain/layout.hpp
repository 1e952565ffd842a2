// Every storage key the service builds, in one place (pipeline.md 7.1). Pure functions; keys never begin with a slash.
// No other place builds a key: who looks for the layout finds all of it here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/identifiers.hpp"

namespace strongroom::layout {

/// `{space}/{externalIdentifier}/`
[[nodiscard]] std::string bag_prefix(const BagId& bag);
/// `{space}/{externalIdentifier}/vN/`: a prefix always ends in a slash, so v1 never sees v10.
[[nodiscard]] std::string version_prefix(const BagId& bag, Version version);
/// `{space}/{externalIdentifier}/vN/{name}`
[[nodiscard]] std::string file_key(const BagId& bag, Version version, std::string_view name);
/// `_strongroom/manifests/{space}/{externalIdentifier}/vN.json`
[[nodiscard]] std::string description_key(const BagId& bag, Version version);
/// What every description_key() begins with.
[[nodiscard]] std::string descriptions_prefix();
/// A version of a bag as a key names it.
struct VersionKey {
  BagId bag;
  Version version;
};
/// The version whose description a key is; nothing for any other key.
[[nodiscard]] std::optional<VersionKey> parse_description_key(std::string_view key);
/// The version below which a file lies, `{space}/{externalIdentifier}/vN/{name}`; nothing for any other key.
[[nodiscard]] std::optional<VersionKey> parse_file_key(std::string_view key);
/// `_strongroom/location.json`
[[nodiscard]] std::string location_marker_key();
/// `_strongroom/staging/{ingest}-{fence}`
[[nodiscard]] std::string staging_directory(const IngestId& ingest, Fence fence);
/// Records store: all problems of one step of one run, JSON Lines (CORRECTNESS 3.4). The digest of the lines is part of
/// the key: a step that is done again may find other problems, and records are never overwritten.
[[nodiscard]] std::string report_key(const IngestId& ingest, int run, std::string_view step_code,
                                     std::string_view location_name, std::string_view sha256_hex);
/// Records store: a stored description, kept by its digest, and beside it its sparse index.
[[nodiscard]] std::string kept_description_key(std::string_view sha256_hex);
[[nodiscard]] std::string kept_index_key(std::string_view sha256_hex);

/// Bytes and components of version_prefix() with vN counted as 11 bytes, below a location's key prefix: the budget that
/// file names have to fit (domain-rules.md 2.5).
struct KeyBudget {
  std::size_t bytes = 0;
  std::size_t components = 0;
};
[[nodiscard]] KeyBudget key_budget(const BagId& bag, std::string_view location_prefix);

}  // namespace strongroom::layout
