#include "api/report_stages.hpp"

#include "base/json_text.hpp"
#include "domain/documents.hpp"
#include "domain/json_members.hpp"
#include "domain/waypoints.hpp"

namespace strongroom::api {
namespace {

bool is_verification(Step step) { return step == Step::verify || step == Step::confirm || step == Step::commit; }

/// Where the step's findings are kept; empty when there are none.
Result<std::string> report_key_of(const StepRecord& step) {
  if (step.problems_head.empty()) return std::string();
  TRY(const JsonMembers members, JsonMembers::parse(step.problems_head));
  return members.text("report");
}

class Stages {
 public:
  Stages(const Ingest& ingest, const std::vector<RunStep>& steps, const std::vector<LocationFacts>& locations)
      : ingest_(ingest), steps_(steps), locations_(locations) {}

  Result<std::vector<ReportStage>> build() {
    std::vector<ReportStage> stages;
    for (const RunStep& one : steps_) {
      // Reading back is the first half of the stage that commit ends.
      if (one.step.key.step == Step::commit) continue;
      if (!is_verification(one.step.key.step) && one.step.problems + one.step.warnings == 0) continue;
      TRY(ReportStage stage, stage_of(one));
      stages.push_back(std::move(stage));
    }
    return stages;
  }

 private:
  Result<ReportStage> stage_of(const RunStep& one) {
    const StepRecord& step = one.step;
    const StepRecord* commit =
        step.key.step == Step::confirm ? find(one.run, {Step::commit, step.key.location}) : nullptr;
    const StepRecord& last = commit != nullptr ? *commit : step;
    ReportStage stage;
    const std::string_view label = label_of_location(step.key, locations_);
    if (step.key.location) stage.location_label = label;
    stage.name = step_title(step.key.step, label);
    stage.run = one.run;
    stage.outcome = outcome_of(one.run, step, commit);
    stage.started = step.started;
    if (stage.outcome == "passed" || stage.outcome == "failed") stage.ended = last.ended;
    // commit looks again, and only at what reading back found nothing wrong with.
    const StepRecord& found = last.problems + last.warnings > 0 ? last : step;
    stage.problems = found.problems;
    stage.warnings = found.warnings;
    stage.files_checked = step.progress.files_done;
    stage.bytes_checked = step.progress.bytes_done;
    if (is_verification(step.key.step) && step.state == StepState::done) TRY_VOID(count_all(one.run, stage));
    TRY(stage.report_key, report_key_of(found));
    return stage;
  }

  [[nodiscard]] const StepRecord* find(int run, const StepKey& key) const {
    for (const RunStep& one : steps_) {
      if (one.run == run && one.step.key == key) return &one.step;
    }
    return nullptr;
  }

  [[nodiscard]] std::string_view outcome_of(int run, const StepRecord& step, const StepRecord* commit) const {
    const bool confirm = step.key.step == Step::confirm;
    const StepState state = commit != nullptr ? commit->state : step.state;
    if (state == StepState::failed) return "failed";
    if (state == StepState::done && (!confirm || commit != nullptr)) return "passed";
    return run == ingest_.run && ingest_.has_work() ? "running" : "interrupted";
  }

  /// What a stage that was passed has checked: everything that the verified inventory lists. Progress is only told now
  /// and then.
  Result<void> count_all(int run, ReportStage& stage) const {
    const StepRecord* verify = find(run, {Step::verify, std::nullopt});
    if (verify == nullptr || verify->waypoint.empty()) return {};
    TRY(const Verified verified, decode_waypoint<Verified>(verify->waypoint));
    stage.files_checked = verified.inventory.entries;
    stage.bytes_checked = verified.inventory.bytes;
    return {};
  }

  const Ingest& ingest_;
  const std::vector<RunStep>& steps_;
  const std::vector<LocationFacts>& locations_;
};

}  // namespace

Result<std::vector<ReportStage>> report_stages(const Ingest& ingest, const std::vector<RunStep>& steps,
                                               const std::vector<LocationFacts>& locations) {
  return Stages(ingest, steps, locations).build();
}

std::string stage_members(const ReportStage& stage) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("type", "VerificationStage").member("name", stage.name);
  if (stage.location_label) writer.member("locationLabel", *stage.location_label);
  writer.member("run", stage.run).member("outcome", stage.outcome);
  writer.member("startedDate", format_instant(stage.started));
  if (stage.ended) writer.member("endedDate", format_instant(*stage.ended));
  writer.member("filesChecked", stage.files_checked).member("bytesChecked", stage.bytes_checked);
  return text;
}

}  // namespace strongroom::api
