#include "adapters/host/thread_dry_runs.hpp"

#include "base/check.hpp"

namespace strongroom::host {
namespace {

/// Reports are forgotten on time even when nobody asks for anything.
constexpr std::chrono::minutes kTidyPause{1};

std::string_view outcome_of(const DryRunView& view) {
  if (view.report == nullptr) return "interrupted";
  return view.report->ingest.status == Status::succeeded ? "acceptable" : "refused";
}

Error about_to_end() { return temporary("the service is about to end", {}, Reason::stopped); }

}  // namespace

ThreadDryRuns::ThreadDryRuns(Work work, DryRunBounds bounds, Clock& clock, Log& log, Metrics& metrics)
    : work_(std::move(work)), bounds_(bounds), clock_(clock), log_(log), metrics_(metrics) {
  for (std::size_t i = 0; i < bounds_.at_once; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { labour(stop); });
  }
}

ThreadDryRuns::~ThreadDryRuns() { stop(); }

Result<DryRunView> ThreadDryRuns::begin(DryRunOrder order, Duration patience) {
  std::unique_lock lock(mutex_);
  if (stopping_) return about_to_end();
  forget_old();
  if (queue_.size() >= bounds_.queued) {
    metrics_.count(metric::kDryRuns, {"turned away"});
    return temporary("too many dry runs are waiting", {}, Reason::limit);
  }
  const auto run = std::make_shared<Run>(Run{{std::move(order), {}, {}, {}}, clock_.since_boot()});
  const bool is_new = runs_.emplace(run->view.order.id, run).second;
  CHECK(is_new);
  queue_.push_back(run);
  came_.notify_one();
  if (patience > Duration::zero() && patient_ < bounds_.patient) {
    ++patient_;
    ended_.wait_for(lock, patience, [&] { return run->view.has_ended(); });
    --patient_;
  }
  return run->view;
}

std::optional<DryRunView> ThreadDryRuns::find(const IngestId& id) {
  const std::lock_guard lock(mutex_);
  forget_old();
  const auto found = runs_.find(id);
  return found == runs_.end() ? std::optional<DryRunView>() : std::optional(found->second->view);
}

Result<std::unique_ptr<ByteSource>> ThreadDryRuns::open_findings(const DryRunReport& report, Step step) {
  // A spill is used by one thread at a time; what is read of it is not the spill's any more.
  const std::lock_guard lock(mutex_);
  const auto found = report.findings.find(step);
  if (found == report.findings.end())
    return broken("a dry run has no findings of this step", std::string(code_of(step)));
  return found->second->open();
}

void ThreadDryRuns::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& run : queue_) end(*run, about_to_end());
    queue_.clear();
    for (std::jthread& thread : threads_) thread.request_stop();
  }
  // jthread joins as it goes.
  threads_.clear();
}

void ThreadDryRuns::labour(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    came_.wait_for(lock, stop, kTidyPause, [this] { return !queue_.empty(); });
    forget_old();
    if (queue_.empty()) continue;
    const std::shared_ptr<Run> run = queue_.front();
    queue_.pop_front();
    // Nobody writes the order while it is read here.
    const auto tell = [&](const StepRecord& running) {
      const std::lock_guard told(mutex_);
      run->view.running = running;
    };
    lock.unlock();
    Result<DryRunReport> outcome = work_(run->view.order, tell, stop);
    lock.lock();
    end(*run, std::move(outcome));
  }
}

/// Under the mutex.
void ThreadDryRuns::end(Run& run, Result<DryRunReport> outcome) {
  run.view.running.reset();
  run.ended = clock_.since_boot();
  if (outcome) {
    past_bytes_ += outcome->findings_bytes;
    run.view.report = std::make_shared<const DryRunReport>(std::move(*outcome));
  } else {
    run.view.trouble = outcome.error();
  }
  past_.push_back(runs_.at(run.view.order.id));
  while (past_.size() > bounds_.kept || (past_bytes_ > bounds_.kept_bytes && past_.size() > 1)) forget_oldest();
  const std::string_view outcome_text = outcome_of(run.view);
  metrics_.count(metric::kDryRuns, {outcome_text});
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(run.ended - run.began).count();
  const bool at_fault = run.view.trouble && run.view.trouble->act == Act::broken;
  log_.write(at_fault ? LogLevel::error : LogLevel::info, "dry_run.ended",
             {{"dryRun", run.view.order.id.str()},
              {"requestId", run.view.order.request_id.str()},
              {"client", run.view.order.request.client.str()},
              {"bag", run.view.order.request.bag.str()},
              {"outcome", std::string(outcome_text)},
              {"detail", run.view.trouble ? run.view.trouble->text() : run.view.report->conclusion},
              {"milliseconds", std::to_string(milliseconds)}});
  ended_.notify_all();
}

/// Under the mutex, like all below.
void ThreadDryRuns::forget_old() {
  const Duration now = clock_.since_boot();
  while (!past_.empty() && past_.front()->ended + bounds_.kept_for <= now) forget_oldest();
}

void ThreadDryRuns::forget_oldest() {
  const DryRunView& view = past_.front()->view;
  if (view.report) past_bytes_ -= view.report->findings_bytes;
  runs_.erase(view.order.id);
  past_.pop_front();
}

}  // namespace strongroom::host
