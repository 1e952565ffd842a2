#include "bagit/check.hpp"

#include <algorithm>
#include <set>

#include "bagit/declaration.hpp"
#include "bagit/fetch.hpp"
#include "bagit/fetch_rules.hpp"
#include "bagit/file_rules.hpp"
#include "bagit/findings.hpp"
#include "bagit/list_rules.hpp"
#include "bagit/manifest.hpp"
#include "bagit/name_rules.hpp"
#include "bagit/names.hpp"
#include "bagit/profile_rules.hpp"

namespace strongroom::bagit {
namespace {

/// One check, from the tag files to the outcome. Steps are in the order of run().
class BagCheck {
 public:
  BagCheck(BagView& bag, const CheckRequest& request, SpillSpace& spills, ProblemSink& problems)
      : bag_(bag),
        request_(request),
        spills_(spills),
        findings_(problems),
        listed_(spills, request.sorter_memory),
        fetched_(spills, request.sorter_memory) {
    if (request.profile != nullptr) profile_.emplace(*request.profile, findings_);
  }

  Result<CheckOutcome> run(const VerifiedSink& verified, const FetchedSink& fetched) {
    TRY_VOID(look_at_the_root());
    TRY_VOID(load_declaration());
    TRY_VOID(load_metadata());
    TRY_VOID(load_fetch());
    TRY_VOID(load_manifests());
    TRY_VOID(judge_manifests());
    TRY_VOID(judge_names(FileSinks{verified, fetched}));
    TRY_VOID(judge_oxum());
    TRY_VOID(judge_profile());
    return outcome();
  }

 private:
  Result<void> look_at_the_root();
  Result<void> note_manifest(const std::string& file, const ManifestName& name);
  Result<void> load_declaration();
  Result<void> load_metadata();
  Result<void> load_fetch();
  Result<void> load_manifests();
  Result<void> load_manifest(std::size_t index, Sorter& decoded);
  Result<void> settle_spellings(Sorter& decoded);
  Result<void> judge_manifests();
  Result<void> judge_names(const FileSinks& sinks);
  Result<void> judge_oxum();
  Result<void> judge_profile();
  Result<CheckOutcome> outcome();

  [[nodiscard]] bool is_archive() const { return request_.rulebook == Rulebook::archive; }
  /// Of the tag files, as far as bagit.txt could be read; one that is not supported makes them unreadable.
  [[nodiscard]] Encoding encoding() const {
    return declaration_ && declaration_->tag_files ? *declaration_->tag_files : Encoding::utf_8;
  }
  [[nodiscard]] bool can_decode() const { return !declaration_ || declaration_->tag_files; }
  [[nodiscard]] bool has_manifest(bool payload) const { return payload ? any_payload_ : any_tag_; }
  [[nodiscard]] bool lists_known(bool payload) const;
  [[nodiscard]] std::vector<Algorithm> algorithms(bool payload) const;
  Result<std::unique_ptr<ByteSource>> open_tag_file(std::string_view file);

  BagView& bag_;
  const CheckRequest& request_;
  SpillSpace& spills_;
  Findings findings_;

  bool has_declaration_ = false;
  bool has_bag_info_ = false;
  bool has_package_info_ = false;
  bool has_fetch_ = false;
  bool any_payload_ = false;  ///< manifests of unsupported algorithms included
  bool any_tag_ = false;
  bool unsupported_payload_ = false;
  bool unsupported_tag_ = false;
  std::set<std::string> unreadable_;  ///< tag files the bag does not let us read (K3)
  std::vector<Manifest> manifests_;   ///< at most one for each spelling of each algorithm, twice

  std::optional<Declaration> declaration_;
  std::optional<CheckedMetadata> metadata_;
  std::optional<ProfileRules> profile_;
  Sorter listed_;   ///< path -> ListedLine
  Sorter fetched_;  ///< path -> line number
  std::uint64_t payload_listed_ = 0;
  bool payload_differs_ = false;
  FileCounts counts_;
};

/// Ends early where the bag is to blame, and says so; K3 then reports the file when its own turn comes.
class ForgivingSource final : public ByteSource {
 public:
  ForgivingSource(std::unique_ptr<ByteSource> inner, std::string file, std::set<std::string>& unreadable)
      : inner_(std::move(inner)), file_(std::move(file)), unreadable_(unreadable) {}
  Result<std::size_t> read(ByteSpan into) override {
    auto n = inner_->read(into);
    if (n || n.error().act != Act::rejected) return n;
    unreadable_.insert(file_);
    return std::size_t{0};
  }

