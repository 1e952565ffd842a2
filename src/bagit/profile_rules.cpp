#include "bagit/profile_rules.hpp"

#include <algorithm>

#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::string_view kProfileIdentifier = "BagIt-Profile-Identifier";

std::string listed(const std::vector<std::string>& names) { return join(names, ", "); }

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> values_of(const Metadata& metadata, std::string_view label) {
  const std::string wanted = to_lower_ascii(label);
  std::vector<std::string> values;
  for (const auto& [name, value] : metadata.fields) {
    if (to_lower_ascii(name) == wanted) values.push_back(value);
  }
  return values;
}

/// Tag files that other rules are about, or that every bag has.
bool has_rules_of_its_own(const std::string& name) {
  return name == kDeclarationFile || name == kBagInfoFile || name == kPackageInfoFile || name == kFetchFile ||
         parse_manifest_name(name);
}

}  // namespace

Result<void> ProfileRules::judge_version(const Declaration& declaration) {
  if (has(profile_.versions, declaration.version)) return {};
  return report("N1", "profile-version", kDeclarationFile,
                "BagIt version " + declaration.version + " is not accepted: " + listed(profile_.versions),
                listed(profile_.versions), declaration.version);
}

Result<void> ProfileRules::judge_serialization(const std::optional<std::string>& media_type) {
  if (!media_type) {
    if (profile_.serialization != Serialization::required) return {};
    return report("N2", "profile-serialization", {}, "The bag must be a package, and is a directory",
                  listed(profile_.media_types));
  }
  if (profile_.serialization == Serialization::forbidden) {
    return report("N2", "profile-serialization", {}, "The bag must be a directory, and is a package", {}, *media_type);
  }
  if (media_type->empty() || profile_.accepts_package(*media_type)) return {};
  return report("N2", "profile-serialization", {},
                "A package of type " + *media_type + " is not accepted: " + listed(profile_.media_types),
                listed(profile_.media_types), *media_type);
}

Result<void> ProfileRules::judge_metadata(const Metadata& metadata) {
  const std::vector<std::string> identifiers = values_of(metadata, kProfileIdentifier);
  if (!has(identifiers, profile_.identifier)) {
    TRY_VOID(report("N3", "profile-identifier", kBagInfoFile,
                    std::string(kProfileIdentifier) + " must be " + profile_.identifier, profile_.identifier,
                    listed(identifiers)));
  }
  for (const FieldRule& rule : profile_.fields) TRY_VOID(judge_field(rule, metadata));
  return {};
}

Result<void> ProfileRules::judge_field(const FieldRule& rule, const Metadata& metadata) {
  const std::vector<std::string> values = values_of(metadata, rule.label);
  if (values.empty()) {
    if (!rule.required) return {};
    return report("N4", "profile-field", kBagInfoFile, rule.label + " is missing", listed(rule.values));
  }
  if (values.size() > 1 && !rule.repeatable) {
    TRY_VOID(report("N4", "profile-field", kBagInfoFile, rule.label + " must not be repeated", {}, listed(values)));
  }
  for (const std::string& value : values) {
    if (rule.values.empty() || has(rule.values, value)) continue;
    TRY_VOID(report("N4", "profile-field", kBagInfoFile, rule.label + " must be one of: " + listed(rule.values),
                    listed(rule.values), value));
  }
  return {};
}

Result<void> ProfileRules::judge_manifests(const std::vector<Manifest>& manifests) {
  TRY_VOID(judge_manifests_of(manifests, true));
  return judge_manifests_of(manifests, false);
}

Result<void> ProfileRules::judge_manifests_of(const std::vector<Manifest>& manifests, bool payload) {
  const ManifestRule& rule = payload ? profile_.payload_manifests : profile_.tag_manifests;
  const std::string_view number = payload ? "N5" : "N6";
  const std::string_view kind = payload ? "profile-manifest" : "profile-tag-manifest";
  const std::string sort = payload ? "payload manifest" : "tag manifest";
  std::set<std::string> used;
  for (const Manifest& manifest : manifests) {
    if (manifest.payload != payload) continue;
    const std::string algorithm(name_of(manifest.algorithm));
    used.insert(algorithm);
    if (!rule.allowed || has(*rule.allowed, algorithm)) continue;
    TRY_VOID(report(number, kind, manifest.file, "A " + sort + " in " + algorithm + " is not allowed",
                    listed(*rule.allowed), algorithm));
  }
  for (const std::string& algorithm : rule.required) {
    if (used.contains(algorithm)) continue;
    TRY_VOID(report(number, kind, {}, "A " + sort + " in " + algorithm + " is missing", algorithm));
  }
  return {};
}

Result<void> ProfileRules::judge_fetch(bool has_fetch) {
  if (has_fetch && !profile_.fetch_allowed) {
    return report("N7", "profile-fetch", kFetchFile, "fetch.txt is not allowed");
  }
  if (has_fetch || !profile_.fetch_required) return {};
  return report("N7", "profile-fetch", kFetchFile, "fetch.txt is missing");
}

Result<void> ProfileRules::see(const std::string& name) {
  if (name.starts_with("data/")) return {};
  if (has(profile_.tag_files_required, name)) seen_.insert(name);
  if (has_rules_of_its_own(name) || profile_.allows_tag_file(name)) return {};
  return report("N9", "profile-tag-file", name, "The tag file " + name + " is not allowed",
                listed(profile_.tag_files_allowed), name);
}

/// An empty directory cannot be archived: one empty file may keep it.
Result<void> ProfileRules::finish(std::uint64_t payload_files, std::uint64_t payload_bytes) {
  if (profile_.payload_empty && (payload_files > 1 || payload_bytes > 0)) {
    TRY_VOID(report("N8", "profile-payload", "data/", "The payload must be empty, but for one empty file", "0 bytes",
                    std::to_string(payload_bytes) + " bytes in " + std::to_string(payload_files) + " files"));
  }
  for (const std::string& name : profile_.tag_files_required) {
    if (seen_.contains(name)) continue;
    TRY_VOID(report("N9", "profile-tag-file", name, "The tag file " + name + " is missing", name));
  }
  return {};
}

Result<void> ProfileRules::report(std::string_view rule, std::string_view kind, std::string_view path,
                                  std::string description, const std::string& expected, const std::string& actual) {
  Problem problem = name_problem(rule, kind, path, description);
  problem.other = profile_.identifier;
  problem.expected = excerpt(expected);
  problem.actual = excerpt(actual);
  findings_.fail(rule, "The bag does not follow the BagIt profile " + profile_.identifier + ": " + description);
  return findings_.add(std::move(problem));
}

}  // namespace strongroom::bagit
