// Working storage: where a package lies unpacked while its ingest runs. The only place the core can remove from.
//
// Not trusted after a reboot (CORRECTNESS 1.1): an area begun before the machine was last started, or under another
// fence whose owner may live, is never opened again but made anew. What lies in it is checked by the digests that
// waypoints carry.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/spill.hpp"
#include "domain/identifiers.hpp"
#include "ports/work_file.hpp"

namespace strongroom {

/// The area of one ingest. Files and blobs of different names may be used from several threads.
class WorkArea : public SpillSpace {
 public:
  /// True when what an earlier walk left here is still here.
  [[nodiscard]] virtual bool resumed() const = 0;

  /// A new file of the unpacked tree; directories are made on the way. Reason::already_exists (rejected) when the name
  /// is there, or is a directory, or one of its parents is a file.
  virtual Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) = 0;
  /// A directory of the tree, perhaps again. Reason::already_exists (rejected) when a file is in the way.
  virtual Result<void> create_directory(const std::string& name) = 0;
  virtual Result<std::unique_ptr<ByteSource>> open_file(const std::string& name) = 0;
  /// Removes the tree, so that unpacking can start again.
  virtual Result<void> clear_files() = 0;

  /// A named blob beside the tree (an inventory, bag-info); replaces one of that name when finished.
  virtual Result<std::unique_ptr<WorkFile>> create_blob(const std::string& name) = 0;
  virtual Result<std::unique_ptr<ByteSource>> open_blob(const std::string& name) = 0;
};

/// All calls may come from any thread.
class WorkingStorage {
 public:
  virtual ~WorkingStorage() = default;
  /// The area of an ingest under a fence; takes over the latest one from fence `adopt` on when it is of this boot
  /// (Claim::adopt), and removes all others below.
  virtual Result<std::unique_ptr<WorkArea>> open(const IngestId& ingest, Fence fence, std::optional<Fence> adopt) = 0;
  /// Removes every area of the ingest up to `fence`.
  virtual Result<void> remove(const IngestId& ingest, Fence fence) = 0;
};

}  // namespace strongroom
