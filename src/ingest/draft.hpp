// SettleDraft: the settle of one door, drawn up from a view: which records change, which events come with them, which
// doors open. Pure: the catalogue decides whether it takes effect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/location.hpp"
#include "domain/version_row.hpp"
#include "ingest/report.hpp"
#include "ingest/trouble.hpp"
#include "ports/catalogue.hpp"

namespace strongroom::ingest {

class SettleDraft {
 public:
  /// `locations` are those of the run, `outgoing_id` a fresh UUID. Everything is dated `now`.
  SettleDraft(const RunView& view, Lease lease, std::vector<LocationFacts> locations, Instant now,
              std::string outgoing_id);

  [[nodiscard]] const std::vector<StepRecord>& steps() const { return steps_; }
  [[nodiscard]] const std::vector<LocationFacts>& locations() const { return locations_; }
  /// The location of the step is written to staging first.
  [[nodiscard]] bool is_staged(const StepKey& key) const;
  [[nodiscard]] const StepRecord& step(const StepKey& key) const;
  IngestChange& change() { return change_; }
  [[nodiscard]] Instant now() const { return now_; }

  void event(std::string_view text) { change_.add_event(text, now_); }
  void save_step(StepRecord step);
  /// What a step's report holds; written with the next record of the step.
  void note_report(const StepKey& key, const ReportWriter::Summary& report);
  /// A version's row is written, and known to the doors that open with this settle.
  void save_version(VersionRow row);
  void write(Write write) { writes_.push_back(std::move(write)); }

  /// A door was passed: the step is done, its success event is appended unless it stood there before.
  void pass(const StepKey& key, std::string waypoint, std::string_view detail);
  /// What trouble.hpp said of a step is recorded with its event.
  void record(const Verdict& verdict);
  /// Every door that should be open and is not gets its record, its attempt, its `started` event, and the marker of
  /// final writes on the version's row.
  void open_next();
  /// At the beginning of a walk: running steps of an earlier walk get another attempt.
  void count_attempts();
  /// Ends every step that still runs, because another location failed (domain-rules.md 4.3).
  void stop_running_steps();

  /// `verification (replica-1)` and so on.
  [[nodiscard]] std::string name_of_step(const StepKey& key) const;

  [[nodiscard]] Settle take(Afterwards afterwards, std::optional<Duration> due = std::nullopt) &&;

 private:
  void open(const StepKey& key);
  void mark_final_writes(const StepKey& key);
  [[nodiscard]] const LocationFacts* location_of(const StepKey& key) const;

  Lease lease_;
  std::vector<LocationFacts> locations_;
  std::vector<StepRecord> steps_;
  std::vector<VersionRow> versions_;
  IngestChange change_;
  Ingest before_;
  Instant now_;
  std::string outgoing_id_;
  std::vector<Write> writes_;
};

}  // namespace strongroom::ingest
