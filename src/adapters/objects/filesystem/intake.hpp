// What unpacking stages on a filesystem: files below `_strongroom/staging/{ingest}-{fence}/unpacked`, under the
// package's names (CORRECTNESS 4.2).
//
// Made by FilesystemLocation::intake(). create_file() and create_directory() are one thread's; the files may be written
// by others, and open_file() may be called from any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "adapters/objects/filesystem/tree.hpp"
#include "adapters/objects/filesystem/write_out.hpp"
#include "ports/deposit.hpp"

namespace strongroom::filesystem {

/// Names inside the staging directory of an ingest.
namespace staged {
inline constexpr const char* kUnpacked = "/unpacked";
inline constexpr const char* kTree = "/tree";      ///< of the version: what is renamed
inline constexpr const char* kSealed = "/sealed";  ///< the barrier has been passed
/// Unpacking has written every file. Says kWithDirectories when the package named directories on their own.
inline constexpr const char* kFilled = "/filled";
inline constexpr const char* kWithDirectories = "directories";
}  // namespace staged

class FilesystemIntake final : public Intake {
 public:
  /// `root` is the location's, opened before anything is written; `staging` lies below it. What is much is begun to be
  /// written out by `write_out`, null or outliving this, when it is whole.
  FilesystemIntake(std::shared_ptr<const Fd> root, std::string staging, WriteOut* write_out)
      : root_(std::move(root)), staging_(std::move(staging)), write_out_(write_out) {}

  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) override;
  Result<void> create_directory(const std::string& name) override;
  Result<void> finish() override;
  Result<void> clear() override;
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& root, const std::string& name) override;

 private:
  Result<DirectoryCache*> tree();

  std::shared_ptr<const Fd> root_;
  std::string staging_;
  Fd tree_fd_;
  std::unique_ptr<DirectoryCache> directories_;
  bool with_directories_ = false;
  WriteOut* write_out_;
  std::uint64_t files_ = 0;
};

}  // namespace strongroom::filesystem
