#include "adapters/objects/filesystem/durable_names.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/objects/filesystem/posix.hpp"

namespace strongroom::filesystem {
namespace {

/// Some megabyte.
constexpr std::size_t kKnownMax = 10'000;

}  // namespace

int DurableNames::sync(int directory, const std::string& path) {
  std::vector<Identity> synced;
  for (std::string at = path; !at.empty(); at = directory_of(at)) {
    Fd fd;
    if (const int code = open_beneath(directory, at, O_RDONLY | O_DIRECTORY, 0, fd)) return code;
    if (::fsync(fd.get()) != 0) return errno;
    if (knows(fd.get())) {
      remember(synced);
      return 0;
    }
    if (const auto identity = identity_of(fd.get())) synced.push_back(*identity);
  }
  if (::fsync(directory) != 0) return errno;
  remember(synced);
  return 0;
}

/// Nothing where the filesystem does not tell when a directory was made: inode numbers are used again.
std::optional<DurableNames::Identity> DurableNames::identity_of(int directory) {
  struct statx facts{};
  if (::statx(directory, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &facts) != 0) return std::nullopt;
  if ((facts.stx_mask & STATX_BTIME) == 0) return std::nullopt;
  return Identity{makedev(facts.stx_dev_major, facts.stx_dev_minor), facts.stx_ino, facts.stx_btime.tv_sec,
                  facts.stx_btime.tv_nsec};
}

bool DurableNames::knows(int directory) {
  const auto identity = identity_of(directory);
  const std::lock_guard lock(mutex_);
  return identity && known_.contains(*identity);
}

void DurableNames::remember(const std::vector<Identity>& synced) {
  const std::lock_guard lock(mutex_);
  if (known_.size() + synced.size() > kKnownMax) known_.clear();
  known_.insert(synced.begin(), synced.end());
}

}  // namespace strongroom::filesystem
