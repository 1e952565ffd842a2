// Bags made from directories: the tag files of a bag (RFC 8493, version 1.0), and a directory turned into one in place.
//
// Payload files are read and never written; in place they are moved by renaming one directory, so that no moment of
// death loses or mixes anything. Blocking; one thread, files are hashed by several.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "cli/packing.hpp"
#include "ports/workers.hpp"

namespace strongroom::cli {

struct NewBag {
  std::vector<std::pair<std::string, std::string>> fields;  ///< of bag-info.txt, but for Payload-Oxum
  AlgorithmSet algorithms;                                  ///< of the payload and the tag manifests
};

struct HashingNeeds {
  Workers& workers;
  std::function<void(std::uint64_t bytes)> progress;  ///< called from any thread
};

/// The payload of a bag that is to be: all files below `directory`, named `data/…`. Rejected for links, devices, and
/// names that manifests cannot hold: those that are not UTF-8 or end in a blank.
[[nodiscard]] Result<std::vector<ListedFile>> list_payload(const std::filesystem::path& directory);

/// Hashes `payload` and writes the tag files into the directory `into`, each of them durably. Broken when a file is not
/// as long as it was listed.
[[nodiscard]] Result<void> write_tag_files(const std::vector<ListedFile>& payload, const NewBag& bag,
                                           const HashingNeeds& needs, const std::filesystem::path& into);

/// Turns directories into bags where they are. A directory `.{name}.new-bag` beside it becomes the bag: it gets the tag
/// files, then the directory as its `data`, then its name.
class InPlace {
 public:
  explicit InPlace(const std::filesystem::path& directory);

  /// An earlier run was ended between its two renames: all that is left to do is the second one.
  [[nodiscard]] bool is_half_done() const;
  [[nodiscard]] Result<void> finish() const;
  /// The empty directory for the tag files. Rejected when the directory is a bag already.
  [[nodiscard]] Result<std::filesystem::path> prepare() const;
  /// The two renames.
  [[nodiscard]] Result<void> commit() const;
  /// After a failure before commit(): as if nothing had been tried.
  void give_up() const;

 private:
  const std::filesystem::path directory_;
  const std::filesystem::path made_;
};

}  // namespace strongroom::cli
