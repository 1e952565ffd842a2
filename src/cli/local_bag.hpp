// Bags that lie on this machine, as the check of bagit/ sees them: a directory, or a package that is never unpacked.
//
// Names and digests are spilled to unlinked temporary files, so memory does not grow with the number of files, and
// nothing stays behind whatever ends the program. One thread; files of a directory are hashed by several.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "bagit/check.hpp"
#include "ports/workers.hpp"

namespace strongroom::cli {

/// How far reading has come; called from any thread.
using BagProgress = std::function<void(std::uint64_t bytes, std::uint64_t files)>;

struct LocalBagNeeds {
  SpillSpace& spills;
  Workers& workers;
  ProblemSink& problems;
  BagProgress progress;
};

/// What reading a bag gave.
struct LocalBag {
  std::unique_ptr<bagit::BagView> view;  ///< nothing when there is no bag in it: `failure` says why
  std::string failure;                   ///< in one sentence; the problems have been given to the sink
  std::string media_type;                ///< of a package; empty for a directory
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// Reads a directory or a package once (a package twice where its manifests come last and name other algorithms than
/// sha256). An Error is this machine's: what could not be read. What is wrong with the bag is a problem.
[[nodiscard]] Result<LocalBag> read_local_bag(const std::filesystem::path& path, const LocalBagNeeds& needs);

/// Bytes to be read, where that is known beforehand.
[[nodiscard]] std::optional<std::uint64_t> package_size(const std::filesystem::path& path);

}  // namespace strongroom::cli
