// route: which door opens next. Pure; the only place that knows the order of the rooms.
// Called by the walker; any thread.
#pragma once

#include <vector>

#include "domain/location.hpp"
#include "domain/steps.hpp"
#include "domain/version_row.hpp"

namespace strongroom::ingest {

/// The record of a step, or null while it was never opened.
[[nodiscard]] const StepRecord* find_step(const std::vector<StepRecord>& steps, const StepKey& key);

/// True when the step has ended well and need not be done again.
[[nodiscard]] bool is_done(const std::vector<StepRecord>& steps, const StepKey& key);

/// True when a step has failed: the run has to be concluded.
[[nodiscard]] bool has_failed(const std::vector<StepRecord>& steps);

/// The doors that are or should be open now: one, or one per location. None when the run has failed or is complete.
/// `locations` are those of the run.
[[nodiscard]] std::vector<StepKey> open_doors(const std::vector<StepRecord>& steps,
                                              const std::vector<LocationFacts>& locations);

/// True when opening `step` at `location` comes before the first write to a final key there: the version's row must say
/// so before (CORRECTNESS 1.3).
[[nodiscard]] bool begins_final_writes(Step step, const LocationFacts& location);

/// The steps to be done again when working storage is lost: unpack to verify, and what lies in staging
/// (CORRECTNESS 1.1, 1.4). Empty when nothing needs it any more: the description is spooled elsewhere.
[[nodiscard]] std::vector<StepRecord> rewind(const std::vector<StepRecord>& steps,
                                             const std::vector<LocationFacts>& locations);

}  // namespace strongroom::ingest
