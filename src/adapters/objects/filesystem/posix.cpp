#include "adapters/objects/filesystem/posix.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <system_error>

namespace strongroom::filesystem {
namespace {

/// With ".." excluded EAGAIN should not happen; a few tries cost nothing.
constexpr int kOpenTries = 8;

int open_once(int directory, const char* path, int flags, mode_t mode, Fd& out) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
  how.mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (fd >= 0) {
      out = Fd(static_cast<int>(fd));
      return 0;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN && attempt < kOpenTries) continue;
    return errno;
  }
}

}  // namespace

void Fd::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Error system_error(Owner owner, int code, std::string_view what, std::string where) {
  std::string text = std::string(what) + ": " + std::generic_category().message(code);
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return temporary(std::move(text), std::move(where), Reason::no_space);
    case EACCES:
    case EPERM:
    case EROFS:
      return owner == Owner::source ? rejected(std::move(text), std::move(where), Reason::forbidden)
                                    : temporary(std::move(text), std::move(where), Reason::forbidden);
    default:
      return temporary(std::move(text), std::move(where));
  }
}

bool is_relative_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view component = path.substr(at, end - at);
    if (component.empty() || component == "." || component == "..") return false;
    if (end == path.size()) return true;
    at = end + 1;
  }
}

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string last_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

int open_beneath(int directory, const std::string& path, int flags, mode_t mode, Fd& out) {
  if (!is_relative_path(path)) return ENOENT;
  if (path.size() >= PATH_MAX) return open_walking(directory, path, flags, mode, out);
  const int failed = open_once(directory, path.c_str(), flags, mode, out);
  return failed == ENOSYS ? open_walking(directory, path, flags, mode, out) : failed;
}

int open_walking(int directory, const std::string& path, int flags, mode_t mode, Fd& out) {
  if (!is_relative_path(path)) return ENOENT;
  Fd held;
  int at = directory;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const bool last = end == path.size();
    const std::string component = path.substr(begin, end - begin);
    const int how = last ? flags | O_NOFOLLOW | O_CLOEXEC : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const int fd = ::openat(at, component.c_str(), how, mode);
    if (fd < 0) return errno;
    if (last) {
      out = Fd(fd);
      return 0;
    }
    held = Fd(fd);
    at = fd;
    begin = end + 1;
  }
}

int make_directories(int directory, const std::string& path, Fd& out) {
  if (path.empty()) {
    const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    out = Fd(fd);
    return 0;
  }
  constexpr int kFlags = O_RDONLY | O_DIRECTORY;
  const int failed = open_beneath(directory, path, kFlags, 0, out);
  if (failed != ENOENT || !is_relative_path(path)) return failed;
  Fd held;
  int at = directory;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string component = path.substr(begin, end - begin);
    const bool made = ::mkdirat(at, component.c_str(), 0755) == 0;
    if (!made && errno != EEXIST) return errno;
    Fd next;
    if (const int code = open_beneath(at, component, kFlags, 0, next)) return code;
    if (made) {
      if (const int code = set_mode(next.get(), 0755)) return code;
    }
    held = std::move(next);
    at = held.get();
    begin = end + 1;
  }
  out = std::move(held);
  return 0;
}

int stat_beneath(int directory, const std::string& path, struct stat& out) {
  Fd fd;
  if (const int code = open_beneath(directory, path, O_PATH, 0, fd)) return code;
  return ::fstat(fd.get(), &out) == 0 ? 0 : errno;
}

int write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return 0;
}

int read_some(int fd, std::uint64_t offset, ByteSpan into, std::size_t& n) {
  n = 0;
  while (n < into.size()) {
    const ssize_t got = ::pread(fd, into.data() + n, into.size() - n, static_cast<off_t>(offset + n));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    n += static_cast<std::size_t>(got);
  }
  return 0;
}

int set_mode(int fd, mode_t mode) {
  struct stat now{};
  if (::fstat(fd, &now) != 0) return errno;
  if ((now.st_mode & 07777) == mode) return 0;
  return ::fchmod(fd, mode) == 0 ? 0 : errno;
}

int rename_no_replace(int from_directory, const std::string& from, int to_directory, const std::string& to) {
  if (::renameat2(from_directory, from.c_str(), to_directory, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  struct stat what{};
  if (::fstatat(from_directory, from.c_str(), &what, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  if (S_ISDIR(what.st_mode)) {
    if (::renameat(from_directory, from.c_str(), to_directory, to.c_str()) == 0) return 0;
    return errno == ENOTEMPTY || errno == ENOTDIR ? EEXIST : errno;
  }
  if (::linkat(from_directory, from.c_str(), to_directory, to.c_str(), 0) != 0) return errno;
  return ::unlinkat(from_directory, from.c_str(), 0) == 0 ? 0 : errno;
}

}  // namespace strongroom::filesystem
