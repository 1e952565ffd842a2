#include "care/held_version.hpp"

#include "bagit/check.hpp"
#include "base/sorter.hpp"
#include "domain/inventory.hpp"
#include "domain/sparse_index.hpp"

namespace strongroom::care {
namespace {

constexpr std::size_t kFaultsTold = 10;
constexpr std::size_t kListPage = 1000;

/// Reads on to the end of what it is given, hashing: a reader may stop before the last byte has passed.
class MeasuringSource final : public ByteSource {
 public:
  explicit MeasuringSource(std::unique_ptr<ByteSource> inner) : inner_(std::move(inner)) {}
  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, inner_->read(into));
    hasher_.update(into.first(n));
    size_ += n;
    return n;
  }
  ObjectSpec finish() { return {size_, hasher_.finish()}; }

 private:
  std::unique_ptr<ByteSource> inner_;
  Hasher hasher_{Algorithm::sha256};
  std::uint64_t size_ = 0;
};

/// The description's files by name, each as an entry of an inventory; its path is empty when the version itself holds
/// the file. Those that earlier versions hold are there by physical path, too.
class DescribedFiles {
 public:
  explicit DescribedFiles(SpillSpace& spills)
      : by_name_(spills, limits::kSorterMemoryMax), taken_by_path_(spills, limits::kSorterMemoryMax) {}

  Result<void> add(const DescribedFile& file, Version version) {
    const bool own = file.path == version.str() + "/" + file.name;
    std::vector<Digest> digests = {*file.checksum(Algorithm::sha256)};
    for (const Digest& digest : file.checksums) {
      if (digest.algorithm() != Algorithm::sha256) digests.push_back(digest);
    }
    const InventoryEntry entry{file.name, file.size, std::move(digests), own ? std::string() : file.path};
    const std::string encoded = encode_entry(entry);
    if (!own) {
      TRY_VOID(taken_by_path_.add(file.path, encoded));
    }
    return by_name_.add(file.name, encoded);
  }
  Result<std::unique_ptr<SortedReader>> by_name() { return by_name_.read(); }
  Result<std::unique_ptr<SortedReader>> taken_by_path() { return taken_by_path_.read(); }

 private:
  Sorter by_name_;
  Sorter taken_by_path_;
};

/// The version as a bag whose files are all there, with the digests the description has: what fetch.txt names, too.
class DescribedBag final : public bagit::BagView {
 public:
  DescribedBag(ObjectStore& location, const layout::VersionKey& version, DescribedFiles& files)
      : location_(location), version_(version), files_(files) {}

  Result<std::unique_ptr<bagit::EntryReader>> entries() override {
    TRY(auto reader, files_.by_name());
    return std::unique_ptr<bagit::EntryReader>(std::make_unique<Entries>(std::move(reader)));
  }
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
    auto source = location_.get(layout::file_key(version_.bag, version_.version, name), {});
    if (source || source.error().reason != Reason::not_found) return source;
    return rejected("the file is missing", name, Reason::not_found);
  }

 private:
  class Entries final : public bagit::EntryReader {
   public:
    explicit Entries(std::unique_ptr<SortedReader> reader) : reader_(std::move(reader)) {}
    Result<const InventoryEntry*> next() override {
      TRY(const SortedRecord* record, reader_->next());
      if (record == nullptr) return static_cast<const InventoryEntry*>(nullptr);
      TRY(entry_, decode_entry(record->value));
      entry_.path.clear();
      return &entry_;
    }

   private:
    std::unique_ptr<SortedReader> reader_;
    InventoryEntry entry_;
  };

  ObjectStore& location_;
  const layout::VersionKey& version_;
  DescribedFiles& files_;
};

/// Problems of the bag as faults.
class FaultSink final : public ProblemSink {
 public:
  explicit FaultSink(Faults& faults) : faults_(faults) {}
  Result<void> add(Problem problem) override {
    if (problem.is_warning()) return {};
    faults_.add(problem.rule + " " + (problem.path.empty() ? "" : problem.path + ": ") + problem.description);
    return {};
  }

 private:
  Faults& faults_;
};

/// The files below a version's prefix, page by page, in byte order.
class Listing {
 public:
  Listing(ObjectStore& location, std::string prefix) : location_(location), prefix_(std::move(prefix)) {}
  /// The next one, its key without the prefix, or null at the end.
  Result<const ObjectInfo*> next() {
    if (at_ == page_.size()) {
      TRY(page_, location_.list(prefix_, after_, kListPage));
      at_ = 0;
      if (page_.empty()) return static_cast<const ObjectInfo*>(nullptr);
      after_ = page_.back().key;
    }
    ObjectInfo& object = page_[at_++];
    object.key.erase(0, prefix_.size());
    return static_cast<const ObjectInfo*>(&object);
  }

 private:
  ObjectStore& location_;
  const std::string prefix_;
  std::string after_;
  std::vector<ObjectInfo> page_;
  std::size_t at_ = 0;
};

std::string wrong_size(const std::string& name, std::uint64_t actual, std::uint64_t expected) {
  return name + ": has " + std::to_string(actual) + " bytes instead of " + std::to_string(expected);
}

class Examination {
 public:
  Examination(ObjectStore& location, const layout::VersionKey& version, SpillSpace& spills, Faults& faults)
      : location_(location), version_(version), spills_(spills), faults_(faults), files_(spills) {}

