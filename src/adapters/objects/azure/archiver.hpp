// ports/archiver.hpp on a container of Azure Blob Storage: a blob changes its access tier where it lies, there and
// back. Back it takes hours, and stays until it is archived anew.
// All calls may come from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/azure/blob_list.hpp"
#include "ports/archiver.hpp"

namespace strongroom::azure {

struct ArchiverOptions {
  std::string prefix;              ///< of every key, as the store's
  std::string readable_tier{};     ///< `Hot`, `Cool`, `Cold`: where a restore brings a blob; empty: `Cool`
  bool has_high_priority = false;  ///< of restores
};

class AzureArchiver final : public Archiver {
 public:
  AzureArchiver(std::unique_ptr<Container> container, ArchiverOptions options)
      : container_(std::move(container)), options_(std::move(options)) {}

  Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override;
  Result<void> archive(const std::string& key) override;
  Result<TierView> look(const std::string& key) override;
  Result<void> restore(const std::string& key, int days) override;
  [[nodiscard]] Duration restored_within() const override;

 private:
  const std::unique_ptr<Container> container_;
  const ArchiverOptions options_;
  BlobList list_{*container_, options_.prefix};
};

}  // namespace strongroom::azure
