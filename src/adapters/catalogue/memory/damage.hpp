// Known damage in memory: the same promises as the durable one, for tests of the rooms.
//
// Any thread, one mutex. Nothing survives the object, which stands for the disk.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "ports/damage.hpp"

namespace strongroom::memory {

class MemoryDamage final : public KnownDamage {
 public:
  Result<bool> note_damage(const Damage& damage) override;
  Result<bool> end_damage(const std::string& location_uuid, const std::string& key) override;
  Result<bool> is_file_damaged(const std::string& location_uuid, const std::string& key) override;
  Result<bool> is_copy_damaged(const std::string& location_uuid, const BagId& bag, Version version) override;
  Result<std::vector<Damage>> damage_in(const std::string& location_uuid, const std::string& after,
                                        std::size_t limit) override;
  Result<std::uint64_t> count_damage(const std::string& location_uuid) override;

 private:
  std::mutex mutex_;                                             ///< over everything below
  std::map<std::pair<std::string, std::string>, Damage> found_;  ///< by location and key
};

}  // namespace strongroom::memory
