#include "bagit/file_rules.hpp"

#include <algorithm>

#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"
#include "base/aligned.hpp"

namespace strongroom::bagit {
namespace {

bool is_payload(std::string_view name) { return name.starts_with("data/"); }

/// Reads a whole file once for several digests. Act::rejected when the file cannot be read.
Result<std::vector<Digest>> compute(const ContentOpening& open, const InventoryEntry& entry, AlgorithmSet algorithms) {
  std::vector<Hasher> hashers;
  for (Algorithm algorithm : kAlgorithms) {
    if (algorithms.has(algorithm)) hashers.emplace_back(algorithm);
  }
  TRY(const auto source, open());
  AlignedBuffer buffer(static_cast<std::size_t>(
      std::clamp<std::uint64_t>(entry.size + 1, std::uint64_t{4} << 10, limits::kStreamBuffer)));
  std::uint64_t size = 0;
  for (;;) {
    TRY(const std::size_t n, source->read(buffer.span()));
    if (n == 0) break;
    size += n;
    for (Hasher& hasher : hashers) hasher.update(buffer.span().first(n));
  }
  if (size != entry.size) {
    return broken("a file has another size than when it was listed", entry.name, Reason::corrupt);
  }
  std::vector<Digest> digests;
  for (Hasher& hasher : hashers) digests.push_back(hasher.finish());
  return digests;
}

}  // namespace

Result<void> FileRules::see(const BagName& name) {
  if (name.entry != nullptr) return judge_present(name);
  return judge_missing(name);
}

void FileRules::finish() {
  if (failed_.count() == 1) {
    findings_.fail("K", "Unable to verify one file in the bag: " + failed_.text());
  } else if (!failed_.empty()) {
    findings_.fail("K", "Unable to verify " + std::to_string(failed_.count()) + " files in the bag: " + failed_.text());
  }
  if (!fetched_not_listed_.empty()) {
    findings_.fail("I3", "fetch.txt refers to paths that aren't in the bag manifest: " + fetched_not_listed_.text());
  }
  if (!fetched_and_present_.empty()) {
    findings_.fail("L1", "Files referred to in the fetch.txt also appear in the bag: " + fetched_and_present_.text());
  }
  if (unlisted_.count() == 1) {
    findings_.fail("L2", "Bag contains a file which is not referenced in the manifest: " + unlisted_.text("/"));
  } else if (!unlisted_.empty()) {
    findings_.fail("L2", "Bag contains " + std::to_string(unlisted_.count()) +
                             " files which are not referenced in the manifest: " + unlisted_.text("/"));
  }
}

Result<void> FileRules::judge_present(const BagName& name) {
  const InventoryEntry& entry = *name.entry;
  (is_payload(entry.name) ? counts_.payload_files : counts_.tag_files) += 1;
  (is_payload(entry.name) ? counts_.payload_bytes : counts_.tag_bytes) += entry.size;
  if (name.fetch && request_.rulebook == Rulebook::archive) {
    fetched_and_present_.add(entry.name);
    TRY_VOID(findings_.add(
        name_problem("L1", "fetched-and-present", entry.name, "The file is both in the bag and in fetch.txt")));
  }
  TRY_VOID(judge_unlisted(name));
  TRY(const auto whole, complete(entry, needed(name), [&] { return bag_.open(entry.name); }));
  bool good = whole.has_value();
  if (whole) {
    TRY(good, judge_digests(name, *whole));
    TRY_VOID(sinks_.verified(*whole));
  } else {
    TRY_VOID(findings_.add(name_problem("K3", "unreadable-file", entry.name, "The file cannot be read to its end")));
  }
  if (!good) failed_.add(entry.name);
  return {};
}

bool FileRules::is_listed(const BagName& name, bool payload) const {
  return std::any_of(name.listings.begin(), name.listings.end(),
                     [&](const Listing& listing) { return manifests_[listing.manifest].payload == payload; });
}

Result<void> FileRules::judge_missing(const BagName& name) {
  if (name.fetch) return judge_fetched(name);
  if (name.listings.empty()) return {};
  if (is_listed(name, true)) counts_.payload_missing += 1;
  failed_.add(name.name);
  return findings_.add(name_problem("K2", "missing-file", name.name, "A manifest lists the file, but it is missing"));
}

/// A file that only fetch.txt brings.
Result<void> FileRules::judge_fetched(const BagName& name) {
  const FetchEntry& fetch = *name.fetch;
  if (known_.payload && !is_listed(name, true)) {
    fetched_not_listed_.add(name.name);
    Problem problem = line_problem("I3", "fetch-not-listed", std::string(kFetchFile), fetch.number,
                                   "fetch.txt names a file that is in no payload manifest");
    problem.other = name.name;
    TRY_VOID(findings_.add(std::move(problem)));
  }
  if (fetch.held) return judge_held(name, fetch);
  counts_.payload_missing += 1;
  if (request_.rulebook == Rulebook::archive) return {};
  return findings_.add(
      name_problem("W15", "not-fetched", name.name, "The file is still to be fetched and could not be checked"));
}

/// K4 and K5: what was recorded when the file was stored against what this bag says of it.
Result<void> FileRules::judge_held(const BagName& name, const FetchEntry& fetch) {
  InventoryEntry entry = *fetch.held;
  entry.name = name.name;
  counts_.fetched_files += 1;
  counts_.fetched_bytes += entry.size;
  counts_.payload_bytes += entry.size;
  bool good = true;
  if (fetch.length && *fetch.length != entry.size) {
    good = false;
    Problem problem =
        name_problem("K5", "wrong-length", name.name, "fetch.txt gives another length than the stored one");
    problem.expected = std::to_string(*fetch.length);
    problem.actual = std::to_string(entry.size);
    TRY_VOID(findings_.add(std::move(problem)));
  }
  TRY(auto whole, complete(entry, needed(name), [&] { return request_.held->open(entry, fetch.url); }));
  if (!whole) {
    failed_.add(name.name);
    return findings_.add(name_problem("K3", "unreadable-file", name.name, "The stored file cannot be read to its end"));
  }
  TRY(const bool right, judge_digests(name, *whole));
  if (!good || !right) failed_.add(name.name);
  whole->path = entry.path;
  return sinks_.fetched ? sinks_.fetched(*whole) : ok();
}

Result<void> FileRules::judge_unlisted(const BagName& name) {
  const bool payload = is_payload(name.name);
  if (!(payload ? known_.payload : known_.tag) || is_tag_manifest(name.name)) return {};
  if (is_listed(name, payload)) return {};
  unlisted_.add(name.name);
  return findings_.add(name_problem("L2", "unlisted-file", name.name, "The file is in no manifest"));
}

/// False when a digest is wrong: one finding per algorithm and expectation (K1, of a fetched file K4).
Result<bool> FileRules::judge_digests(const BagName& name, const InventoryEntry& entry) {
  bool good = true;
  for (auto listing = name.listings.begin(); listing != name.listings.end(); ++listing) {
    const Algorithm algorithm = manifests_[listing->manifest].algorithm;
    const Digest* actual = entry.digest(algorithm);
    CHECK(actual != nullptr);
    const Digest expected(algorithm, as_bytes(listing->digest));
    if (expected == *actual) continue;
    good = false;
    // The same digest expected by another manifest of the same algorithm (as sha3256 and sha3-256) is the same finding.
    const bool told = std::any_of(name.listings.begin(), listing, [&](const Listing& earlier) {
      return manifests_[earlier.manifest].algorithm == algorithm && earlier.digest == listing->digest;
    });
    if (told) continue;
    Problem problem =
        name_problem(name.entry != nullptr ? "K1" : "K4", "wrong-checksum", name.name,
                     "The file's " + std::string(name_of(algorithm)) + " digest is not the one in the manifest");
    problem.algorithm = name_of(algorithm);
    problem.expected = expected.hex();
    problem.actual = actual->hex();
    TRY_VOID(findings_.add(std::move(problem)));
  }
  return good;
}

AlgorithmSet FileRules::needed(const BagName& name) const {
  AlgorithmSet algorithms{Algorithm::sha256};
  for (const Listing& listing : name.listings) algorithms.add(manifests_[listing.manifest].algorithm);
  // No manifest lists a tag manifest, yet the bag's description shows its digest (http-api.md 5.1, tagManifest.files).
  if (is_tag_manifest(name.name)) {
    for (const Manifest& manifest : manifests_) {
      if (!manifest.payload) algorithms.add(manifest.algorithm);
    }
  }
  return algorithms;
}

/// The entry with just these digests, sha256 first; the file is read when one is not known yet. Nothing when it cannot
/// be read.
Result<std::optional<InventoryEntry>> FileRules::complete(const InventoryEntry& entry, AlgorithmSet algorithms,
                                                          const ContentOpening& open) {
  if (unreadable_.contains(entry.name)) return std::optional<InventoryEntry>();
  AlgorithmSet unknown;
  for (Algorithm algorithm : kAlgorithms) {
    if (algorithms.has(algorithm) && entry.digest(algorithm) == nullptr) unknown.add(algorithm);
  }
  InventoryEntry all = entry;
  if (!unknown.empty()) {
    auto computed = compute(open, entry, unknown);
    if (!computed && computed.error().act == Act::rejected) return std::optional<InventoryEntry>();
    if (!computed) return std::move(computed).error();
    all.digests.insert(all.digests.end(), computed->begin(), computed->end());
  }
  std::optional<InventoryEntry> whole(InventoryEntry{entry.name, entry.size, {all.sha256()}});
  for (Algorithm algorithm : kAlgorithms) {
    if (algorithm != Algorithm::sha256 && algorithms.has(algorithm)) whole->digests.push_back(*all.digest(algorithm));
  }
  return whole;
}

}  // namespace strongroom::bagit
