#include "ingest/dry_run.hpp"

#include <exception>
#include <limits>

#include "base/json_text.hpp"
#include "domain/version_row.hpp"
#include "domain/waypoints.hpp"
#include "ingest/find_root.hpp"
#include "ingest/held_bag.hpp"
#include "ingest/progress.hpp"
#include "ingest/report.hpp"
#include "ingest/stop.hpp"
#include "ingest/unpack.hpp"
#include "ingest/verify.hpp"

namespace strongroom::ingest {
namespace {

/// Nobody else has this area, and nobody takes it over.
constexpr Fence kFence{1};

/// Where the bag would be kept.
std::vector<Place> places_for(const BagId& bag, const std::vector<Place>& all) {
  std::vector<Place> places;
  for (const Place& place : all) {
    if (place.facts.serves(bag.space.str())) places.push_back(place);
  }
  return places;
}

/// One dry run, with everything at hand.
class Trial {
 public:
  Trial(const DryRunNeeds& needs, const DryRunSettings& settings, const DryRunOrder& order, const DryRunTold& tell,
        const std::stop_token& stop)
      : needs_(needs),
        settings_(settings),
        tell_(tell),
        stop_(stop, {}, needs.clock, no_lease_),
        places_(places_for(order.request.bag, needs.places)),
        report_{new_ingest(order.id, order.request, needs.clock.now(), order.request_id), {}, {}, 0, {}} {}

  Result<DryRunReport> run() {
    TRY(area_, needs_.working.open(report_.ingest.id, kFence, std::nullopt));
    const Result<void> walked = guarded();
    area_.reset();
    const Result<void> removed = needs_.working.remove(report_.ingest.id, kFence);
    TRY_VOID(walked);
    TRY_VOID(removed);
    return std::move(report_);
  }

 private:
  Result<void> guarded() {
    try {
      return walk();
    } catch (const std::exception& exception) {
      return broken(std::string("unexpected exception: ") + exception.what());
    }
  }

  /// The only place where a dry run calls the rooms: as the doors of an ingest do, without lease and settle.
  Result<void> walk() {
    const IngestRequest& request = report_.ingest.request;
    TRY(const auto unpacked, enter<Unpacked>(Step::unpack, [&](ProblemSink& problems, ProgressMeter& progress) {
          // Nowhere but in the scratch: nothing is to be kept.
          return unpack(UnpackNeeds{needs_.sources, *area_, places_, nullptr, problems, progress, stop_},
                        UnpackTask{request.source, settings_.archive, std::nullopt});
        }));
    if (!unpacked) return {};
    TRY(const auto rooted, enter<Rooted>(Step::find_root, [&](ProblemSink& problems, ProgressMeter&) {
          return find_root(*area_, *unpacked, problems);
        }));
    if (!rooted) return {};
    TRY(const auto verified,
        enter<Verified>(Step::verify, [&](ProblemSink& problems, ProgressMeter& progress) -> Result<Verified> {
          TRY(const std::vector<VersionRow> versions, needs_.catalogue.versions_now(request.bag));
          std::optional<HeldBag> held = held_for(request, versions, needs_.records, places_, needs_.log, needs_.damage);
          const VerifyTask task{request.type, largest_budget(request.bag, places_), request.bag,
                                held ? &*held : nullptr, settings_.profiles};
          PackageFiles files(*area_, rooted->root);
          return verify(VerifyNeeds{*area_, files, problems, progress, stop_}, task, *unpacked, *rooted);
        }));
    if (!verified) return {};
    TRY(const auto versioned, enter<Versioned>(Step::assign_version, [&](ProblemSink& problems, ProgressMeter&) {
          return choose_version(problems);
        }));
    if (!versioned) return {};
    report_.ingest.status = Status::succeeded;
    report_.ingest.version = versioned->version;
    report_.conclusion = "Would be stored as " + versioned->version.str();
    return {};
  }

  /// What the bag's next ingest would be given if its turn were now: those that wait are not waited for.
  Result<Versioned> choose_version(ProblemSink& problems) {
    TRY(const std::vector<VersionRow> versions, needs_.catalogue.versions_now(report_.ingest.request.bag));
    for (const VersionRow& row : versions) {
      // As accepting it would: never older than what is stored, whatever the clock says (CORRECTNESS 2.5).
      if (row.registration) {
        report_.ingest.created = next_created(report_.ingest.created, row.registration->ingest_created);
      }
    }
    const Assignment assignment = assign_version(report_.ingest, versions);
    if (!assignment.version) {
      TRY_VOID(problems.add(version_problem(assignment)));
      return refusal(assignment.refusal);
    }
    return Versioned{*assignment.version};
  }

  /// Enters one room and records what came of it; nothing when the package is refused there.
  template <class Waypoint, class Room>
  Result<std::optional<Waypoint>> enter(Step step, const Room& room) {
    TRY_VOID(stop_.check());
    TRY_VOID(check_room());
    StepRecord begun;
    begun.key.step = step;
    begun.started = needs_.clock.now();
    tell_(begun);
    ProgressMeter progress(needs_.clock, [&](const Progress& now) {
      StepRecord further = begun;
      further.progress = now;
      tell_(further);
    });
    ReportWriter findings(*area_);
    Result<Waypoint> outcome = room(findings, progress);
    if (!outcome && outcome.error().act != Act::rejected) return outcome.error();
    StepRecord record = begun;
    record.progress = progress.now();
    TRY_VOID(keep(findings, record));
    record.ended = needs_.clock.now();
    record.state = outcome ? StepState::done : StepState::failed;
    if (outcome) record.waypoint = encode(*outcome);
    report_.steps.push_back(std::move(record));
    if (outcome) return std::optional(std::move(*outcome));
    report_.ingest.status = Status::failed;
    report_.conclusion = event_text(failed_text(step_name(step, {}), outcome.error().what));
    return std::optional<Waypoint>();
  }

  Result<void> keep(ReportWriter& findings, StepRecord& record) {
    TRY(ReportWriter::Kept kept, findings.keep());
    record.problems = kept.problems;
    record.warnings = kept.warnings;
    if (kept.lines == nullptr) return {};
    JsonWriter(record.problems_head).begin_object().member("report", code_of(record.key.step)).end_object();
    report_.findings_bytes += kept.bytes;
    report_.findings[record.key.step] = std::move(kept.lines);
    return {};
  }

  /// A dry run takes nothing of the room that ingests need to record what happened (CORRECTNESS 1.11).
  Result<void> check_room() {
    TRY(const std::uint64_t free, needs_.gauge.free_bytes());
    if (free < settings_.min_free) return temporary("full disk", {}, Reason::no_space);
    return {};
  }

  const DryRunNeeds& needs_;
  const DryRunSettings& settings_;
  const DryRunTold& tell_;
  const LeaseHorizon no_lease_{std::numeric_limits<std::int64_t>::max()};
  const Stop stop_;
  const std::vector<Place> places_;
  std::unique_ptr<WorkArea> area_;
  DryRunReport report_;
};

}  // namespace

Result<DryRunReport> dry_run(const DryRunNeeds& needs, const DryRunSettings& settings, const DryRunOrder& order,
                             const DryRunTold& tell, const std::stop_token& stop) {
  return Trial(needs, settings, order, tell, stop).run();
}

}  // namespace strongroom::ingest
