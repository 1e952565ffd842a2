// Fuzz target: any bytes as any tag file. The first byte chooses the file of a right bag that the rest replaces,
// whether its tag manifest is made right again, and by whose rules: `0` to `7` and `8` to `?` the archive's, `p` to `w`
// and `x` to DEL those of BagIt alone. Whatever the bytes, the check ends in an outcome, never in an Error; a failure
// has a problem behind it; and an accepted bag's inventory is complete.
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "support/memory_bag.hpp"

namespace {

using strongroom::Algorithm;
using strongroom::ExternalIdentifier;
using strongroom::InventoryEntry;
using strongroom::MemorySpillSpace;
using strongroom::Problem;
using strongroom::bagit::Rulebook;
using strongroom::testing_support::BagBuilder;
using strongroom::testing_support::BagFiles;
using strongroom::testing_support::MemoryBag;
using strongroom::testing_support::ProblemList;

void require(bool condition) {
  if (!condition) std::abort();
}

const BagFiles& right_bag() {
  static const BagFiles files = BagBuilder()
                                    .payload_algorithms({Algorithm::md5, Algorithm::sha256})
                                    .tag_algorithms({Algorithm::md5})
                                    .file("data/100%25", "x")
                                    .file("fetch.txt", "")
                                    .build();
  return files;
}

std::string check(const BagFiles& files, Rulebook rulebook, std::size_t sorter_memory) {
  MemoryBag bag(files, {Algorithm::sha256, Algorithm::md5});
  MemorySpillSpace spills;
  ProblemList problems;
  strongroom::bagit::CheckRequest request{*ExternalIdentifier::parse("x")};
  request.sorter_memory = sorter_memory;
  request.rulebook = rulebook;
  std::size_t verified = 0;
  const auto outcome = strongroom::bagit::check_bag(bag, request, spills, problems, [&](const InventoryEntry& entry) {
    require(files.contains(entry.name));
    ++verified;
    return strongroom::ok();
  });
  require(outcome.has_value());
  require(outcome->problems + outcome->warnings == problems.problems.size());
  require(outcome->failure.has_value() == (outcome->problems > 0));
  require(outcome->facts.has_value() == (rulebook == Rulebook::archive && !outcome->failure));
  require(verified == files.size());
  for (const Problem& problem : problems.problems) {
    require(!problem.rule.empty() && !problem.kind.empty() && !problem.description.empty());
    require(strongroom::is_utf8(problem.path) && strongroom::is_utf8(problem.other) &&
            strongroom::is_utf8(problem.actual));
  }
  return outcome->failure.value_or("accepted");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  BagFiles files = right_bag();
  constexpr const char* kFiles[] = {
      "bagit.txt",           "bag-info.txt", "manifest-md5.txt", "manifest-sha256.txt",
      "tagmanifest-md5.txt", "fetch.txt",    "package-info.txt", "tagmanifest-sha3-256.txt"};
  const char* file = kFiles[data[0] & 7U];
  files[file] = std::string(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 8U) != 0 && !strongroom::testing_support::is_tag_manifest_name(file))
    strongroom::testing_support::retag(files);
  // Spilling changes nothing.
  const Rulebook rulebook = (data[0] & 0x40U) != 0 ? Rulebook::bagit : Rulebook::archive;
  require(check(files, rulebook, std::size_t{1} << 20) == check(files, rulebook, 256));
  return 0;
}
