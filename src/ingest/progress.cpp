#include "ingest/progress.hpp"

#include <algorithm>

namespace strongroom::ingest {
namespace {
constexpr Duration kInterval = std::chrono::seconds(1);
}

ProgressMeter::ProgressMeter(Catalogue& catalogue, Clock& clock, Lease lease, IngestId ingest, int run, StepKey step)
    : ProgressMeter(clock, [&catalogue, lease = std::move(lease), ingest = std::move(ingest), run,
                            step = std::move(step)](const Progress& progress) {
        (void)catalogue.report_progress(lease, ingest, run, step, progress);
      }) {}

ProgressMeter::ProgressMeter(Clock& clock, Tell tell)
    : clock_(clock), tell_(std::move(tell)), next_report_((clock.since_boot() + kInterval).count()) {}

void ProgressMeter::expect(std::uint64_t bytes, std::uint64_t files) {
  bytes_total_ = bytes;
  files_total_ = files;
}

void ProgressMeter::add(std::uint64_t bytes, std::uint64_t files) {
  bytes_done_ += bytes;
  files_done_ += files;
  const std::int64_t at = clock_.since_boot().count();
  std::int64_t due = next_report_.load();
  // Whoever moves the due time on reports; the others go on working.
  if (at < due || !next_report_.compare_exchange_strong(due, at + kInterval.count())) return;
  tell_(now());
}

Progress ProgressMeter::now() const {
  const std::uint64_t total = bytes_total_;
  const std::uint64_t done = bytes_done_;
  // What was looked at twice is done once.
  return {total > 0 ? std::min(done, total) : done, total, files_done_, files_total_};
}

}  // namespace strongroom::ingest
