// A location in memory, for tests and the simulation: object store and depository with staging, as on a filesystem.
//
// What is stored and what is staged can be looked at and tampered with. All calls may come from any thread; a deposit
// must not outlive its location.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "ports/deposit.hpp"
#include "ports/object_store.hpp"

namespace strongroom::memory {

/// Key -> bytes.
using Objects = std::map<std::string, std::string>;

class MemoryLocation final : public ObjectStore, public Depository {
 public:
  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override;
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after, std::size_t limit) override;
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override;
  Result<std::unique_ptr<Deposit>> open(const DepositTicket& ticket) override;
  Result<std::unique_ptr<Intake>> intake(const StagingTicket& ticket) override;
  Result<void> sweep(const IngestId& ingest, Fence below) override;

  /// A copy of everything at final keys.
  [[nodiscard]] Objects objects() const;
  /// A copy of everything staged: `_strongroom/staging/{ingest}-{fence}/tree/{name}` -> bytes.
  [[nodiscard]] Objects staged() const;
  /// Puts bytes at a key, or in staging, behind the service's back.
  void plant(const std::string& key, std::string bytes);
  /// Removes a key, or a staged file, behind the service's back.
  void lose(const std::string& key);
  /// Another volume lies under the path: everything is refused until it is back (CORRECTNESS 1.9).
  void replace(bool replaced);
  /// The next seal() fails, as when a disk could not write.
  void fail_next_barrier();

 private:
  friend class MemoryDeposit;
  friend class MemoryIntake;
  friend class MemoryIntakeFile;
  [[nodiscard]] Result<void> check() const;
  /// Takes over the latest staging that the ticket allows; call with the mutex held.
  void adopt(const StagingTicket& ticket);
  Objects& side_of(const std::string& key);

  mutable std::mutex mutex_;
  Objects objects_;
  Objects staged_;
  bool replaced_ = false;
  bool fail_barrier_ = false;
};

}  // namespace strongroom::memory
