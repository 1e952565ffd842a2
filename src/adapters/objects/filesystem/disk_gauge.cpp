#include "adapters/objects/filesystem/disk_gauge.hpp"

#include <sys/statvfs.h>

#include <cerrno>

#include "adapters/objects/filesystem/posix.hpp"

namespace strongroom::filesystem {

Result<std::uint64_t> FilesystemGauge::free_bytes() {
  struct statvfs facts{};
  if (::statvfs(directory_.c_str(), &facts) != 0) {
    return system_error(Owner::working, errno, "cannot ask for the free space", "");
  }
  return std::uint64_t{facts.f_bavail} * facts.f_frsize;
}

}  // namespace strongroom::filesystem
