// Working storage in a directory: `{ingest}-{fence}/` with `boot`, `files/`, `long/` and `blobs/`.
//
// Nothing in it is made durable: after a reboot its boot tag is another one and it is thrown away (CORRECTNESS 1.1). A
// name that no filesystem can hold (a component above 255 bytes, more than 1,024 bytes in all) is kept under its
// digest in `long/`, so that unpacking succeeds and verification can say what is wrong with it. All calls may come from
// any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::filesystem {

class FilesystemWorkingStorage final : public WorkingStorage {
 public:
  /// `root` is an existing directory, or is made in an existing one; `boot_id` is the kernel's.
  static Result<std::unique_ptr<FilesystemWorkingStorage>> open_root(const std::string& root, std::string boot_id);

  Result<std::unique_ptr<WorkArea>> open(const IngestId& ingest, Fence fence, std::optional<Fence> adopt) override;
  Result<void> remove(const IngestId& ingest, Fence fence) override;

 private:
  FilesystemWorkingStorage(Fd root, std::string boot_id) : root_(std::move(root)), boot_id_(std::move(boot_id)) {}
  /// The area is there and was begun since the machine was started.
  [[nodiscard]] bool is_of_this_boot(const std::string& name) const;
  Result<void> remove_where(const IngestId& ingest, Fence up_to, const std::string& but);

  const Fd root_;
  const std::string boot_id_;
  std::mutex mutex_;  ///< one open() or remove() at a time
};

}  // namespace strongroom::filesystem
