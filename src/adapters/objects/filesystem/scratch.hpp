// Scratch of one process: a directory of its own below a shared one, gone with the process (http-api.md 9.2).
//
// Several processes may share the data directory: at its start one removes what those left that are proven dead, and
// nothing else. open() and the destructor belong to one thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "adapters/objects/filesystem/working_storage.hpp"
#include "ports/catalogue.hpp"

namespace strongroom::filesystem {

class Scratch {
 public:
  /// Makes `root` when it is not there, removes the directories of the dead, and makes that of `owner`.
  static Result<std::unique_ptr<Scratch>> open(const std::string& root, const OwnerId& owner, Owners& owners);
  /// A planned end: the directory goes with it.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] WorkingStorage& storage() { return *storage_; }

 private:
  Scratch(Fd root, std::string name, std::unique_ptr<FilesystemWorkingStorage> storage)
      : root_(std::move(root)), name_(std::move(name)), storage_(std::move(storage)) {}

  const Fd root_;
  const std::string name_;
  std::unique_ptr<FilesystemWorkingStorage> storage_;
};

}  // namespace strongroom::filesystem
