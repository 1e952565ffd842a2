#include "adapters/areas/directory/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "adapters/objects/filesystem/durable_names.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"

namespace strongroom::areas {
namespace {

using filesystem::Fd;

std::string text_of(std::string_view what, int code) {
  return std::string(what) + ": " + std::generic_category().message(code);
}

}  // namespace

bool is_area_name(std::string_view name) { return !name.starts_with('.') && is_utf8(name); }

bool is_area_key(std::string_view key) {
  return filesystem::is_relative_path(key) && is_utf8(key) && !key.starts_with('.') &&
         key.find("/.") == std::string_view::npos;
}

AreaObject object_of(const std::string& key, const struct stat& facts) {
  const auto nanoseconds = static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec;
  const std::string fingerprint =
      std::to_string(facts.st_size) + ":" + std::to_string(nanoseconds) + ":" + std::to_string(facts.st_ino);
  AreaObject object;
  object.key = key;
  object.etag = digest_of(Algorithm::sha256, fingerprint).hex();
  object.size = static_cast<std::uint64_t>(facts.st_size);
  object.modified = instant_of(nanoseconds / 1000);
  return object;
}

bool is_absent(int code) {
  return code == ENOENT || code == ENOTDIR || code == ELOOP || code == EXDEV || code == ENAMETOOLONG || code == ENXIO;
}

Error area_error(int code, std::string_view what, const std::string& key) {
  switch (code) {
    case EACCES:
    case EPERM:
    case EROFS:
      return broken(text_of(what, code), key, Reason::forbidden);
    case ENAMETOOLONG:
      return broken(text_of(what, code), key, Reason::limit);
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
      return broken(text_of(what, code), key);
    case ENOSPC:
    case EDQUOT:
      return temporary(text_of(what, code), key, Reason::no_space);
    default:
      return temporary(text_of(what, code), key);
  }
}

Result<Fd> open_root(const std::string& root) {
  // The configured path itself may lead through links: they are the operator's. Nothing below it may.
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) return fd;
  if (is_absent(errno)) return broken("the area's directory is not there", root, Reason::no_container);
  return area_error(errno, "cannot open the area's directory", root);
}

Result<std::optional<AreaObject>> look(int root, const std::string& key) {
  if (!is_area_key(key)) return std::optional<AreaObject>();
  struct stat facts{};
  const int code = filesystem::stat_beneath(root, key, facts);
  if (is_absent(code) || (code == 0 && !S_ISREG(facts.st_mode))) return std::optional<AreaObject>();
  if (code != 0) return area_error(code, "cannot look at a file", key);
  return std::optional<AreaObject>(object_of(key, facts));
}

Result<Fd> open_bound(int root, const AreaObject& object) {
  if (!is_area_key(object.key)) return object_gone(object.key);
  Fd file;
  const int code = filesystem::open_beneath(root, object.key, O_RDONLY | O_NONBLOCK, 0, file);
  if (is_absent(code)) return object_gone(object.key);
  if (code != 0) return area_error(code, "cannot open a file", object.key);
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return area_error(errno, "cannot look at a file", object.key);
  if (!S_ISREG(facts.st_mode)) return object_gone(object.key);
  if (object_of(object.key, facts).etag != object.etag) return object_replaced(object.key);
  return file;
}

Result<void> still_bound(int root, int file, const AreaObject& object) {
  struct stat facts{};
  if (::fstat(file, &facts) != 0) return area_error(errno, "cannot look at a file", object.key);
  if (object_of(object.key, facts).etag != object.etag) return object_replaced(object.key);
  // The key may lead to another file by now, which the open one knows nothing of.
  TRY(const std::optional<AreaObject> there, look(root, object.key));
  if (!there) return object_gone(object.key);
  return there->etag == object.etag ? ok() : object_replaced(object.key);
}

Result<void> sync_names(int root, const std::string& path, const std::string& key) {
  // Nothing is remembered: archivists move and remove directories as they like.
  const int code = filesystem::DurableNames().sync(root, path);
  // Some network file systems know no fsync of directories, and need none.
  if (code == 0 || code == EINVAL || code == ENOTSUP) return {};
  return area_error(code, "cannot make the name of a file durable", key);
}

Result<TemporaryFile> TemporaryFile::create(int directory, const std::string& key) {
  static std::atomic<std::uint64_t> made = 0;
  for (;;) {
    std::string name = std::string(kOwnNames) + "new-" + std::to_string(::getpid()) + "-" + std::to_string(made++);
    Fd fd(::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd.valid() && errno == EEXIST) continue;
    if (!fd.valid()) return area_error(errno, "cannot make a file", key);
    TemporaryFile file(directory, std::move(name), std::move(fd));
    // Archivists read it under another account, whatever this one's umask is.
    if (const int code = filesystem::set_mode(file.fd(), 0644)) return area_error(code, "cannot make a file", key);
    return file;
  }
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : directory_(other.directory_), name_(std::exchange(other.name_, {})), fd_(std::move(other.fd_)) {}

TemporaryFile::~TemporaryFile() {
  if (!name_.empty()) ::unlinkat(directory_, name_.c_str(), 0);
}

int TemporaryFile::replace(const std::string& name) {
  if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) return errno;
  name_.clear();
  return 0;
}

int TemporaryFile::publish(const std::string& name) {
  if (const int code = filesystem::rename_no_replace(directory_, name_, directory_, name)) return code;
  name_.clear();
  return 0;
}

}  // namespace strongroom::areas
