#include "adapters/messages/directory/directory_topic.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace strongroom::messages::directory {
namespace {

class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  [[nodiscard]] bool sync() const { return ::fsync(fd_) == 0; }

 private:
  const int fd_;
};

/// Of the last failed call. Full disks and the like pass; a directory that may not be written to does not.
Error trouble(const char* what, const std::string& path) {
  const int error = errno;
  Error made = temporary(std::string(what) + ": " + std::system_category().message(error), path);
  if (error == EACCES || error == EPERM || error == EROFS || error == ENOTDIR) made.act = Act::broken;
  return made;
}

std::string name_of(const Notice& notice) {
  std::array<char, 24> digits{};
  std::snprintf(digits.data(), digits.size(), "%020lld", static_cast<long long>(notice.sequence));
  return std::string(digits.data()) + "-" + notice.id + ".json";
}

}  // namespace

Result<void> DirectoryTopic::publish(const Notice& notice) {
  std::error_code failed;
  std::filesystem::create_directories(directory_, failed);
  if (failed) return broken("the directory of notifications cannot be made: " + failed.message(), directory_);
  const std::string path = directory_ + "/" + name_of(notice);
  if (std::filesystem::exists(path, failed)) return {};
  const std::string draft = directory_ + "/." + name_of(notice) + ".new";
  {
    const File file(draft, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open() || !file.write(notice.body + "\n") || !file.sync()) {
      return trouble("a notification cannot be written", draft);
    }
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) return trouble("a notification cannot be put in place", path);
  const File entry(directory_, O_RDONLY | O_DIRECTORY);
  if (!entry.is_open() || !entry.sync()) return trouble("the directory of notifications cannot be kept", directory_);
  return {};
}

}  // namespace strongroom::messages::directory