 private:
  std::unique_ptr<ByteSource> inner_;
  std::string file_;
  std::set<std::string>& unreadable_;
};

/// Rules whose input turns out to be in `unreadable_` are skipped.
Result<std::unique_ptr<ByteSource>> BagCheck::open_tag_file(std::string_view file) {
  std::string name(file);
  auto source = bag_.open(name);
  if (!source && source.error().act == Act::rejected) {
    unreadable_.insert(std::move(name));
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(std::string()));
  }
  if (!source) return std::move(source).error();
  const bool is_declaration = file == kDeclarationFile;
  std::unique_ptr<ByteSource> forgiving =
      std::make_unique<ForgivingSource>(std::move(*source), std::move(name), unreadable_);
  return is_declaration ? std::move(forgiving) : decoded(std::move(forgiving), encoding());
}

Result<void> BagCheck::look_at_the_root() {
  TRY(auto files, PresentFiles::open(bag_));
  for (;;) {
    TRY(const InventoryEntry* entry, files.next());
    if (entry == nullptr) return {};
    const std::string& name = entry->name;
    if (name == kDeclarationFile) has_declaration_ = true;
    if (name == kBagInfoFile) has_bag_info_ = true;
    if (name == kPackageInfoFile) has_package_info_ = true;
    if (name == kFetchFile) has_fetch_ = true;
    if (const auto manifest = parse_manifest_name(name)) TRY_VOID(note_manifest(name, *manifest));
  }
}

Result<void> BagCheck::note_manifest(const std::string& file, const ManifestName& name) {
  (name.payload ? any_payload_ : any_tag_) = true;
  if (name.odd_spelling) {
    TRY_VOID(
        findings_.add(name_problem("W10", "algorithm-spelling", file, "The algorithm in the name is spelt unusually")));
  }
  if (name.algorithm) {
    manifests_.push_back(Manifest{file, name.payload, *name.algorithm});
    return {};
  }
  (name.payload ? unsupported_payload_ : unsupported_tag_) = true;
  Problem problem = name_problem("C3", "bad-manifest", file, "The manifest's checksum algorithm is not supported");
  problem.algorithm = name.algorithm_text;
  findings_.fail("C3", "Error loading " + file + ": checksum algorithm " + name.algorithm_text + " is not supported");
  return findings_.add(std::move(problem));
}

Result<void> BagCheck::load_declaration() {
  if (!has_declaration_) {
    findings_.fail("A1", "Error loading Bag Declaration (bagit.txt): no such file!");
    return findings_.add(name_problem("A1", "missing-file", kDeclarationFile, "The bag has no bagit.txt"));
  }
  TRY(const auto source, open_tag_file(kDeclarationFile));
  // One byte more than is allowed is enough to see that there are too many.
  std::string bytes(limits::kDeclarationMax + 1, '\0');
  TRY(const std::size_t size, read_full(*source, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  bytes.resize(size);
  if (unreadable_.contains(std::string(kDeclarationFile))) return {};
  TRY(declaration_, read_declaration(bytes, request_.rulebook, findings_));
  return {};
}

Result<void> BagCheck::load_metadata() {
  const bool as_package_info = !has_bag_info_ && has_package_info_ && declaration_ && declaration_->rules.package_info;
  if (!can_decode()) return {};
  if (!has_bag_info_ && !as_package_info) {
    if (!is_archive()) return {};
    findings_.fail("B1", std::string(kBagInfoPrefix) + "no such file!");
    return findings_.add(name_problem("B1", "missing-file", kBagInfoFile, "The bag has no bag-info.txt"));
  }
  const std::string file(as_package_info ? kPackageInfoFile : kBagInfoFile);
  TRY(const auto source, open_tag_file(file));
  TRY(auto metadata, read_metadata(*source, file, findings_, name_of(encoding())));
  if (!metadata || unreadable_.contains(file)) return {};
  TRY(metadata_, check_metadata(std::move(*metadata), file, findings_, request_.rulebook));
  const auto& identifier = metadata_->external_identifier;
  if (!identifier || !request_.expected || *identifier == *request_.expected) return {};
  Problem problem = name_problem("F1", "wrong-identifier", file, "The bag's identifier is not the one requested");
  problem.expected = request_.expected->str();
  problem.actual = identifier->str();
  findings_.fail("F1", "External identifier in bag-info.txt does not match request: " + identifier->str() + " is not " +
                           request_.expected->str());
  return findings_.add(std::move(problem));
}

Result<void> BagCheck::load_fetch() {
  if (!has_fetch_ || !can_decode()) return {};
  TRY(const auto source, open_tag_file(kFetchFile));
  FetchReader reader(*source, findings_, name_of(encoding()));
  FetchRules rules(request_, spills_, fetched_, findings_);
  for (;;) {
    TRY(const FetchLine* line, reader.next());
    if (line == nullptr) break;
    TRY_VOID(rules.see(*line));
  }
  return rules.finish();
}

Result<void> BagCheck::load_manifests() {
  Sorter decoded(spills_, request_.sorter_memory);
  for (std::size_t i = 0; i < manifests_.size(); ++i) TRY_VOID(load_manifest(i, decoded));
  return decoded.size() == 0 ? ok() : settle_spellings(decoded);
}

Result<void> BagCheck::load_manifest(std::size_t index, Sorter& decoded) {
  Manifest& manifest = manifests_[index];
  manifest.whole = can_decode();
  if (!manifest.whole) return {};
  TRY(const auto source, open_tag_file(manifest.file));
  const VersionRules rules = declaration_ ? declaration_->rules : VersionRules{};
  ManifestReader reader(*source, manifest.file, manifest.algorithm, rules, findings_, name_of(encoding()));
  for (;;) {
    TRY(const ManifestLine* line, reader.next());
    if (line == nullptr) break;
    ListedLine listed;
    listed.manifest = static_cast<std::uint8_t>(index);
    listed.number = line->number;
    listed.digest = as_text(line->digest.bytes());
    listed.spelling = line->literal;
    TRY_VOID((line->literal.empty() ? listed_ : decoded).add(line->path, encode(listed)));
  }
  manifest.whole = reader.whole() && !unreadable_.contains(manifest.file);
  return {};
}

/// Decoded first, literal second (bag-acceptance.md 2.4): a path with escapes means the decoded name, unless the bag
/// has no such file but one of the undecoded name.
Result<void> BagCheck::settle_spellings(Sorter& decoded) {
  Sorter literal(spills_, request_.sorter_memory);
  {
    TRY(auto lookup, NameLookup::open(bag_, fetched_));
    TRY(const auto records, decoded.read());
    for (;;) {
      TRY(const SortedRecord* record, records->next());
      if (record == nullptr) break;
      ListedLine line = decode_listed(record->value);
      TRY(const bool there, lookup.has(record->key));
      const std::string_view path = there ? record->key : line.spelling;
      line.spelling = there ? std::string_view() : record->key;
      TRY_VOID((there ? listed_ : literal).add(path, encode(line)));
    }
  }
  TRY(auto lookup, NameLookup::open(bag_, fetched_));
  TRY(const auto records, literal.read());
  for (;;) {
    TRY(const SortedRecord* record, records->next());
    if (record == nullptr) return {};
    const ListedLine line = decode_listed(record->value);
    TRY(const bool there, lookup.has(record->key));
    TRY_VOID(listed_.add(there ? record->key : line.spelling, record->value));
    if (!there) continue;
    Problem warning = line_problem("W8", "percent-literal", manifests_[line.manifest].file, line.number,
                                   "A percent escape is taken literally");
    warning.other = record->key;
    TRY_VOID(findings_.add(std::move(warning)));
  }
}

Result<void> BagCheck::judge_manifests() {
  for (const bool payload : {true, false}) {
    if (has_manifest(payload) || (!payload && !is_archive())) continue;
    const std::string sort = payload ? "payload" : "tag";
    findings_.fail(payload ? "C1" : "C2", "Could not find any " + sort + " manifests in the bag");
    TRY_VOID(findings_.add(
        name_problem(payload ? "C1" : "C2", "missing-manifest", {}, "The bag has no " + sort + " manifest")));
  }
  const auto used = algorithms(true);
  const bool strong = std::any_of(used.begin(), used.end(), [](Algorithm algorithm) {
    return algorithm == Algorithm::sha256 || algorithm == Algorithm::sha512;
  });
  if (used.empty() || strong || !is_archive()) return {};
  findings_.fail("D3",
                 "Payload manifests only use deprecated checksums: add a payload manifest using SHA-256 or SHA-512");
  return findings_.add(
      name_problem("D3", "weak-manifests", {}, "There is no payload manifest with sha256 or sha512 digests"));
}

Result<void> BagCheck::judge_names(const FileSinks& sinks) {
  NameRules names(request_, spills_, findings_);
  const VersionRules version = declaration_ ? declaration_->rules : VersionRules{};
  ListRules lists(manifests_,
                  {is_archive() || version.every_manifest, is_archive(), is_archive() || version.repeats_refused},
                  findings_);
  FileRules files(bag_, request_, manifests_, ListsKnown{lists_known(true), is_archive() && lists_known(false)},
                  unreadable_, sinks, findings_);
  TRY(auto join, NameJoin::open(bag_, listed_, fetched_));
  for (;;) {
    TRY(const BagName* name, join.next());
    if (name == nullptr) break;
    TRY_VOID(names.see(name->name));
    TRY_VOID(lists.see(*name));
    TRY_VOID(files.see(*name));
    if (profile_ && name->entry != nullptr) TRY_VOID(profile_->see(name->name));
  }
  TRY_VOID(names.finish());
  lists.finish();
  files.finish();
  payload_listed_ = lists.payload_listed();
  payload_differs_ = lists.payload_differs();
  counts_ = files.counts();
  return {};
}

/// G1 and M1. The sum is left out while the size of some file is not known.
Result<void> BagCheck::judge_oxum() {
  if (!metadata_ || !metadata_->oxum || payload_differs_ || !lists_known(true)) return {};
  const Oxum oxum = *metadata_->oxum;
  const auto report = [this](std::string_view rule, std::uint64_t expected, std::uint64_t actual,
                             std::string_view description) {
    Problem problem = name_problem(rule, "wrong-oxum", kBagInfoFile, description);
    problem.expected = std::to_string(expected);
    problem.actual = std::to_string(actual);
    return findings_.add(std::move(problem));
  };
  if (oxum.files != payload_listed_) {
    findings_.fail("G1", "Payload-Oxum has the wrong number of payload files: " + std::to_string(oxum.files) +
                             ", but bag manifest has " + std::to_string(payload_listed_));
    TRY_VOID(report("G1", oxum.files, payload_listed_, "Payload-Oxum counts other files than the payload manifest"));
  }
  if (counts_.payload_missing > 0 || oxum.octets == counts_.payload_bytes) return {};
  findings_.fail("M1", "Payload-Oxum has the wrong octetstream sum: " + std::to_string(oxum.octets) +
                           " bytes, but bag actually contains " + std::to_string(counts_.payload_bytes) + " bytes");
  return report("M1", oxum.octets, counts_.payload_bytes, "Payload-Oxum has another sum of sizes than the files");
}

/// What the profile asks, as far as the tag files could be read. Data-Empty is about what is there and what is fetched.
Result<void> BagCheck::judge_profile() {
  if (!profile_) return {};
  if (declaration_) TRY_VOID(profile_->judge_version(*declaration_));
  TRY_VOID(profile_->judge_serialization(request_.media_type));
  if (metadata_) {
    TRY_VOID(profile_->judge_metadata(metadata_->metadata));
  } else if (!has_bag_info_ && !has_package_info_) {
    TRY_VOID(profile_->judge_metadata(Metadata{}));
  }
  TRY_VOID(profile_->judge_manifests(manifests_));
  TRY_VOID(profile_->judge_fetch(has_fetch_));
  return profile_->finish(counts_.payload_files + counts_.fetched_files, counts_.payload_bytes);
}

Result<CheckOutcome> BagCheck::outcome() {
  CheckOutcome outcome;
  outcome.failure = findings_.failure();
  outcome.problems = findings_.problems();
  outcome.warnings = findings_.warnings();
  outcome.files_checked = counts_.payload_files + counts_.tag_files;
  outcome.bytes_checked = counts_.payload_bytes - counts_.fetched_bytes + counts_.tag_bytes;
  CHECK(outcome.failure.has_value() == (outcome.problems > 0));
  if (outcome.failure || !is_archive()) return outcome;
  CHECK(declaration_ && metadata_ && metadata_->external_identifier && metadata_->oxum);
  outcome.facts = BagFacts{declaration_->version,
                           std::move(metadata_->metadata),
                           *metadata_->external_identifier,
                           *metadata_->oxum,
                           algorithms(true),
                           algorithms(false),
                           counts_.payload_files + counts_.fetched_files,
                           counts_.payload_bytes,
                           counts_.tag_files,
                           counts_.tag_bytes};
  return outcome;
}

/// Every manifest of that sort could be read in full, and there is one.
bool BagCheck::lists_known(bool payload) const {
  return has_manifest(payload) && !(payload ? unsupported_payload_ : unsupported_tag_) &&
         std::all_of(manifests_.begin(), manifests_.end(),
                     [payload](const Manifest& manifest) { return manifest.payload != payload || manifest.whole; });
}

std::vector<Algorithm> BagCheck::algorithms(bool payload) const {
  AlgorithmSet used;
  for (const Manifest& manifest : manifests_) {
    if (manifest.payload == payload) used.add(manifest.algorithm);
  }
  std::vector<Algorithm> all;
  std::copy_if(kAlgorithms.begin(), kAlgorithms.end(), std::back_inserter(all),
               [used](Algorithm algorithm) { return used.has(algorithm); });
  return all;
}

}  // namespace

Result<CheckOutcome> check_bag(BagView& bag, const CheckRequest& request, SpillSpace& spills, ProblemSink& problems,
                               const VerifiedSink& verified, const FetchedSink& fetched) {
  return BagCheck(bag, request, spills, problems).run(verified, fetched);
}

}  // namespace strongroom::bagit
