#include "adapters/catalogue/memory/damage.hpp"

#include <algorithm>

#include "domain/layout.hpp"

namespace strongroom::memory {

Result<bool> MemoryDamage::note_damage(const Damage& damage) {
  if (!layout::parse_file_key(damage.copy.key)) return broken("this is no file of a bag", damage.copy.key);
  const std::lock_guard lock(mutex_);
  return found_.emplace(std::pair(damage.copy.location_uuid, damage.copy.key), damage).second;
}

Result<bool> MemoryDamage::end_damage(const std::string& location_uuid, const std::string& key) {
  const std::lock_guard lock(mutex_);
  return found_.erase({location_uuid, key}) > 0;
}

Result<bool> MemoryDamage::is_file_damaged(const std::string& location_uuid, const std::string& key) {
  const std::lock_guard lock(mutex_);
  return found_.contains({location_uuid, key});
}

Result<bool> MemoryDamage::is_copy_damaged(const std::string& location_uuid, const BagId& bag, Version version) {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(found_, [&](const auto& one) {
    const auto file = layout::parse_file_key(one.first.second);
    return one.first.first == location_uuid && file->bag == bag && file->version <= version;
  });
}

Result<std::vector<Damage>> MemoryDamage::damage_in(const std::string& location_uuid, const std::string& after,
                                                    std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Damage> found;
  for (auto at = found_.upper_bound({location_uuid, after});
       at != found_.end() && at->first.first == location_uuid && found.size() < limit; ++at) {
    found.push_back(at->second);
  }
  return found;
}

Result<std::uint64_t> MemoryDamage::count_damage(const std::string& location_uuid) {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint64_t>(
      std::ranges::count_if(found_, [&](const auto& one) { return one.first.first == location_uuid; }));
}

}  // namespace strongroom::memory
