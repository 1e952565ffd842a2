// Dry runs: requests whose package is checked as an ingest's would be, and then forgotten (http-api.md 9.2).
//
// They leave nothing: no row, no event, no byte in a location. Whoever keeps them bounds how many run, wait and are
// remembered; none outlives the process. All calls may come from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "base/spill.hpp"
#include "domain/ingest.hpp"
#include "domain/steps.hpp"

namespace strongroom {

/// What is to be tried. The id is the dry run's own: there is no ingest of it.
struct DryRunOrder {
  IngestId id;
  IngestRequest request;
  RequestId request_id;
};

/// What came of it: the records an ingest of the same request would have had by now, up to its version.
struct DryRunReport {
  Ingest ingest;  ///< succeeded, with the version it would have been given, or failed
  std::vector<StepRecord> steps;
  /// Of the steps that found something: JSON Lines, sorted as in a report.
  std::map<Step, std::shared_ptr<Spill>> findings;
  std::uint64_t findings_bytes = 0;
  /// In one line: the event an ingest would have failed with, or which version it would have become.
  std::string conclusion;
};

/// Told whenever the step in hand has got further. Any thread.
using DryRunTold = std::function<void(const StepRecord& running)>;

/// A dry run as it stands.
struct DryRunView {
  DryRunOrder order;
  std::optional<StepRecord> running;           ///< the step in hand, once it was begun and until it has ended
  std::shared_ptr<const DryRunReport> report;  ///< when it came to an end
  std::optional<Error> trouble;                ///< when it could not: nothing is known about the package

  [[nodiscard]] bool has_ended() const { return report != nullptr || trouble.has_value(); }
};

class DryRuns {
 public:
  virtual ~DryRuns() = default;
  /// Takes it on, and waits for its end for as long as `patience`; not at all when too many wait already. Temporary:
  /// Reason::limit when too many are to be done, Reason::stopped when the process is about to end.
  virtual Result<DryRunView> begin(DryRunOrder order, Duration patience) = 0;
  /// Nothing when there is none, or it has been forgotten.
  virtual std::optional<DryRunView> find(const IngestId& id) = 0;
  /// The findings of a step that has some. What it gives must not outlive the report.
  virtual Result<std::unique_ptr<ByteSource>> open_findings(const DryRunReport& report, Step step) = 0;
};

}  // namespace strongroom
