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
  const Call call{"PUT", options_.prefix + key, {{"comp", "tier"}}, {{"x-ms-access-tier", "Archive"}}};
  TRY_VOID(container_->carry_out(call));
  return {};
}

Result<TierView> AzureArchiver::look(const std::string& key) {
  TRY(const WebAnswer answer, container_->carry_out({"HEAD", options_.prefix + key}));
  if (answer.header("x-ms-access-tier") != "Archive") return TierView{Readability::readable};
  const bool is_coming = answer.header("x-ms-archive-status").starts_with("rehydrate-pending");
  return TierView{is_coming ? Readability::coming : Readability::archived};
}

Result<void> AzureArchiver::restore(const std::string& key, int /*days*/) {
  TRY(const TierView view, look(key));
  if (view.now != Readability::archived) return {};
  const Call call{"PUT",
                  options_.prefix + key,
                  {{"comp", "tier"}},
                  {{"x-ms-access-tier", options_.readable_tier.empty() ? "Cool" : options_.readable_tier},
                   {"x-ms-rehydrate-priority", options_.has_high_priority ? "High" : "Standard"}}};
  const auto answer = container_->carry_out(call);
  // Somebody else has asked since it was looked at.
  if (answer || answer.error().reason == Reason::archived) return {};
  return answer.error();
}

/// As the provider's documentation of rehydration has it.
Duration AzureArchiver::restored_within() const { return std::chrono::hours(options_.has_high_priority ? 1 : 15); }

}  // namespace strongroom::azure
