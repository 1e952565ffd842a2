#include "adapters/version_index/memory/index.hpp"

namespace strongroom::memory {

Result<void> MemoryVersionIndex::put(const BagId& bag, const VersionEntry& entry) {
  const std::scoped_lock lock(mutex_);
  const auto [there, is_new] = bags_[bag].emplace(entry.version, entry);
  if (is_new || there->second == entry) return {};
  return rejected("the version index has another row", bag.str() + " " + entry.version.str(), Reason::conflict);
}

Result<std::optional<VersionEntry>> MemoryVersionIndex::find(const BagId& bag, Version version) {
  const std::scoped_lock lock(mutex_);
  const auto& rows = bags_[bag];
  const auto found = rows.find(version);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<VersionEntry>> MemoryVersionIndex::list(const BagId& bag, std::optional<Version> before,
                                                           std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  const auto& rows = bags_[bag];
  std::vector<VersionEntry> entries;
  for (auto row = before ? rows.upper_bound(*before) : rows.begin(); row != rows.end() && entries.size() < limit;
       ++row) {
    entries.push_back(row->second);
  }
  return entries;
}

}  // namespace strongroom::memory
