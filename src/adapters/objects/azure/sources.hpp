// ports/sources.hpp on containers of Azure Blob Storage: packages are read as they lie there, and must not change
// meanwhile. All calls may come from any thread.
#pragma once

#include "adapters/objects/azure/container.hpp"
#include "ports/sources.hpp"

namespace strongroom::azure {

class AzureSources final : public Sources {
 public:
  /// Every container that a location names is looked for at `address`, whose own container does not count.
  AzureSources(ContainerAddress address, const ContainerNeeds& needs) : address_(std::move(address)), needs_(needs) {}

  Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) override;

 private:
  const ContainerAddress address_;
  const ContainerNeeds needs_;
};

}  // namespace strongroom::azure
