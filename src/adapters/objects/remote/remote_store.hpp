// An object store at a provider: what it owes its depository beside ports/object_store.hpp.
// All calls may come from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.hpp"
#include "ports/object_store.hpp"

namespace strongroom::remote {

/// What a provider tells of an object beside its bytes.
struct StoredFacts {
  Duration clock_ahead{};     ///< of the provider's clock, by whole seconds
  std::string storage_class;  ///< or access tier, as the provider spells it; empty when it does not say
  bool has_sha256 = false;    ///< the provider has computed the SHA-256 of the stored bytes
};

class RemoteStore : public ObjectStore {
 public:
  /// Removes what attempts that have died left unfinished below a prefix: invisible, but paid for. `largest` is the
  /// size of the largest object that they can have begun; no request is made where there can be nothing.
  virtual Result<void> clean_up(const std::string& prefix, std::uint64_t largest) = 0;
  /// As Deposit::checksum_of().
  virtual Result<std::optional<ServerChecksum>> checksum_of(const std::string& key) = 0;
  /// Reason::not_found when there is no such object.
  virtual Result<StoredFacts> examine(const std::string& key) = 0;
};

}  // namespace strongroom::remote
