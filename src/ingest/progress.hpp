// ProgressMeter: counts what a step has done and tells the catalogue, at most once a second (http-api.md 9.1).
//
// add() may be called from several threads. A report that fails is not an error of the step: the next settle decides.
#pragma once

#include <atomic>

#include "ports/catalogue.hpp"
#include "ports/clock.hpp"

namespace strongroom::ingest {

class ProgressMeter {
 public:
  ProgressMeter(Catalogue& catalogue, Clock& clock, Lease lease, IngestId ingest, int run, StepKey step);

  /// What there is to do; 0 where unknown.
  void expect(std::uint64_t bytes, std::uint64_t files);
  void add(std::uint64_t bytes, std::uint64_t files);
  [[nodiscard]] Progress now() const;

 private:
  Catalogue& catalogue_;
  Clock& clock_;
  Lease lease_;
  IngestId ingest_;
  int run_;
  StepKey step_;
  std::atomic<std::uint64_t> bytes_done_{0};
  std::atomic<std::uint64_t> files_done_{0};
  std::atomic<std::uint64_t> bytes_total_{0};
  std::atomic<std::uint64_t> files_total_{0};
  std::atomic<std::int64_t> next_report_;
};

}  // namespace strongroom::ingest
