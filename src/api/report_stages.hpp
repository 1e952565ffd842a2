// The stages of a verification report, from the records of an ingest's steps (http-api.md 4.7).
// Private to the API; pure, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/ingest.hpp"
#include "domain/location.hpp"
#include "ports/front_desk.hpp"

namespace strongroom::api {

struct ReportStage {
  std::string name;  ///< `Verification (replica-1)`
  std::optional<std::string> location_label;
  int run = 1;
  std::string_view outcome;  ///< `running`, `passed`, `failed`, `interrupted`
  Instant started;
  std::optional<Instant> ended;
  std::uint64_t files_checked = 0;
  std::uint64_t bytes_checked = 0;
  std::uint64_t problems = 0;
  std::uint64_t warnings = 0;
  std::string report_key;  ///< of the records store; empty when nothing was found
};

/// One for each step of verification and for each other step that found something, run by run. Reading back and
/// committing a copy are one stage. Reason::corrupt for records that this program did not write.
[[nodiscard]] Result<std::vector<ReportStage>> report_stages(const Ingest& ingest, const std::vector<RunStep>& steps,
                                                             const std::vector<LocationFacts>& locations);

/// The members of the stage's object up to its problems: `{"type":"VerificationStage",…`, without a closing brace.
[[nodiscard]] std::string stage_members(const ReportStage& stage);

}  // namespace strongroom::api
