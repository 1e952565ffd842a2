// Problems: what checking found, each with a stable rule and kind (bag-acceptance.md 4 and 6, pipeline.md 5.1).
//
// A problem about a bag is data, not an Error: all of them are kept, and the first failing rule gives the event's text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace strongroom {

struct Problem {
  std::string rule;  ///< `K1`, `W7`, `P3` …
  std::string kind;  ///< `wrong-checksum` …
  std::string description;
  std::string path;   ///< file in the bag or name in the archive; empty when none
  std::string other;  ///< a second name, for collisions
  std::string algorithm;
  std::string expected;
  std::string actual;
  std::optional<std::uint64_t> line;  ///< of the tag file in `path`, counted from 1

  /// Warnings (rules `W…`) never fail an ingest.
  [[nodiscard]] bool is_warning() const { return !rule.empty() && rule.front() == 'W'; }
};

/// Takes problems in any order, any number of them. One thread at a time.
class ProblemSink {
 public:
  virtual ~ProblemSink() = default;
  virtual Result<void> add(Problem problem) = 0;
};

}  // namespace strongroom
