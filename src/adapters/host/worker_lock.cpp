#include "adapters/host/worker_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace strongroom::host {
namespace {

std::string reason_of(int number) { return std::generic_category().message(number); }

/// A lock of the open file, not of the process: opening the file again elsewhere in this process does not drop it.
bool lock(int descriptor) {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return fcntl(descriptor, F_OFD_SETLK, &whole) == 0;
}

}  // namespace

Result<std::string> read_boot_id() {
  const std::string path = "/proc/sys/kernel/random/boot_id";
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return broken("The boot id cannot be read: " + reason_of(errno), path);
  std::array<char, 64> text{};
  const ssize_t size = read(descriptor, text.data(), text.size());
  close(descriptor);
  std::string id(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  if (!is_uuid(id)) return broken("The boot id is not a UUID", path);
  return id;
}

Result<std::unique_ptr<WorkerLock>> WorkerLock::take(const std::filesystem::path& data, Entropy& entropy) {
  const std::filesystem::path directory = data / "workers";
  std::error_code trouble;
  std::filesystem::create_directories(directory, trouble);
  if (trouble) return broken("The directory of workers cannot be made: " + trouble.message(), directory.string());
  TRY(std::string boot, read_boot_id());
  OwnerId owner{std::move(boot), random_uuid(entropy)};
  // Locked before it gets its name: no moment at which it lies there unlocked and looks like that of a dead owner.
  const std::filesystem::path unnamed = directory / (owner.id + ".new");
  const std::filesystem::path named = directory / (owner.id + ".lock");
  const int descriptor = open(unnamed.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return broken("The worker's lock file cannot be made: " + reason_of(errno), unnamed.string());
  if (!lock(descriptor) || rename(unnamed.c_str(), named.c_str()) != 0) {
    const int number = errno;
    unlink(unnamed.c_str());
    close(descriptor);
    return broken("The worker's lock cannot be taken: " + reason_of(number), named.string());
  }
  return std::unique_ptr<WorkerLock>(new WorkerLock(directory, std::move(owner), descriptor));
}

bool WorkerLock::others_live(const std::filesystem::path& data, const WorkerLock& own) {
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(data / "workers", trouble)) {
    const std::filesystem::path& file = entry.path();
    if (file.extension() != ".lock" || file == own.file_of(own.owner_.id)) continue;
    const int descriptor = open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) continue;
    const bool free = lock(descriptor);
    close(descriptor);
    if (!free) return true;
  }
  return false;
}

WorkerLock::~WorkerLock() {
  unlink(file_of(owner_.id).c_str());
  close(descriptor_);
}

bool WorkerLock::proven_dead(const OwnerId& owner) {
  if (owner == owner_) return false;
  if (owner.boot != owner_.boot) return true;
  if (!is_uuid(owner.id)) return false;
  const std::filesystem::path file = file_of(owner.id);
  const int descriptor = open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return errno == ENOENT;
  const bool dead = lock(descriptor);
  if (dead) unlink(file.c_str());
  close(descriptor);
  return dead;
}

}  // namespace strongroom::host
