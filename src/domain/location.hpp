// Locations and sources as facts: where bags are kept, where packages come from. No I/O.
// Plain values and pure functions: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/identifiers.hpp"

namespace strongroom {

/// Kind of storage, by the ids of the API (http-api.md 4.1).
enum class Provider : std::uint8_t { amazon_s3, azure_blob_storage, filesystem };

[[nodiscard]] std::string_view name_of(Provider provider);
/// `Amazon S3`, `Azure Blob Storage`, `File system`.
[[nodiscard]] std::string_view label_of(Provider provider);
/// The ids and the aliases `aws-s3-standard`, `aws-s3-ia`, `aws-s3-glacier`.
[[nodiscard]] std::optional<Provider> parse_provider(std::string_view id);

enum class AccessTier : std::uint8_t { hot, cool, cold, archive };
[[nodiscard]] std::string_view name_of(AccessTier tier);
[[nodiscard]] std::optional<AccessTier> parse_access_tier(std::string_view name);

enum class LocationRole : std::uint8_t { primary, replica };
[[nodiscard]] std::string_view name_of(LocationRole role);

/// How a copy's content is verified before its version can be registered (pipeline.md 8.2).
enum class CopyCheck : std::uint8_t {
  full,             ///< every byte is read back and hashed
  server_checksum,  ///< by the SHA-256 that the provider has computed; what it has none of is read back
};
/// `full`, `server-checksum`.
[[nodiscard]] std::string_view name_of(CopyCheck check);
[[nodiscard]] std::optional<CopyCheck> parse_copy_check(std::string_view name);

/// How files that a version takes from earlier ones are verified in a location (pipeline.md 8.3).
enum class FetchedCheck : std::uint8_t {
  presence,  ///< each is there with its size, as listings say
  content,   ///< and its bytes are read and hashed, where the tier allows
};
[[nodiscard]] std::string_view name_of(FetchedCheck check);
[[nodiscard]] std::optional<FetchedCheck> parse_fetched_check(std::string_view name);

/// A place where bag versions are kept (pipeline.md 7.1).
struct LocationFacts {
  LocationName name;
  std::string label;  ///< as events show it: `primary location`
  std::string uuid;   ///< of its `_strongroom/location.json` (CORRECTNESS 1.9); empty until it has been read
  Provider provider = Provider::filesystem;
  LocationRole role = LocationRole::replica;
  std::string bucket;  ///< bucket, container, or the location's name for a filesystem
  std::string prefix;  ///< key prefix, empty or ending in `/`
  std::string url;     ///< public URL prefix without the bag path and without trailing slash
  AccessTier tier = AccessTier::hot;
  /// Writes become final only at commit (a filesystem with staging); otherwise every put is to a final key.
  bool staged = true;
  /// URL prefixes by which fetch.txt may call it besides `url`, each followed by the bag's path; nothing: the one that
  /// its provider and name give (bag-acceptance.md 7.1).
  std::vector<std::string> fetch_aliases{};
  CopyCheck verify = CopyCheck::full;
  FetchedCheck verify_fetched = FetchedCheck::presence;
  /// Registered versions are moved from `tier` to the provider's archive tier.
  bool archives = false;
  /// Of a location at a provider: how many requests of one step are under way at the same time.
  std::size_t requests_at_once = 64;
  /// Bags of these spaces are kept there; empty: of all.
  std::vector<std::string> spaces{};

  [[nodiscard]] bool serves(std::string_view space) const;
};

/// The name of the catalogue's fact that a version has been moved to the archive tier of a location.
[[nodiscard]] std::string archived_fact(std::string_view location_uuid, const BagId& bag, Version version);

/// Where a package lies (domain-rules.md 2.6).
struct SourceLocation {
  Provider provider = Provider::filesystem;
  std::string bucket;
  std::string path;

  /// `s3://bucket/key`, `azure://container/name`, `file://area/path`, as event texts show it.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const SourceLocation&, const SourceLocation&) = default;
};

/// The text of the broken rule of domain-rules.md 2.6 for a bucket; empty when fine.
[[nodiscard]] std::string source_bucket_fault(std::string_view bucket);
/// The text of the first broken rule of domain-rules.md 2.6 for a path; empty when fine.
[[nodiscard]] std::string source_path_fault(Provider provider, std::string_view path);

}  // namespace strongroom
