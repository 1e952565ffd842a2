// Working storage in memory, for tests and the simulation. All calls may come from any thread; areas must not outlive
// the storage.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "ports/working_storage.hpp"

namespace strongroom::memory {

class MemoryWorkingStorage final : public WorkingStorage {
 public:
  Result<std::unique_ptr<WorkArea>> open(const IngestId& ingest, Fence fence, std::optional<Fence> adopt) override;
  Result<void> remove(const IngestId& ingest, Fence fence) override;

  /// The machine was started anew: nothing that was here is used again (CORRECTNESS 1.1). Areas still open go on
  /// writing into the void.
  void reboot();
  /// `{ingest}-{fence}/files/{name}` and `…/blobs/{name}` -> bytes, finished ones only.
  [[nodiscard]] std::map<std::string, std::string> contents() const;
  /// Changes, or removes when without a value, a finished file or blob behind the service's back; its name as above.
  void tamper(const std::string& name, std::optional<std::string> bytes);

 private:
  friend class MemoryWorkArea;
  friend class MemoryWorkFile;
  /// Shared by the objects that use an area, so that a removed one is a dead end and not a dangling one.
  struct Area {
    std::map<std::string, std::string> files;
    std::map<std::string, bool> names;  ///< all names of files begun, and of their parents (true: a directory)
    std::map<std::string, std::string> blobs;
  };
  void remove_where(const IngestId& ingest, Fence up_to);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::int64_t>, std::shared_ptr<Area>> areas_;
};

}  // namespace strongroom::memory
