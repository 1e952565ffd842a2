#include "bagit/list_rules.hpp"

#include <algorithm>

#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"

namespace strongroom::bagit {

ListRules::ListRules(const std::vector<Manifest>& manifests, ListPolicy policy, Findings& findings)
    : manifests_(manifests), policy_(policy), findings_(findings), repeated_(manifests.size()) {}

Result<void> ListRules::see(const BagName& name) {
  TRY_VOID(judge_repeats(name));
  const auto in = [&](bool payload) {
    return std::any_of(name.listings.begin(), name.listings.end(),
                       [&](const Listing& listing) { return manifests_[listing.manifest].payload == payload; });
  };
  const bool in_payload = in(true);
  const bool in_tag = in(false);
  if (in_payload) payload_listed_ += 1;
  TRY_VOID(judge_places(name, in_payload, in_tag));
  if (in_payload && policy_.every_payload_manifest) {
    TRY(const bool differ, differs(name, true));
    payload_differs_ = payload_differs_ || differ;
  }
  if (in_tag && policy_.every_tag_manifest) {
    TRY(const bool differ, differs(name, false));
    tag_differs_ = tag_differs_ || differ;
  }
  return {};
}

void ListRules::finish() {
  for (std::size_t i = 0; i < manifests_.size(); ++i) {
    if (repeated_[i].empty()) continue;
    findings_.fail(
        "C6", "Error loading " + manifests_[i].file + ": Manifest contains duplicate paths: " + repeated_[i].text());
  }
  if (payload_differs_) {
    findings_.fail("D1",
                   "Payload manifests are inconsistent: every payload file must be listed in every payload manifest");
  }
  if (tag_differs_) {
    findings_.fail("D2", "Tag manifests are inconsistent: each tag manifest should list the same set of tag files");
  }
  if (!fetched_twice_.empty()) {
    findings_.fail("E5", std::string(kFetchPrefix) + "fetch.txt contains duplicate paths: " + fetched_twice_.text());
  }
  if (!outside_.empty()) {
    findings_.fail("H1", "Not all payload files are in the data/ directory: " + outside_.text());
  }
  if (!misplaced_.empty()) {
    findings_.fail("H2", "Tag manifests must not list payload files or tag manifests: " + misplaced_.text());
  }
}

Result<void> ListRules::judge_repeats(const BagName& name) {
  for (const Listing& listing : name.listings) {
    if (!listing.repeated) continue;
    if (!listing.repeated_differs && !policy_.repeats_refused) {
      Problem warning = line_problem("W9", "repeated-line", manifests_[listing.manifest].file, *listing.repeated,
                                     "The manifest lists the path twice, with the same digest");
      warning.other = name.name;
      TRY_VOID(findings_.add(std::move(warning)));
      continue;
    }
    repeated_[listing.manifest].add(name.name);
    Problem problem = line_problem("C6", "duplicate-path", manifests_[listing.manifest].file, *listing.repeated,
                                   "The manifest lists the path twice");
    problem.other = name.name;
    TRY_VOID(findings_.add(std::move(problem)));
  }
  if (name.fetch_repeated) {
    fetched_twice_.add(name.name);
    Problem problem = line_problem("E5", "bad-fetch", std::string(kFetchFile), *name.fetch_repeated,
                                   "fetch.txt names the path twice");
    problem.other = name.name;
    TRY_VOID(findings_.add(std::move(problem)));
  }
  return {};
}

Result<void> ListRules::judge_places(const BagName& name, bool in_payload, bool in_tag) {
  const bool is_payload = name.name.starts_with("data/");
  if (in_payload && !is_payload) {
    outside_.add(name.name);
    TRY_VOID(findings_.add(
        name_problem("H1", "outside-payload", name.name, "A payload manifest lists a file outside data/")));
  }
  if (!in_tag) return {};
  const auto manifest = parse_manifest_name(name.name);
  if (is_payload || (manifest && !manifest->payload)) {
    misplaced_.add(name.name);
    TRY_VOID(findings_.add(
        name_problem("H2", "bad-manifest", name.name, "A tag manifest lists a payload file or a tag manifest")));
  }
  return {};
}

/// True when a manifest of that sort lacks the name. One that could not be read in full may have had it.
Result<bool> ListRules::differs(const BagName& name, bool payload) {
  bool differ = false;
  for (std::size_t i = 0; i < manifests_.size(); ++i) {
    const Manifest& manifest = manifests_[i];
    if (manifest.payload != payload || !manifest.whole) continue;
    const bool listed = std::any_of(name.listings.begin(), name.listings.end(),
                                    [i](const Listing& listing) { return listing.manifest == i; });
    if (listed) continue;
    differ = true;
    Problem problem = name_problem(payload ? "D1" : "D2", "inconsistent-manifests", name.name,
                                   "One manifest lists the file, another does not");
    problem.other = manifest.file;
    TRY_VOID(findings_.add(std::move(problem)));
  }
  return differ;
}

}  // namespace strongroom::bagit
