#include "cli/local_bag.hpp"

#include <sys/stat.h>

#include <map>
#include <optional>

#include "archive/unpack.hpp"
#include "bagit/declaration.hpp"
#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"
#include "bagit/root.hpp"
#include "base/sorter.hpp"
#include "base/text.hpp"
#include "cli/local_files.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

/// Tag files kept from a package: no honest one has nearly as many that the check reads.
constexpr std::size_t kKeptMax = 4096;

Problem problem_of(std::string rule, std::string kind, std::string path, std::string description) {
  Problem problem;
  problem.rule = std::move(rule);
  problem.kind = std::move(kind);
  problem.path = std::move(path);
  problem.description = std::move(description);
  return problem;
}

/// Entries sorted by name, with the digests that were computed.
class SortedEntries {
 public:
  explicit SortedEntries(SpillSpace& spills) : sorter_(spills, limits::kSorterMemoryMax) {}
  Result<void> add(const InventoryEntry& entry) { return sorter_.add(entry.name, encode_entry(entry)); }

  /// Names below `root` only, without it.
  Result<std::unique_ptr<bagit::EntryReader>> read(const std::string& root) {
    TRY(auto reader, sorter_.read());
    return std::unique_ptr<bagit::EntryReader>(std::make_unique<Reader>(std::move(reader), root));
  }

 private:
  class Reader final : public bagit::EntryReader {
   public:
    Reader(std::unique_ptr<SortedReader> reader, std::string root)
        : reader_(std::move(reader)), root_(std::move(root)) {}
    Result<const InventoryEntry*> next() override {
      TRY(const SortedRecord* record, reader_->next());
      if (record == nullptr) return static_cast<const InventoryEntry*>(nullptr);
      TRY(entry_, decode_entry(record->value));
      entry_.name.erase(0, root_.size());
      return &entry_;
    }

   private:
    std::unique_ptr<SortedReader> reader_;
    const std::string root_;
    InventoryEntry entry_;
  };
  Sorter sorter_;
};

AlgorithmSet with_manifest(AlgorithmSet algorithms, std::string_view name) {
  const auto manifest = bagit::parse_manifest_name(name);
  if (manifest && manifest->algorithm) algorithms.add(*manifest->algorithm);
  return algorithms;
}

// ---- a directory ----------------------------------------------------------------------------------------------------

class DirectoryBag final : public bagit::BagView {
 public:
  DirectoryBag(fs::path directory, const LocalBagNeeds& needs)
      : directory_(std::move(directory)), needs_(needs), entries_(needs.spills) {}

  Result<void> read(LocalBag& bag) {
    Sorter names(needs_.spills, limits::kSorterMemoryMax);
    TRY_VOID(walk(names));
    TRY(auto sorted, names.read());
    std::vector<std::string> batch;
    for (;;) {
      TRY(const SortedRecord* record, sorted->next());
      if (record != nullptr) batch.emplace_back(record->key);
      if (batch.size() == kFilesOfABatch || (record == nullptr && !batch.empty())) {
        TRY_VOID(hash(batch, bag));
        batch.clear();
      }
      if (record == nullptr) return {};
    }
  }

