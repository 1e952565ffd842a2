// ports/version_index.hpp in memory, for tests and the simulation.
// All calls may come from any thread.
#pragma once

#include <map>
#include <mutex>

#include "ports/version_index.hpp"

namespace strongroom::memory {

class MemoryVersionIndex final : public VersionIndex {
 public:
  Result<void> check() override { return {}; }
  Result<void> put(const BagId& bag, const VersionEntry& entry) override;
  Result<std::optional<VersionEntry>> find(const BagId& bag, Version version) override;
  Result<std::vector<VersionEntry>> list(const BagId& bag, std::optional<Version> before, std::size_t limit) override;

 private:
  std::mutex mutex_;
  std::map<BagId, std::map<Version, VersionEntry, std::greater<>>> bags_;
};

}  // namespace strongroom::memory
