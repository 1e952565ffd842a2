// The steps of a run: their names, their order, their event texts, and how far each has come.
//
// Texts are an interface: existing monitoring reads them (domain-rules.md 4). Pure functions and plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "domain/identifiers.hpp"

namespace strongroom {

/// In the order of domain-rules.md 4.2. `replicate`, `confirm` and `commit` exist once per location; `commit` ends the
/// step named `verification ({label})` that `confirm` began.
enum class Step : std::uint8_t { unpack, find_root, verify, assign_version, replicate, confirm, commit, register_bag };

/// Stable short name, as the catalogue keeps it.
[[nodiscard]] std::string_view code_of(Step step);
[[nodiscard]] std::optional<Step> parse_step(std::string_view code);

/// `unpacking`, …, `replicating to {label}`, `verification ({label})`, `register`.
[[nodiscard]] std::string step_name(Step step, std::string_view location_label);

/// The same with its first letter upper-cased, as reports show it.
[[nodiscard]] std::string step_title(Step step, std::string_view location_label);

/// A step of one run, at one location where it has one.
struct StepKey {
  Step step = Step::unpack;
  std::optional<LocationName> location;
  friend auto operator<=>(const StepKey&, const StepKey&) = default;
};

enum class StepState : std::uint8_t {
  running,  ///< begun; its attempt is counted
  done,     ///< its waypoint is recorded
  again,    ///< was done, must be done again because working storage was lost; no event is repeated
  failed,   ///< the run ends here
};
[[nodiscard]] std::string_view name_of(StepState state);
[[nodiscard]] std::optional<StepState> parse_step_state(std::string_view name);

/// How far a step has come; totals are unknown (0) at first.
struct Progress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
  std::uint64_t files_done = 0;
  std::uint64_t files_total = 0;
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// One row of the catalogue: a step of a run.
struct StepRecord {
  StepKey key;
  StepState state = StepState::running;
  int attempts = 1;                ///< counted before the work (CORRECTNESS 2.2)
  int faults = 0;                  ///< unexpected faults so far (pipeline.md 2.4)
  int losses = 0;                  ///< workers lost without a new high-water mark
  std::uint64_t mark_at_loss = 0;  ///< progress when the last worker was lost
  std::uint64_t high_water = 0;    ///< most bytes+files any attempt has done
  Progress progress;               ///< of the current attempt
  Instant started;
  std::optional<Instant> ended;
  std::optional<Instant> first_trouble;  ///< since when transient trouble lasts; counts against retry.timeLimit
  std::optional<Instant> last_retry_event;
  std::string waypoint;  ///< what the next room gets (domain/waypoints.hpp); empty until done
  std::uint64_t problems = 0;
  std::uint64_t warnings = 0;
  std::string problems_head;  ///< JSON of the first 100; all are in the report object
  friend bool operator==(const StepRecord&, const StepRecord&) = default;
};

// Event texts (domain-rules.md 4.1 to 4.4).
[[nodiscard]] std::string started_text(const std::string& step_name);
[[nodiscard]] std::string succeeded_text(const std::string& step_name, std::string_view detail = {});
[[nodiscard]] std::string failed_text(const std::string& step_name, std::string_view detail = {});
[[nodiscard]] std::string retrying_text(const std::string& step_name, std::string_view reason);
/// `Unpacked 168 KB from 9 files`
[[nodiscard]] std::string unpacked_detail(std::uint64_t bytes, std::uint64_t files);
/// `Aggregating replicas succeeded - 1 of 3 replicas complete`, or `… - all replicas complete`.
[[nodiscard]] std::string aggregating_text(std::size_t complete, std::size_t all);
/// Largest binary unit whose value is at least 1, truncated: `55 bytes`, `117 MB`.
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// One line of at most 250 characters; a longer one is cut to 247 and `...`.
[[nodiscard]] std::string event_text(std::string_view text);

}  // namespace strongroom
