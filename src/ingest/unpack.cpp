#include "ingest/unpack.hpp"

#include <algorithm>

#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

/// The algorithm of a manifest, when the entry is one: what comes after it in the archive is hashed with it too.
std::optional<Algorithm> manifest_algorithm(std::string_view name) {
  const auto slash = name.rfind('/');
  std::string_view file = slash == std::string_view::npos ? name : name.substr(slash + 1);
  constexpr std::string_view kEnd = ".txt";
  if (!file.ends_with(kEnd)) return std::nullopt;
  file.remove_suffix(kEnd.size());
  for (std::string_view begin : {"manifest-", "tagmanifest-"}) {
    if (file.starts_with(begin)) return parse_algorithm(file.substr(begin.size()));
  }
  return std::nullopt;
}

/// Writes each entry to the work area, hashes it on the way, and lists it.
class WorkAreaSink final : public archive::EntrySink {
 public:
  WorkAreaSink(WorkArea& area, InventoryWriter& inventory, ProgressMeter& progress, const Stop& stop)
      : area_(area), inventory_(inventory), progress_(progress), stop_(stop) {
    hashers_.emplace_back(Algorithm::sha256);
  }

  Result<void> begin(const std::string& name, std::uint64_t size) override {
    TRY_VOID(stop_.check());
    TRY(file_, area_.create_file(name, size));
    entry_.name = name;
    entry_.size = 0;
    return {};
  }

  Result<void> data(ByteView bytes) override {
    TRY_VOID(stop_.check());
    for (Hasher& hasher : hashers_) hasher.update(bytes);
    TRY_VOID(file_->write(bytes));
    entry_.size += bytes.size();
    progress_.add(bytes.size(), 0);
    return {};
  }

  Result<void> end() override {
    TRY_VOID(file_->finish());
    file_.reset();
    entry_.digests.clear();
    for (Hasher& hasher : hashers_) entry_.digests.push_back(hasher.finish());
    progress_.add(0, 1);
    TRY_VOID(inventory_.add(entry_));
    const auto algorithm = manifest_algorithm(entry_.name);
    const auto computed = [&](const Hasher& h) { return h.algorithm() == *algorithm; };
    if (algorithm && std::none_of(hashers_.begin(), hashers_.end(), computed)) hashers_.emplace_back(*algorithm);
    return {};
  }

  Result<void> directory(const std::string& name) override { return area_.create_directory(name); }

 private:
  WorkArea& area_;
  InventoryWriter& inventory_;
  ProgressMeter& progress_;
  const Stop& stop_;
  std::vector<Hasher> hashers_;
  std::unique_ptr<WorkFile> file_;
  InventoryEntry entry_;
};

Problem source_problem(std::string kind, std::string text) {
  Problem problem;
  problem.rule = "P1";
  problem.kind = std::move(kind);
  problem.description = std::move(text);
  return problem;
}

/// The texts of domain-rules.md 4.3 for a package that cannot be opened.
Result<void> refuse_source(ProblemSink& problems, const SourceLocation& source, const Error& error) {
  const std::string loc = source.text();
  std::string kind = "no-archive";
  std::string text = "There is no archive at " + loc;
  if (error.reason == Reason::no_container) {
    text = "There is no upload area " + source.bucket;
    if (source.provider == Provider::amazon_s3) text = "There is no S3 bucket " + source.bucket;
    if (source.provider == Provider::azure_blob_storage) text = "There is no Azure container " + source.bucket;
  } else if (error.reason == Reason::forbidden) {
    kind = "no-access";
    text = "Error reading " + loc + ": either it doesn't exist, or the unpacker doesn't have permission to read it";
  } else if (error.reason == Reason::conflict) {
    kind = "source-changed";
    text = "The archive at " + loc + " changed while it was being read";
  } else if (error.reason != Reason::not_found) {
    return error;
  }
  TRY_VOID(problems.add(source_problem(kind, text)));
  return refusal(text);
}

Result<Unpacked> deliver(const UnpackNeeds& needs, const UnpackTask& task, PackageSource& package) {
  TRY(auto blob, needs.area.create_blob(blobs::kArchiveInventory));
  InventoryWriter inventory(*blob);
  WorkAreaSink sink(needs.area, inventory, needs.progress, needs.stop);
  TRY(auto outcome, archive::unpack_archive({package, &package.anywhere(), &needs.area}, task.source.text(), sink,
                                            task.limits, needs.stop.process()));
  if (auto* refused = std::get_if<archive::ArchiveRefusal>(&outcome)) {
    // A package that was replaced under the reader looks damaged; say what really happened.
    if (auto same = package.check_unchanged(); !same && same.error().reason == Reason::conflict) return same.error();
    for (Problem& problem : refused->problems) TRY_VOID(needs.problems.add(std::move(problem)));
    return refusal(refused->text);
  }
  TRY_VOID(package.check_unchanged());
  auto& unpacked = std::get<archive::UnpackedArchive>(outcome);
  for (Problem& warning : unpacked.warnings) TRY_VOID(needs.problems.add(std::move(warning)));
  TRY(InventoryRef ref, inventory.finish());
  TRY_VOID(blob->finish());
  if (task.expected && *task.expected != ref) return rejected("the files are other ones", {}, Reason::conflict);
  return Unpacked{std::move(ref), package.identity(), std::string(unpacked.media_type)};
}

}  // namespace

Result<Unpacked> unpack(const UnpackNeeds& needs, const UnpackTask& task) {
  TRY_VOID(needs.area.clear_files());
  auto package = needs.sources.open(task.source);
  if (!package) {
    if (package.error().act != Act::rejected) return package.error();
    TRY_VOID(refuse_source(needs.problems, task.source, package.error()));
    return package.error();
  }
  auto unpacked = deliver(needs, task, **package);
  if (!unpacked && unpacked.error().act == Act::rejected && unpacked.error().reason == Reason::conflict) {
    TRY_VOID(refuse_source(needs.problems, task.source, unpacked.error()));
  }
  return unpacked;
}

}  // namespace strongroom::ingest
