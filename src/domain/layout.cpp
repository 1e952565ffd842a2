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

}  // namespace

std::string bag_prefix(const BagId& bag) { return bag.str() + "/"; }

std::string version_prefix(const BagId& bag, Version version) { return bag_prefix(bag) + version.str() + "/"; }

std::string file_key(const BagId& bag, Version version, std::string_view name) {
  return version_prefix(bag, version).append(name);
}

std::string description_key(const BagId& bag, Version version) {
  return std::string(kOwn) + "manifests/" + bag_prefix(bag) + version.str() + ".json";
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
