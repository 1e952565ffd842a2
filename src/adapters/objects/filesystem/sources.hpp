// Upload areas: directories packages are read from and uploads are written to (domain-rules.md 2.6, pipeline.md 3).
//
// An area is a name and a directory. A source of any provider whose bucket is the name of an area is read from it, so
// that requests made for S3 work on one machine; other buckets do not exist here. Paths are opened strictly beneath the
// area, through no symbolic link. All calls may come from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "ports/sources.hpp"

namespace strongroom::filesystem {

/// Where unfinished uploads lie on filesystems without nameless files; hidden from sources and uploads.
inline constexpr std::string_view kUnfinishedUploads = ".strongroom-upload";

class UploadAreas final : public Sources, public Uploads {
 public:
  /// Name of an area -> its directory.
  explicit UploadAreas(std::map<std::string, std::string> areas) : areas_(std::move(areas)) {}

  [[nodiscard]] bool has(const std::string& area) const { return areas_.contains(area); }
  Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) override;
  Result<std::unique_ptr<Upload>> begin(const std::string& area, const std::string& path) override;
  Result<void> remove(const std::string& area, const std::string& path) override;

 private:
  const std::map<std::string, std::string> areas_;
};

}  // namespace strongroom::filesystem