  Result<std::unique_ptr<bagit::EntryReader>> entries() override { return entries_.read({}); }
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
    TRY(open_, LocalFile::open(directory_ / name));
    return open_->stream();
  }

 private:
  Result<void> walk(Sorter& names) {
    std::error_code trouble;
    auto entry = fs::recursive_directory_iterator(directory_, trouble);
    for (; !trouble && entry != fs::end(entry); entry.increment(trouble)) {
      const fs::file_status status = entry->symlink_status(trouble);
      if (trouble) break;
      if (fs::is_directory(status)) continue;
      const std::string name = entry->path().lexically_relative(directory_).generic_string();
      if (!fs::is_regular_file(status)) {
        const bool link = fs::is_symlink(status);
        TRY_VOID(
            needs_.problems.add(problem_of("P3", "forbidden-entry", name,
                                           std::string(link ? "This is a symbolic link" : "This is no regular file") +
                                               ": only files and directories are allowed")));
        continue;
      }
      algorithms_ = with_manifest(algorithms_, name);
      TRY_VOID(names.add(name, {}));
    }
    if (trouble) return broken("the directory cannot be read: " + trouble.message(), directory_.string());
    return {};
  }

  /// One file that cannot be read ends the reading: about such a bag nothing can be said.
  Result<void> hash(const std::vector<std::string>& names, LocalBag& bag) {
    std::vector<Result<InventoryEntry>> done(names.size(), broken("was not read"));
    needs_.workers.for_each(names.size(), kFilesAtOnce, [&](std::size_t i) {
      auto hashed =
          hash_file(directory_ / names[i], algorithms_, [&](std::size_t bytes) { needs_.progress(bytes, 0); });
      needs_.progress(0, 1);
      done[i] = hashed ? Result<InventoryEntry>(InventoryEntry{names[i], hashed->first, std::move(hashed->second)})
                       : Result<InventoryEntry>(hashed.error());
    });
    for (const Result<InventoryEntry>& entry : done) {
      if (!entry) return entry.error();
      bag.files += 1;
      bag.bytes += entry->size;
      TRY_VOID(entries_.add(*entry));
    }
    return {};
  }

  const fs::path directory_;
  const LocalBagNeeds& needs_;
  SortedEntries entries_;
  AlgorithmSet algorithms_{Algorithm::sha256};
  std::unique_ptr<LocalFile> open_;
};

// ---- a package ------------------------------------------------------------------------------------------------------

/// A file that the check may want to read: not the payload.
bool is_kept(std::string_view name) {
  const auto slash = name.find('/');
  if (slash != std::string_view::npos && name.find('/', slash + 1) != std::string_view::npos) return false;
  const std::string_view file = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const auto manifest = bagit::parse_manifest_name(file);
  return (manifest && manifest->algorithm) || file == bagit::kDeclarationFile || file == bagit::kBagInfoFile ||
         file == bagit::kPackageInfoFile || file == bagit::kFetchFile;
}

/// Hashes what passes by, and keeps a copy of the tag files.
class HashingEntries final : public archive::EntrySink {
 public:
  HashingEntries(const LocalBagNeeds& needs, SortedEntries& entries, AlgorithmSet algorithms, bool again)
      : needs_(needs), entries_(entries), again_(again) {
    for (Algorithm algorithm : kAlgorithms) {
      if (algorithms.has(algorithm)) hashers_.emplace_back(algorithm);
    }
  }

  Result<void> begin(const std::string& name, std::uint64_t) override {
    entry_ = InventoryEntry{name, 0, {}};
    kept_ = nullptr;
    if (again_ || !is_kept(name)) return {};
    if (tag_files.size() >= kKeptMax) return broken("the package has too many tag files");
    TRY(auto spill, needs_.spills.create());
    kept_ = (tag_files[name] = std::move(spill)).get();
    return {};
  }
  Result<void> data(ByteView content) override {
    for (Hasher& hasher : hashers_) hasher.update(content);
    entry_.size += content.size();
    needs_.progress(content.size(), 0);
    return kept_ != nullptr ? kept_->write(content) : ok();
  }
  Result<void> end() override {
    for (Hasher& hasher : hashers_) entry_.digests.push_back(hasher.finish());
    needs_.progress(0, 1);
    files += 1;
    bytes += entry_.size;
    return entries_.add(entry_);
  }
  Result<void> directory(const std::string&) override { return {}; }

  std::map<std::string, std::unique_ptr<Spill>> tag_files;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;

 private:
  const LocalBagNeeds& needs_;
  SortedEntries& entries_;
  const bool again_;
  std::vector<Hasher> hashers_;
  Spill* kept_ = nullptr;
  InventoryEntry entry_;
};

class PackedBag final : public bagit::BagView {
 public:
  PackedBag(fs::path file, const LocalBagNeeds& needs) : path_(std::move(file)), needs_(needs) {}

  Result<void> read(LocalBag& bag) {
    TRY_VOID(pass(AlgorithmSet{Algorithm::sha256}, false, bag));
    if (!bag.failure.empty()) return {};
    TRY_VOID(refuse_repeats(bag));
    if (!bag.failure.empty()) return {};
    TRY_VOID(find_root(bag));
    if (!bag.failure.empty()) return {};
    AlgorithmSet wanted{Algorithm::sha256};
    for (const auto& [name, spill] : tag_files_) {
      if (name.starts_with(root_)) wanted = with_manifest(wanted, std::string_view(name).substr(root_.size()));
    }
    return wanted == AlgorithmSet{Algorithm::sha256} ? ok() : pass(wanted, true, bag);
  }

