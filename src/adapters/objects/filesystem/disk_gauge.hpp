// How much room the filesystem of a directory has left. Any thread.
// Asks the system each time; nothing is kept.
#pragma once

#include <string>

#include "ports/disk_gauge.hpp"

namespace strongroom::filesystem {

class FilesystemGauge final : public DiskGauge {
 public:
  explicit FilesystemGauge(std::string directory) : directory_(std::move(directory)) {}
  Result<std::uint64_t> free_bytes() override;

 private:
  const std::string directory_;
};

}  // namespace strongroom::filesystem
