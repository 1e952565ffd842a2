// Packages and uploads in memory, for tests and the simulation. All calls may come from any thread.
// Nothing is durable; otherwise they keep what ports/sources.hpp promises.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "ports/sources.hpp"

namespace strongroom::memory {

class MemorySources final : public Sources, public Uploads {
 public:
  /// A bucket, container or upload area of this name, whatever the provider.
  void add_bucket(const std::string& bucket);
  /// Places or replaces a package; a replaced one has another identity.
  void place(const std::string& bucket, const std::string& path, std::string bytes);
  /// Nobody may read this path any more.
  void forbid(const std::string& bucket, const std::string& path);
  /// The bytes at a path; nothing when absent.
  [[nodiscard]] std::optional<std::string> content(const std::string& bucket, const std::string& path) const;

  Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) override;
  Result<std::unique_ptr<Upload>> begin(const std::string& area, const std::string& path) override;
  Result<void> remove(const std::string& area, const std::string& path) override;

 private:
  friend class MemoryPackage;
  friend class MemoryUpload;
  struct Package {
    std::string bytes;
    std::string tag;
  };
  using Bucket = std::map<std::string, Package>;
  void store(Bucket& bucket, const std::string& path, std::string bytes);

  mutable std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
  std::set<std::pair<std::string, std::string>> forbidden_;
  std::uint64_t stored_ = 0;
};

}  // namespace strongroom::memory
