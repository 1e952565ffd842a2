#include "domain/layout.hpp"

#include <algorithm>

namespace strongroom::layout {
namespace {

constexpr std::string_view kOwn = "_strongroom/";
/// `v2147483647`: what a version may need while it is not known (domain-rules.md 2.5).
constexpr std::size_t kVersionBytesMax = 11;

std::size_t count_slashes(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '/'));
}

/// `{space}/{externalIdentifier}` as a bag; nothing when either is illegal.
std::optional<BagId> parse_bag(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto space = Space::parse(text.substr(0, slash));
  auto identifier = ExternalIdentifier::parse(text.substr(slash + 1));
  if (!space || !identifier) return std::nullopt;
  return BagId{std::move(*space), std::move(*identifier)};
}

}  // namespace

std::string bag_prefix(const BagId& bag) { return bag.str() + "/"; }

std::string version_prefix(const BagId& bag, Version version) { return bag_prefix(bag) + version.str() + "/"; }

std::string file_key(const BagId& bag, Version version, std::string_view name) {
  return version_prefix(bag, version).append(name);
}

std::string description_key(const BagId& bag, Version version) {
  return std::string(kOwn) + "manifests/" + bag_prefix(bag) + version.str() + ".json";
}

std::string descriptions_prefix() { return std::string(kOwn) + "manifests/"; }

std::optional<VersionKey> parse_description_key(std::string_view key) {
  constexpr std::string_view kEnd = ".json";
  const std::string prefix = descriptions_prefix();
  const auto slash = key.rfind('/');
  if (!key.starts_with(prefix) || !key.ends_with(kEnd) || slash < prefix.size()) return std::nullopt;
  auto bag = parse_bag(key.substr(prefix.size(), slash - prefix.size()));
  const auto version = Version::parse(key.substr(slash + 1, key.size() - slash - 1 - kEnd.size()));
  if (!bag || !version) return std::nullopt;
  return VersionKey{std::move(*bag), *version};
}

std::optional<VersionKey> parse_file_key(std::string_view key) {
  if (key.starts_with(kOwn)) return std::nullopt;
  // No identifier holds a component that is a version with another behind it, so the first one is the version.
  auto slash = key.find('/');
  slash = slash == std::string_view::npos ? slash : key.find('/', slash + 1);
  while (slash != std::string_view::npos) {
    const auto end = key.find('/', slash + 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (const auto version = Version::parse(key.substr(slash + 1, end - slash - 1))) {
      auto bag = parse_bag(key.substr(0, slash));
      return bag ? std::optional(VersionKey{std::move(*bag), *version}) : std::nullopt;
    }
    slash = end;
  }
  return std::nullopt;
}

std::string location_marker_key() { return std::string(kOwn) + "location.json"; }

std::string staging_directory(const IngestId& ingest, Fence fence) {
  return std::string(kOwn) + "staging/" + ingest.str() + "-" + std::to_string(fence.number);
}

std::string report_key(const IngestId& ingest, int run, std::string_view step_code, std::string_view location_name,
                       std::string_view sha256_hex) {
  std::string key = "reports/" + ingest.str() + "/run-" + std::to_string(run) + "/";
  key.append(step_code);
  // Neither step codes nor location names hold a dot, so two keys never meet.
  if (!location_name.empty()) key.append(".").append(location_name);
  return key.append(".").append(sha256_hex.substr(0, 16)).append(".jsonl");
}

std::string kept_description_key(std::string_view sha256_hex) {
  return "descriptions/" + std::string(sha256_hex.substr(0, 2)) + "/" + std::string(sha256_hex) + ".json";
}

std::string kept_index_key(std::string_view sha256_hex) {
  return "descriptions/" + std::string(sha256_hex.substr(0, 2)) + "/" + std::string(sha256_hex) + ".index.json";
}

KeyBudget key_budget(const BagId& bag, std::string_view location_prefix) {
  const std::string above = std::string(location_prefix) + bag_prefix(bag);
  return {above.size() + kVersionBytesMax + 1, count_slashes(above) + 1};
}

}  // namespace strongroom::layout
