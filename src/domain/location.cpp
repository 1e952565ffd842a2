#include "domain/location.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace strongroom {

std::string_view name_of(Provider provider) {
  switch (provider) {
    case Provider::amazon_s3:
      return "amazon-s3";
    case Provider::azure_blob_storage:
      return "azure-blob-storage";
    case Provider::filesystem:
      return "filesystem";
  }
  return {};
}

std::string_view label_of(Provider provider) {
  switch (provider) {
    case Provider::amazon_s3:
      return "Amazon S3";
    case Provider::azure_blob_storage:
      return "Azure Blob Storage";
    case Provider::filesystem:
      return "File system";
  }
  return {};
}

std::optional<Provider> parse_provider(std::string_view id) {
  if (id == "amazon-s3" || id == "aws-s3-standard" || id == "aws-s3-ia" || id == "aws-s3-glacier") {
    return Provider::amazon_s3;
  }
  if (id == "azure-blob-storage") return Provider::azure_blob_storage;
  if (id == "filesystem") return Provider::filesystem;
  return std::nullopt;
}

std::string_view name_of(AccessTier tier) {
  switch (tier) {
    case AccessTier::hot:
      return "hot";
    case AccessTier::cool:
      return "cool";
    case AccessTier::cold:
      return "cold";
    case AccessTier::archive:
      return "archive";
  }
  return {};
}

std::optional<AccessTier> parse_access_tier(std::string_view name) {
  for (AccessTier tier : {AccessTier::hot, AccessTier::cool, AccessTier::cold, AccessTier::archive}) {
    if (name_of(tier) == name) return tier;
  }
  return std::nullopt;
}

std::string_view name_of(CopyCheck check) { return check == CopyCheck::full ? "full" : "server-checksum"; }

std::optional<CopyCheck> parse_copy_check(std::string_view name) {
  for (const CopyCheck check : {CopyCheck::full, CopyCheck::server_checksum}) {
    if (name_of(check) == name) return check;
  }
  return std::nullopt;
}

std::string_view name_of(FetchedCheck check) { return check == FetchedCheck::content ? "content" : "presence"; }

std::optional<FetchedCheck> parse_fetched_check(std::string_view name) {
  for (const FetchedCheck check : {FetchedCheck::presence, FetchedCheck::content}) {
    if (name_of(check) == name) return check;
  }
  return std::nullopt;
}

std::string_view name_of(LocationRole role) { return role == LocationRole::primary ? "primary" : "replica"; }

std::string SourceLocation::text() const {
  std::string_view scheme = "file://";
  if (provider == Provider::amazon_s3) scheme = "s3://";
  if (provider == Provider::azure_blob_storage) scheme = "azure://";
  return std::string(scheme) + bucket + "/" + path;
}

std::string source_bucket_fault(std::string_view bucket) { return bucket.empty() ? "must not be empty." : ""; }

std::string source_path_fault(Provider provider, std::string_view path) {
  if (path.empty()) return "must not be empty.";
  if (provider == Provider::filesystem && path.front() == '/') return "must be relative to the upload area.";
  const auto components = split(path, '/');
  const bool odd = std::any_of(components.begin() + (path.front() == '/' ? 1 : 0), components.end(),
                               [](std::string_view c) { return c.empty() || c == "." || c == ".."; });
  if (odd) return R"(must not contain consecutive slashes, "." or ".." components, or end with a slash.)";
  if (path.size() > limits::kSourcePathMax || has_control_characters(path)) {
    return "must be at most 1024 bytes, without control characters.";
  }
  return {};
}

bool LocationFacts::serves(std::string_view space) const {
  return spaces.empty() || std::find(spaces.begin(), spaces.end(), space) != spaces.end();
}

std::string archived_fact(std::string_view location_uuid, const BagId& bag, Version version) {
  return "archived " + std::string(location_uuid) + " " + bag.str() + "/" + version.str();
}

}  // namespace strongroom
