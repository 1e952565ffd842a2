// Fuzz target: any bytes as a BagIt profile. Reading it ends in a profile or in faults, and whatever profile that is, a
// right bag can be held against it: an outcome, and a problem behind every failure.
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "support/memory_bag.hpp"

namespace {

using namespace strongroom;

void require(bool condition) {
  if (!condition) std::abort();
}

void hold_against(const bagit::Profile& profile, std::optional<std::string> media_type) {
  static const testing_support::BagFiles kFiles = testing_support::BagBuilder().file("notes/a.txt", "n").build();
  testing_support::MemoryBag bag(kFiles);
  testing_support::ProblemList problems;
  MemorySpillSpace spills;
  bagit::CheckRequest request{*ExternalIdentifier::parse("x")};
  request.profile = &profile;
  request.media_type = std::move(media_type);
  const auto outcome =
      bagit::check_bag(bag, request, spills, problems, [](const InventoryEntry&) -> Result<void> { return ok(); });
  require(outcome.has_value());
  require(outcome->failure.has_value() == (outcome->problems > 0));
  for (const Problem& problem : problems.problems) {
    require(problem.rule.starts_with('N') && !problem.kind.empty() && !problem.description.empty());
    require(is_utf8(problem.path) && is_utf8(problem.other) && is_utf8(problem.actual) && is_utf8(problem.expected));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = bagit::parse_profile(std::string_view(reinterpret_cast<const char*>(data), size));
  if (const auto* faults = std::get_if<bagit::ProfileFaults>(&parsed)) {
    require(!faults->empty());
    return 0;
  }
  hold_against(std::get<bagit::Profile>(parsed), std::nullopt);
  hold_against(std::get<bagit::Profile>(parsed), "application/zip");
  return 0;
}