  Result<std::unique_ptr<bagit::EntryReader>> entries() override { return entries_->read(root_); }
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
    const auto found = tag_files_.find(root_ + name);
    if (found == tag_files_.end()) return broken("a file of a package was not kept", name);
    return found->second->open();
  }

 private:
  Result<void> pass(AlgorithmSet algorithms, bool again, LocalBag& bag) {
    TRY(const auto file, LocalFile::open(path_));
    const auto stream = file->stream();
    entries_.emplace(needs_.spills);
    HashingEntries sink(needs_, *entries_, algorithms, again);
    const auto side_by_side = [this](std::size_t count, const auto& work) {
      needs_.workers.for_each(count, count, work);
    };
    auto unpacked =
        archive::unpack_archive({*stream, file.get(), &needs_.spills, side_by_side}, path_.filename().string(), sink);
    if (!unpacked) return std::move(unpacked).error();
    if (auto* refused = std::get_if<archive::ArchiveRefusal>(&*unpacked)) {
      bag.failure = refused->text;
      for (Problem& problem : refused->problems) TRY_VOID(needs_.problems.add(std::move(problem)));
      return {};
    }
    const auto& archive = std::get<archive::UnpackedArchive>(*unpacked);
    bag.media_type = archive.media_type;
    if (again) return {};
    for (const Problem& warning : archive.warnings) TRY_VOID(needs_.problems.add(warning));
    bag.files = sink.files;
    bag.bytes = sink.bytes;
    tag_files_ = std::move(sink.tag_files);
    return {};
  }

  /// Nothing is created here that would show a name met before: the sorted list does.
  Result<void> refuse_repeats(LocalBag& bag) {
    TRY(auto reader, entries_->read({}));
    std::string last;
    for (;;) {
      TRY(const InventoryEntry* entry, reader->next());
      if (entry == nullptr) return {};
      if (entry->name == last) {
        bag.failure =
            "The archive at " + path_.filename().string() + " is malformed or has a duplicate entry (" + last + ")";
        return needs_.problems.add(problem_of("P3", "duplicate-entry", last, "The name was met before"));
      }
      last = entry->name;
    }
  }

  Result<void> find_root(LocalBag& bag) {
    const bagit::NameReplay replay = [this](const std::function<Result<void>(std::string_view)>& see) -> Result<void> {
      TRY(auto reader, entries_->read({}));
      for (;;) {
        TRY(const InventoryEntry* entry, reader->next());
        if (entry == nullptr) return {};
        TRY_VOID(see(entry->name));
      }
    };
    TRY(const bagit::RootOutcome outcome, bagit::find_root(replay, needs_.problems));
    root_ = outcome.root.value_or("");
    bag.failure = outcome.failure.value_or("");
    return {};
  }

  const fs::path path_;
  const LocalBagNeeds& needs_;
  std::optional<SortedEntries> entries_;
  std::map<std::string, std::unique_ptr<Spill>> tag_files_;
  std::string root_;
};

template <class Kind>
Result<LocalBag> read_as(const fs::path& path, const LocalBagNeeds& needs) {
  LocalBag bag;
  auto view = std::make_unique<Kind>(path, needs);
  TRY_VOID(view->read(bag));
  if (bag.failure.empty()) bag.view = std::move(view);
  return bag;
}

}  // namespace

Result<LocalBag> read_local_bag(const fs::path& path, const LocalBagNeeds& needs) {
  std::error_code trouble;
  const fs::file_status status = fs::status(path, trouble);
  if (!fs::exists(status)) return broken("there is no such file or directory", path.string());
  if (fs::is_directory(status)) return read_as<DirectoryBag>(path, needs);
  return read_as<PackedBag>(fs::canonical(path, trouble), needs);
}

std::optional<std::uint64_t> package_size(const fs::path& path) {
  std::error_code trouble;
  if (!fs::is_regular_file(path, trouble)) return std::nullopt;
  const std::uint64_t size = fs::file_size(path, trouble);
  return trouble ? std::nullopt : std::optional(size);
}

}  // namespace strongroom::cli