  Result<std::optional<ReadDescription>> run() {
    auto description = read();
    if (!description && description.error().reason == Reason::corrupt) {
      faults_.add(description.error().what);
      return std::optional<ReadDescription>();
    }
    if (!description) return std::move(description).error();
    if (description->head.bag != version_.bag || description->head.version != version_.version) {
      faults_.add("the description is that of " + description->head.bag.str() + " " + description->head.version.str());
      return std::optional<ReadDescription>();
    }
    TRY_VOID(compare_manifests());
    TRY_VOID(compare_listing());
    TRY_VOID(compare_taken());
    return std::optional(std::move(*description));
  }

 private:
  Result<ReadDescription> read() {
    TRY(auto stored, location_.get(layout::description_key(version_.bag, version_.version), {}));
    MeasuringSource measured(std::move(stored));
    DescriptionReader reader(measured);
    TRY(DescriptionHead head, reader.head());
    SparseIndexWriter index;
    std::uint64_t count = 0;
    for (const bool payload : {true, false}) {
      index.begin(payload ? "files" : "tagFiles");
      for (;;) {
        TRY(const DescribedFile* file, payload ? reader.next_file() : reader.next_tag_file());
        if (file == nullptr) break;
        index.see(file->name, reader.offset());
        TRY_VOID(files_.add(*file, version_.version));
        ++count;
      }
    }
    TRY(DescriptionTail tail, reader.tail());
    if (tail.file_count != count) {
      return broken(
          "the description counts " + std::to_string(tail.file_count) + " files and lists " + std::to_string(count), {},
          Reason::corrupt);
    }
    return ReadDescription{std::move(head), std::move(tail), measured.finish(), index.finish()};
  }

  /// Every digest of every manifest, both ways; the tag files are read for it.
  Result<void> compare_manifests() {
    DescribedBag bag(location_, version_, files_);
    bagit::CheckRequest request;
    request.rulebook = bagit::Rulebook::bagit;
    FaultSink sink(faults_);
    TRY([[maybe_unused]] const bagit::CheckOutcome outcome,
        bagit::check_bag(bag, request, spills_, sink, [](const InventoryEntry&) { return ok(); }));
    return {};
  }

  /// The version directory holds its own files and nothing else; tag files also have their bytes.
  Result<void> compare_listing() {
    Listing listing(location_, layout::version_prefix(version_.bag, version_.version));
    TRY(const ObjectInfo* stored, listing.next());
    TRY(auto described, files_.by_name());
    for (;;) {
      TRY(const SortedRecord* record, described->next());
      if (record == nullptr) break;
      TRY(const InventoryEntry entry, decode_entry(record->value));
      if (!entry.path.empty()) continue;
      while (stored != nullptr && stored->key < entry.name) {
        faults_.add(stored->key + ": is not described");
        TRY(stored, listing.next());
      }
      if (stored == nullptr || stored->key != entry.name) {
        faults_.add(entry.name + ": is missing");
        continue;
      }
      TRY_VOID(compare_file(entry, stored->size));
      TRY(stored, listing.next());
    }
    while (stored != nullptr) {
      faults_.add(stored->key + ": is not described");
      TRY(stored, listing.next());
    }
    return {};
  }

  Result<void> compare_file(const InventoryEntry& entry, std::uint64_t size) {
    if (size != entry.size) {
      faults_.add(wrong_size(entry.name, size, entry.size));
      return {};
    }
    if (entry.name.starts_with("data/")) return {};
    TRY(auto source, location_.get(layout::file_key(version_.bag, version_.version, entry.name), {}));
    TRY(const Measured measured, measure(*source, Algorithm::sha256));
    if (measured.digest != entry.sha256()) faults_.add(entry.name + ": has another sha256 digest than described");
    return {};
  }

  /// What the version takes from earlier ones lies there, with its size: each of them is listed once.
  Result<void> compare_taken() {
    TRY(auto taken, files_.taken_by_path());
    std::optional<Listing> listing;
    std::string directory;
    const ObjectInfo* stored = nullptr;
    for (;;) {
      TRY(const SortedRecord* record, taken->next());
      if (record == nullptr) return {};
      TRY(const InventoryEntry entry, decode_entry(record->value));
      const auto holder = holder_of(entry.path);
      if (!holder) {
        faults_.add(entry.name + ": is taken from " + entry.path + ", which is no file of an earlier version");
        continue;
      }
      if (const std::string prefix = layout::version_prefix(version_.bag, *holder); directory != prefix) {
        directory = prefix;
        listing.emplace(location_, directory);
        TRY(stored, listing->next());
      }
      const std::string_view name = std::string_view(entry.path).substr(holder->str().size() + 1);
      while (stored != nullptr && stored->key < name) {
        TRY(stored, listing->next());
      }
      if (stored == nullptr || stored->key != name) {
        faults_.add(entry.name + ": is taken from " + entry.path + ", which is missing");
      } else if (stored->size != entry.size) {
        faults_.add(wrong_size(entry.path, stored->size, entry.size));
      }
    }
  }

  /// The earlier version of a path `vK/name`.
  [[nodiscard]] std::optional<Version> holder_of(std::string_view path) const {
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto version = Version::parse(path.substr(0, slash));
    if (!version || version->number() >= version_.version.number()) return std::nullopt;
    return version;
  }

  ObjectStore& location_;
  const layout::VersionKey& version_;
  SpillSpace& spills_;
  Faults& faults_;
  DescribedFiles files_;
};

}  // namespace

void Faults::add(std::string text) {
  count_ += 1;
  if (first_.size() < kFaultsTold) first_.push_back(std::move(text));
}

Result<std::optional<ReadDescription>> examine_version(ObjectStore& location, const layout::VersionKey& version,
                                                       SpillSpace& spills, Faults& faults) {
  return Examination(location, version, spills, faults).run();
}

}  // namespace strongroom::care
