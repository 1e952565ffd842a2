#include "adapters/objects/azure/archiver.hpp"

namespace strongroom::azure {

Result<std::vector<TieredObject>> AzureArchiver::list(const std::string& prefix, const std::string& after,
                                                      std::size_t limit) {
  TRY(const std::vector<ListedBlob> blobs, list_.next(prefix, after, limit));
  std::vector<TieredObject> page;
  for (const ListedBlob& blob : blobs) page.push_back({blob.key, blob.access_tier == "Archive"});
  return page;
}

Result<void> AzureArchiver::archive(const std::string& key) {
  const Call call{"PUT", prefix_ + key, {{"comp", "tier"}}, {{"x-ms-access-tier", "Archive"}}};
  TRY_VOID(container_->carry_out(call));
  return {};
}

}  // namespace strongroom::azure
