#include "ingest/unpack.hpp"

#include "ingest/fan_out.hpp"
#include "ingest/rooms.hpp"

namespace strongroom::ingest {
namespace {

/// Below this size threads would cost more than they save.
constexpr std::uint64_t kSmallPackage = 256 << 10;

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

/// Of the places that stage and can do so now, each emptied. One in trouble is filled later.
std::vector<std::unique_ptr<Intake>> open_intakes(const UnpackNeeds& needs, const UnpackTask& task) {
  std::vector<std::unique_ptr<Intake>> intakes;
  if (!task.staging) return intakes;
  for (const Place& place : needs.places) {
    auto intake = place.depository.intake(*task.staging);
    if (intake && *intake && (*intake)->clear()) intakes.push_back(std::move(intake).value());
  }
  return intakes;
}

Result<Unpacked> deliver(const UnpackNeeds& needs, const UnpackTask& task, PackageSource& package) {
  TRY(auto blob, needs.area.create_blob(blobs::kArchiveInventory));
  InventoryWriter inventory(*blob);
  const auto intakes = open_intakes(needs, task);
  FanOutNeeds sink_needs{needs.area, {}, inventory, needs.progress, needs.stop};
  for (const auto& intake : intakes) sink_needs.intakes.push_back(intake.get());
  Workers* const workers = package.identity().size < kSmallPackage ? nullptr : needs.workers;
  FanOut sink(sink_needs, workers);
  archive::SideBySide side_by_side;
  if (workers != nullptr) {
    side_by_side = [workers](std::size_t count, const auto& work) { workers->for_each(count, count, work); };
  }
  TRY(auto outcome, archive::unpack_archive({package, &package.anywhere(), &needs.area, std::move(side_by_side)},
                                            task.source.text(), sink, task.limits, needs.stop.process()));
  if (auto* refused = std::get_if<archive::ArchiveRefusal>(&outcome)) {
    // A package that was replaced under the reader looks damaged; say what really happened.
    if (auto same = package.check_unchanged(); !same && same.error().reason == Reason::conflict) return same.error();
    for (Problem& problem : refused->problems) TRY_VOID(needs.problems.add(std::move(problem)));
    return refusal(refused->text);
  }
  TRY_VOID(package.check_unchanged());
  TRY_VOID(sink.finish());
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
