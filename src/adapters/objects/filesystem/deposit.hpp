// A deposit on a filesystem: staging, one barrier, one rename (pipeline.md 7.4).
//
// Made by FilesystemLocation::open(). Its root descriptor is its own and older than its first write: a descriptor
// shared by two deposits would report a failed write-back to one of them only. put() and read_back() may be called from
// several threads for different names; everything else by one thread after them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/objects/filesystem/intake.hpp"
#include "adapters/objects/filesystem/location.hpp"
#include "adapters/objects/filesystem/ring.hpp"
#include "adapters/objects/filesystem/tree.hpp"
#include "ports/deposit.hpp"

namespace strongroom::filesystem {

class FilesystemDeposit final : public Deposit {
 public:
  /// `location` outlives the deposit; `root` was checked to be that location's. `first_root`: as it was opened before
  /// an intake wrote; null when none did.
  FilesystemDeposit(FilesystemLocation& location, Fd root, std::shared_ptr<const Fd> first_root,
                    const DepositTicket& ticket, bool already_stored);

  [[nodiscard]] bool already_stored() const override { return already_stored_; }
  Result<bool> take_in(const std::string& root) override;
  Result<void> put(const DepositFile& file, const ContentOpener& open) override;
  Result<void> seal() override;
  Result<void> read_back(const std::string& name, ByteSink& sink) override;
  void read_back_all(std::span<ReadBack> files) override;
  Result<std::optional<ServerChecksum>> checksum_of(const std::string&) override {
    return std::optional<ServerChecksum>();
  }
  Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) override;
  Result<void> commit() override;
  Result<void> abandon() override;

 private:
  [[nodiscard]] std::string key_of(const std::string& name) const { return final_ + "/" + name; }
  /// Where the version is now: its final directory, or the staged tree.
  [[nodiscard]] const std::string& place() const;
  Result<DirectoryCache*> staged_tree();
  /// A file of the version where that is now.
  struct Opened {
    Fd fd;
    std::uint64_t size = 0;
    bool direct = false;
  };
  /// The directory of a file; one call for many files. 0 or an errno.
  int directory_to_read(const std::string& path, std::shared_ptr<const Fd>& out);
  /// Reason::not_found when it is not there, or no file.
  Result<Opened> open_to_read(const std::string& name);
  void read_at_once(ReadRing& ring, std::span<ReadBack> files);
  Result<void> compare_stored(const DepositFile& file);
  /// True when staging holds the name with the right size; anything else there is removed.
  Result<bool> keep_staged(int directory, const DepositFile& file);
  /// Beside the tree, so that a deposit opened again knows of the barrier. Not durable: after a power loss staging is
  /// not used again.
  [[nodiscard]] std::string sealed_mark() const { return staging_ + staged::kSealed; }
  Result<bool> is_sealed();
  /// What the mark of unpacking says; nothing when there is none.
  Result<std::optional<std::string>> filled_mark();
  Result<void> settle_conflict();
  Result<void> sync_final();
  Result<void> remove_staging();

  FilesystemLocation& location_;
  Fd root_;
  std::shared_ptr<const Fd> first_root_;
  const bool already_stored_;
  std::string final_;    ///< `{space}/{externalIdentifier}/vN`
  std::string staging_;  ///< `_strongroom/staging/{ingest}-{fence}`
  std::string tree_;     ///< the version's directory inside it
  std::mutex mutex_;
  Fd tree_fd_;
  std::unique_ptr<DirectoryCache> directories_;
  Fd read_fd_;
  std::unique_ptr<DirectoryCache> read_directories_;  ///< below place(); never makes any
  std::atomic<bool> unsealed_ = false;                ///< this object has seen to it that no seal is there
  std::atomic<bool> failed_ = false;                  ///< the barrier failed: only abandon() is left
  std::atomic<bool> committed_ = false;
};

}  // namespace strongroom::filesystem
