// ports/deposit.hpp on an object store: every file goes to its final key at once, and nothing refers to it before the
// version is registered (pipeline.md 7.3).
//
// There is no staging: nothing is taken in, nothing is renamed, nothing can be abandoned. All calls may come from any
// thread; a deposit must not outlive its depository.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "adapters/objects/remote/remote_store.hpp"
#include "ports/deposit.hpp"

namespace strongroom::remote {

class DirectDepository final : public Depository {
 public:
  /// `uuid`: of the location, which is asked for before every deposit (CORRECTNESS 1.9). Unless the store is `proven`
  /// to let nothing be overwritten, that is proven before the first one. The store outlives this.
  DirectDepository(RemoteStore& store, std::string uuid, bool proven)
      : store_(store), uuid_(std::move(uuid)), proven_(proven) {}

  Result<std::unique_ptr<Deposit>> open(const DepositTicket& ticket) override;
  Result<std::unique_ptr<Intake>> intake(const StagingTicket& ticket) override;
  Result<void> sweep(const IngestId& ingest, Fence below) override;

 private:
  RemoteStore& store_;
  const std::string uuid_;
  std::atomic<bool> proven_;
};

}  // namespace strongroom::remote
