// The bag root: which directory of an archive is the bag (pipeline.md 5).
//
// Memory is bounded: names are looked at in one pass, and in a second one only when there is something to report.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/problem.hpp"

namespace strongroom::bagit {

/// Calls back with the name of every file of an archive, in any order but always the same; stops at the first Error
/// that the callback returns and returns it.
using NameReplay = std::function<Result<void>(const std::function<Result<void>(std::string_view)>&)>;

struct RootOutcome {
  /// What names in the bag have in front in the archive: empty, or one directory and `/`. Not set when failed.
  std::optional<std::string> root;
  /// The detail of the `failed` event, with up to ten names, uncut (domain-rules.md 4.3).
  std::optional<std::string> failure;
  std::uint64_t problems = 0;  ///< of rule P5; each name concerned is one
};

Result<RootOutcome> find_root(const NameReplay& names, ProblemSink& problems);

}  // namespace strongroom::bagit
