// ReportWriter: collects the problems of one step, any number of them, and keeps them as one sorted object in the
// records store; the catalogue gets the counts and the first 100 (CORRECTNESS 3.4).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/digest.hpp"
#include "base/sorter.hpp"
#include "domain/problem.hpp"
#include "ports/object_store.hpp"

namespace strongroom::ingest {

class ReportWriter final : public ProblemSink {
 public:
  explicit ReportWriter(SpillSpace& space);
  Result<void> add(Problem problem) override;

  struct Summary {
    std::uint64_t problems = 0;
    std::uint64_t warnings = 0;
    /// `{"report":"{key}","head":[…first 100…]}`; empty when there is nothing to say.
    std::string head;
  };
  /// What was found, where it was collected.
  struct Kept {
    std::uint64_t problems = 0;
    std::uint64_t warnings = 0;
    std::unique_ptr<Spill> lines;  ///< as the object would have them; null when there is nothing to say
    std::uint64_t bytes = 0;
  };
  /// Instead of finish(): nothing is put into a store.
  Result<Kept> keep();

  /// Writes the object, by rule and then by path, under the key that `key_of` makes of its digest.
  Result<Summary> finish(ObjectStore& records, const std::function<std::string(std::string_view sha256_hex)>& key_of);

 private:
  struct LaidOut {
    std::unique_ptr<Spill> lines;  ///< by rule and then by path
    Measured measured;             ///< of all lines
    std::string head;              ///< the first ones, as elements of a JSON array
  };
  Result<LaidOut> lay_out_all();

  SpillSpace& space_;
  Sorter sorter_;
  std::uint64_t problems_ = 0;
  std::uint64_t warnings_ = 0;
};

/// One problem as the report shows it (http-api.md 4.7).
[[nodiscard]] std::string problem_json(const Problem& problem);

}  // namespace strongroom::ingest
