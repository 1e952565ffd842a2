// ProgressMeter: counts what a step has done and tells of it, at most once a second (http-api.md 9.1).
//
// Tells the catalogue, or whoever asked. add() may be called from several threads. A report that fails is not an error
// of the step: the next settle decides.
#pragma once

#include <atomic>
#include <functional>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"

namespace strongroom::ingest {

class ProgressMeter {
 public:
  using Tell = std::function<void(const Progress&)>;

  ProgressMeter(Catalogue& catalogue, Clock& clock, Lease lease, IngestId ingest, int run, StepKey step);
  ProgressMeter(Clock& clock, Tell tell);

  /// What there is to do; 0 where unknown.
  void expect(std::uint64_t bytes, std::uint64_t files);
  void add(std::uint64_t bytes, std::uint64_t files);
  [[nodiscard]] Progress now() const;

 private:
  Clock& clock_;
  Tell tell_;
  std::atomic<std::uint64_t> bytes_done_{0};
  std::atomic<std::uint64_t> files_done_{0};
  std::atomic<std::uint64_t> bytes_total_{0};
  std::atomic<std::uint64_t> files_total_{0};
  std::atomic<std::int64_t> next_report_;
};

}  // namespace strongroom::ingest
