// ports/archiver.hpp on a container of Azure Blob Storage: a blob changes its access tier where it lies.
// All calls may come from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/azure/blob_list.hpp"
#include "ports/archiver.hpp"

namespace strongroom::azure {

class AzureArchiver final : public Archiver {
 public:
  /// `prefix` stands before every key, as the store's.
  AzureArchiver(std::unique_ptr<Container> container, std::string prefix)
      : container_(std::move(container)), prefix_(std::move(prefix)) {}

  Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override;
  Result<void> archive(const std::string& key) override;

 private:
  const std::unique_ptr<Container> container_;
  const std::string prefix_;
  BlobList list_{*container_, prefix_};
};

}  // namespace strongroom::azure
