// Who works on this machine, and who is certainly gone: a locked file for each process (CORRECTNESS 2.1).
//
// While a process lives it holds a lock on `DIR/workers/{owner}.lock`. The kernel frees the lock with the process,
// however it ends, so a lease of an owner whose lock is free can be taken over at once. Only for a data directory on a
// file system of this machine. All calls may come from any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ports/catalogue.hpp"
#include "ports/entropy.hpp"

namespace strongroom::host {

/// The kernel's id of this boot: another one means that the machine has been started anew.
[[nodiscard]] Result<std::string> read_boot_id();

class WorkerLock final : public Owners {
 public:
  /// Makes `data/workers` and in it the lock file of a new owner, locked. Broken when the file system refuses.
  [[nodiscard]] static Result<std::unique_ptr<WorkerLock>> take(const std::filesystem::path& data, Entropy& entropy);
  /// True when a process other than the one with `own` holds a lock on this data directory.
  [[nodiscard]] static bool others_live(const std::filesystem::path& data, const WorkerLock& own);
  /// A planned end: the file goes with it.
  ~WorkerLock() override;
  WorkerLock(const WorkerLock&) = delete;
  WorkerLock& operator=(const WorkerLock&) = delete;

  [[nodiscard]] const OwnerId& owner() const { return owner_; }
  /// True for an owner of another boot, and for one of this boot whose lock is free or gone; its file is then removed.
  /// Never for this owner. Any doubt is false: the lease then runs out by itself.
  bool proven_dead(const OwnerId& owner) override;

 private:
  WorkerLock(std::filesystem::path directory, OwnerId owner, int descriptor)
      : directory_(std::move(directory)), owner_(std::move(owner)), descriptor_(descriptor) {}

  [[nodiscard]] std::filesystem::path file_of(const std::string& id) const { return directory_ / (id + ".lock"); }

  const std::filesystem::path directory_;
  const OwnerId owner_;
  const int descriptor_;
};

}  // namespace strongroom::host
