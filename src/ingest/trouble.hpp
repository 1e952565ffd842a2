// Trouble: what becomes of a step that did not work (pipeline.md 2.4, CORRECTNESS 2.2). Pure functions.
// Called by the walker; any thread.
#pragma once

#include <optional>
#include <string>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "domain/steps.hpp"

namespace strongroom::ingest {

struct RetryPolicy {
  Duration first_delay = std::chrono::seconds(1);
  Duration longest_delay = std::chrono::minutes(5);
  Duration time_limit = std::chrono::hours(24);
  Duration event_interval = std::chrono::minutes(15);
};

/// 1 s doubling to 5 min, ±50 % by `fraction` in [0, 1). `tries` counts from 1.
[[nodiscard]] Duration transient_delay(const RetryPolicy& policy, int tries, double fraction);

/// Pause before the next try after `faults` unexpected faults (1 to 3): 10 s, 1 min, 5 min; nothing after the fourth.
[[nodiscard]] std::optional<Duration> fault_delay(int faults);

/// Pause after `losses` lost workers without progress: none for three, then 10 s and 1 min; nothing after the sixth.
[[nodiscard]] std::optional<Duration> loss_delay(int losses);

/// What to do with a step after an Error.
struct Verdict {
  StepRecord step;                      ///< as it is to be recorded
  std::optional<std::string> event;     ///< `… retrying - …` or `… failed - …`
  std::optional<Duration> retry_after;  ///< absent: the step has failed
};

/// The inputs of a verdict beside the record and the error.
struct TroubleContext {
  std::string step_name;   ///< as events show it
  std::string request_id;  ///< quoted by an internal error
  Instant now;
  double fraction = 0.5;        ///< of jitter, in [0, 1)
  bool past_no_return = false;  ///< a description was written: only success can end the step (pipeline.md 9.1)
};

[[nodiscard]] Verdict judge(const RetryPolicy& policy, StepRecord step, const Error& error,
                            const TroubleContext& context);

/// A running step whose worker was lost: counts the loss, or starts counting anew where an attempt got further than any
/// before. Without a delay the step has failed.
[[nodiscard]] Verdict judge_loss(StepRecord step, const TroubleContext& context);

}  // namespace strongroom::ingest
