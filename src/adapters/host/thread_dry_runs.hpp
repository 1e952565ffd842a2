// Dry runs on threads of their own: the port `DryRuns` of this process.
//
// So many run side by side, the others wait in the order in which they came; beyond a number of those a request is
// turned away. What has ended is remembered for a while, the oldest forgotten first. All calls may come from any
// thread but stop(), which belongs to the owner.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/limits.hpp"
#include "ports/clock.hpp"
#include "ports/dry_runs.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"

namespace strongroom::host {

struct DryRunBounds {
  std::size_t at_once = 1;
  std::size_t queued = limits::kDryRunsQueued;
  std::size_t patient = limits::kDryRunsPatient;  ///< callers of begin() that wait
  std::size_t kept = limits::kDryRunsKept;
  std::uint64_t kept_bytes = limits::kDryRunFindingsMax;
  Duration kept_for = std::chrono::hours(1);
};

class ThreadDryRuns final : public DryRuns {
 public:
  /// Does one; must return soon after its token is stopped, and must not throw.
  using Work = std::function<Result<DryRunReport>(const DryRunOrder& order, const DryRunTold& tell,
                                                  const std::stop_token& stop)>;

  ThreadDryRuns(Work work, DryRunBounds bounds, Clock& clock, Log& log, Metrics& metrics);
  ~ThreadDryRuns() override;
  ThreadDryRuns(const ThreadDryRuns&) = delete;
  ThreadDryRuns& operator=(const ThreadDryRuns&) = delete;

  Result<DryRunView> begin(DryRunOrder order, Duration patience) override;
  std::optional<DryRunView> find(const IngestId& id) override;
  Result<std::unique_ptr<ByteSource>> open_findings(const DryRunReport& report, Step step) override;

  /// Stops what runs, gives up what waits, and lets waiting callers go. A second call does nothing.
  void stop();

 private:
  struct Run {
    DryRunView view;
    Duration began{};
    Duration ended{};
  };

  void labour(const std::stop_token& stop);
  void end(Run& run, Result<DryRunReport> outcome);
  void forget_old();
  void forget_oldest();

  const Work work_;
  const DryRunBounds bounds_;
  Clock& clock_;
  Log& log_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::condition_variable ended_;
  std::map<IngestId, std::shared_ptr<Run>> runs_;
  std::deque<std::shared_ptr<Run>> queue_;  ///< that wait for their turn
  std::deque<std::shared_ptr<Run>> past_;   ///< that have ended, oldest first
  std::uint64_t past_bytes_ = 0;
  std::size_t patient_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace strongroom::host
