#include "adapters/objects/filesystem/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>

#include "adapters/objects/filesystem/file_io.hpp"

namespace strongroom::filesystem {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// The entries of a directory, one at a time.
class Entries {
 public:
  /// Reads with a position of its own; `directory` stays the caller's.
  static int open(int directory, Entries& out) {
    const int fd = ::openat(directory, ".", kDirectoryFlags);
    if (fd < 0) return errno;
    out.stream_.reset(::fdopendir(fd));
    if (out.stream_) return 0;
    const int code = errno;
    ::close(fd);
    return code;
  }
  /// Null at the end or on trouble, which is then in `code`.
  const dirent* next(int& code) {
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream_.get());
      code = entry == nullptr ? errno : 0;
      if (entry == nullptr) return nullptr;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") return entry;
    }
  }
  [[nodiscard]] int fd() const { return ::dirfd(stream_.get()); }

 private:
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  std::unique_ptr<DIR, Close> stream_;
};

/// 1 directory, 0 something else, negative errno.
int is_directory(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR ? 1 : 0;
  struct stat facts{};
  if (::fstatat(directory, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) return -errno;
  return S_ISDIR(facts.st_mode) ? 1 : 0;
}

Result<void> walk_below(int directory, const std::string& path, Owner owner,
                        const std::function<Result<void>(const Found&)>& found) {
  Entries entries;
  if (const int code = Entries::open(directory, entries)) {
    return system_error(owner, code, "cannot open a directory", path);
  }
  int code = 0;
  while (const dirent* entry = entries.next(code)) {
    const std::string name = path + entry->d_name;
    const int kind = is_directory(entries.fd(), *entry);
    if (kind == -ENOENT) continue;
    if (kind < 0) return system_error(owner, -kind, "cannot look at a file", name);
    if (kind == 1) {
      const Fd below(::openat(entries.fd(), entry->d_name, kDirectoryFlags));
      if (!below.valid()) return system_error(owner, errno, "cannot open a directory", name);
      TRY_VOID(walk_below(below.get(), name + "/", owner, found));
      continue;
    }
    struct stat facts{};
    if (::fstatat(entries.fd(), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;
      return system_error(owner, errno, "cannot look at a file", name);
    }
    TRY_VOID(found({name, static_cast<std::uint64_t>(facts.st_size), S_ISREG(facts.st_mode)}));
  }
  if (code != 0) return system_error(owner, code, "cannot read a directory", path);
  return {};
}

/// One page of a listing in byte order of key.
class Lister {
 public:
  Lister(const std::string& prefix, const std::string& after, std::size_t limit, const std::string& hidden)
      : prefix_(prefix), after_(after), limit_(limit), hidden_(hidden + "/") {}

  /// `path` is empty or ends in a slash. A directory sorts as its name with a slash, as the keys below it do. Only the
  /// smallest names are held at a time; a directory with more is read again from where the last ones ended.
  Result<void> descend(int directory, const std::string& path) {
    std::string floor;
    for (;;) {
      TRY(const std::vector<std::string> names, smallest(directory, path, floor));
      for (const std::string& name : names) {
        if (page.size() == limit_) return {};
        TRY_VOID(take(directory, path, name));
      }
      if (names.size() < held() || page.size() == limit_) return {};
      floor = names.back();
    }
  }

  std::vector<ObjectInfo> page;

 private:
  [[nodiscard]] std::size_t held() const { return std::max<std::size_t>(limit_, 1000); }

  Result<std::vector<std::string>> smallest(int directory, const std::string& path, const std::string& floor) {
    std::vector<std::string> heap;  // the largest on top
    Entries entries;
    if (const int code = Entries::open(directory, entries)) {
      return system_error(Owner::location, code, "cannot open a directory", path);
    }
    int code = 0;
    while (const dirent* entry = entries.next(code)) {
      const int kind = is_directory(entries.fd(), *entry);
      if (kind == -ENOENT) continue;
      if (kind < 0) return system_error(Owner::location, -kind, "cannot look at a file", path + entry->d_name);
      std::string name = entry->d_name;
      if (kind == 1) name += '/';
      if (name <= floor || !wanted(path + name, kind == 1)) continue;
      if (heap.size() == held()) {
        if (name >= heap.front()) continue;
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
      }
      heap.push_back(std::move(name));
      std::push_heap(heap.begin(), heap.end());
    }
    if (code != 0) return system_error(Owner::location, code, "cannot read a directory", path);
    std::sort_heap(heap.begin(), heap.end());
    return heap;
  }

  [[nodiscard]] bool wanted(const std::string& key, bool directory) const {
    if (!directory) return key > after_ && key.starts_with(prefix_);
    if (key == hidden_) return false;
    return (key.starts_with(prefix_) || prefix_.starts_with(key)) && (key > after_ || after_.starts_with(key));
  }

  Result<void> take(int directory, const std::string& path, const std::string& name) {
    if (name.back() == '/') {
      const std::string bare = name.substr(0, name.size() - 1);
      const Fd below(::openat(directory, bare.c_str(), kDirectoryFlags));
      if (!below.valid()) return system_error(Owner::location, errno, "cannot open a directory", path + name);
      return descend(below.get(), path + name);
    }
    struct stat facts{};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return {};
      return system_error(Owner::location, errno, "cannot look at a file", path + name);
    }
    page.push_back({path + name, static_cast<std::uint64_t>(facts.st_size)});
    return {};
  }

  const std::string& prefix_;
  const std::string& after_;
  std::size_t limit_;
  std::string hidden_;
};

}  // namespace

Result<void> walk(int directory, Owner owner, const std::function<Result<void>(const Found&)>& found) {
  return walk_below(directory, "", owner, found);
}

Result<std::vector<std::string>> names_in(int directory, Owner owner) {
  std::vector<std::string> names;
  Entries entries;
  int code = Entries::open(directory, entries);
  if (code == 0) {
    while (const dirent* entry = entries.next(code)) names.emplace_back(entry->d_name);
  }
  if (code != 0) return system_error(owner, code, "cannot read a directory", "");
  return names;
}

Result<std::vector<ObjectInfo>> list_in_order(int root, const std::string& prefix, const std::string& after,
                                              std::size_t limit, const std::string& hidden) {
  Lister lister(prefix, after, limit, hidden);
  if (limit == 0) return std::vector<ObjectInfo>();
  const std::string start = directory_of(prefix);
  if (start.empty() && prefix.find('/') == std::string::npos) {
    TRY_VOID(lister.descend(root, ""));
    return std::move(lister.page);
  }
  if (!is_relative_path(start) || start == hidden || start.starts_with(hidden + "/")) return std::vector<ObjectInfo>();
  Fd from;
  const int code = open_beneath(root, start, O_RDONLY | O_DIRECTORY, 0, from);
  if (code == ENOENT || code == ENOTDIR) return std::vector<ObjectInfo>();
  if (code != 0) return system_error(Owner::location, code, "cannot open a directory", start);
  TRY_VOID(lister.descend(from.get(), start + "/"));
  return std::move(lister.page);
}

Barrier barrier_of(int fd) {
  struct statfs facts{};
  if (::fstatfs(fd, &facts) != 0) return Barrier::every_file;
  const auto kind = static_cast<std::uint64_t>(facts.f_type);
  if (kind != EXT4_SUPER_MAGIC && kind != XFS_SUPER_MAGIC && kind != BTRFS_SUPER_MAGIC) return Barrier::every_file;
  utsname system{};
  int major = 0;
  int minor = 0;
  if (::uname(&system) != 0 || std::sscanf(system.release, "%d.%d", &major, &minor) != 2) return Barrier::every_file;
  return major > 5 || (major == 5 && minor >= 8) ? Barrier::whole_filesystem : Barrier::every_file;
}

int sync_tree(int directory) {
  Entries entries;
  if (const int code = Entries::open(directory, entries)) return code;
  int code = 0;
  while (const dirent* entry = entries.next(code)) {
    const int kind = is_directory(entries.fd(), *entry);
    if (kind < 0) return -kind;
    const Fd fd(::openat(entries.fd(), entry->d_name,
                         kind == 1 ? kDirectoryFlags : O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    // What is no regular file has no bytes to keep; the listing shows that it is there.
    if (!fd.valid() && (errno == ELOOP || errno == ENXIO)) continue;
    if (!fd.valid()) return errno;
    if (kind == 1) {
      if (const int below = sync_tree(fd.get())) return below;
    } else if (::fsync(fd.get()) != 0) {
      return errno;
    }
  }
  if (code != 0) return code;
  return ::fsync(entries.fd()) == 0 ? 0 : errno;
}

Result<Difference> compare_trees(int ours, int theirs) {
  Difference result;
  const auto check = [&](const Found& file) -> Result<void> {
    if (result.kind != Difference::Kind::none) return {};
    Fd mine;
    Fd stored;
    if (const int code = open_beneath(ours, file.name, O_RDONLY | O_NONBLOCK, 0, mine)) {
      return system_error(Owner::location, code, "cannot open a staged file", file.name);
    }
    const int code = open_beneath(theirs, file.name, O_RDONLY | O_NONBLOCK, 0, stored);
    if (code == ENOENT || code == ENOTDIR || code == ELOOP) {
      result = {Difference::Kind::content, file.name};
      return {};
    }
    if (code != 0) return system_error(Owner::location, code, "cannot open a stored file", file.name);
    struct stat facts{};
    if (::fstat(stored.get(), &facts) != 0) {
      return system_error(Owner::location, errno, "cannot look at a stored file", file.name);
    }
    bool same = S_ISREG(facts.st_mode) && static_cast<std::uint64_t>(facts.st_size) == file.size;
    if (same) {
      TRY(same, same_bytes(mine.get(), stored.get(), Owner::location, file.name));
    }
    if (!same) result = {Difference::Kind::content, file.name};
    return {};
  };
  TRY_VOID(walk(ours, Owner::location, check));
  if (result.kind != Difference::Kind::none) return result;
  TRY_VOID(walk(theirs, Owner::location, [&](const Found& file) -> Result<void> {
    if (result.kind != Difference::Kind::none) return {};
    struct stat facts{};
    const int code = stat_beneath(ours, file.name, facts);
    if (code == ENOENT || code == ENOTDIR) {
      result = {Difference::Kind::unexpected, file.name};
    } else if (code != 0) {
      return system_error(Owner::location, code, "cannot look at a staged file", file.name);
    }
    return {};
  }));
  return result;
}

namespace {

/// Removes what lies directly in `from`; directories that are not empty are moved up into `top` under new names.
int flatten(int from, int top, std::uint64_t& counter, bool& anything) {
  Entries entries;
  if (const int code = Entries::open(from, entries)) return code;
  int code = 0;
  while (const dirent* entry = entries.next(code)) {
    anything = true;
    const int kind = is_directory(entries.fd(), *entry);
    if (kind == -ENOENT) continue;
    if (kind < 0) return -kind;
    if (::unlinkat(entries.fd(), entry->d_name, kind == 1 ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT) continue;
    if (kind == 0 || (errno != ENOTEMPTY && errno != EEXIST)) return errno;
    int moved = EEXIST;
    while (moved == EEXIST) {
      moved = rename_no_replace(entries.fd(), entry->d_name, top, ".sr-" + std::to_string(counter++));
    }
    if (moved != 0 && moved != ENOENT) return moved;
  }
  return code;
}

}  // namespace

int remove_tree(int directory, const std::string& name) {
  const Fd top(::openat(directory, name.c_str(), kDirectoryFlags));
  if (!top.valid()) {
    if (errno == ENOENT) return 0;
    if (errno != ENOTDIR && errno != ELOOP) return errno;
    return ::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT ? 0 : errno;
  }
  std::uint64_t counter = 0;
  for (bool anything = true; anything;) {
    anything = false;
    Entries entries;
    if (const int code = Entries::open(top.get(), entries)) return code;
    int code = 0;
    while (const dirent* entry = entries.next(code)) {
      anything = true;
      const int kind = is_directory(entries.fd(), *entry);
      if (kind == 1) {
        const Fd below(::openat(entries.fd(), entry->d_name, kDirectoryFlags));
        if (!below.valid() && errno != ENOENT) return errno;
        bool some = false;
        if (below.valid()) {
          if (const int failed = flatten(below.get(), top.get(), counter, some)) return failed;
        }
      }
      if (::unlinkat(entries.fd(), entry->d_name, kind == 1 ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT &&
          !(kind == 1 && (errno == ENOTEMPTY || errno == EEXIST))) {
        return errno;
      }
    }
    if (code != 0) return code;
  }
  return ::unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

int remove_empty_directories(int directory) {
  Entries entries;
  if (const int code = Entries::open(directory, entries)) return code;
  int code = 0;
  while (const dirent* entry = entries.next(code)) {
    const int kind = is_directory(entries.fd(), *entry);
    if (kind < 0) return -kind;
    if (kind == 0) continue;
    const Fd below(::openat(entries.fd(), entry->d_name, kDirectoryFlags));
    if (!below.valid()) return errno;
    if (const int failed = remove_empty_directories(below.get())) return failed;
    if (::unlinkat(entries.fd(), entry->d_name, AT_REMOVEDIR) != 0 && errno != ENOTEMPTY && errno != EEXIST) {
      return errno;
    }
  }
  return code;
}

int DirectoryCache::get(const std::string& path, std::shared_ptr<const Fd>& out) {
  {
    const std::scoped_lock lock(mutex_);
    const auto known = index_.find(path);
    if (known != index_.end()) {
      recent_.splice(recent_.begin(), recent_, known->second);
      out = known->second->fd;
      return 0;
    }
  }
  Fd opened;
  int code = 0;
  if (missing_ == Missing::make) {
    code = make_directories(base_, path, opened);
  } else if (path.empty()) {
    opened = Fd(::openat(base_, ".", kDirectoryFlags));
    code = opened.valid() ? 0 : errno;
  } else {
    code = open_beneath(base_, path, O_RDONLY | O_DIRECTORY, 0, opened);
  }
  if (code != 0) return code;
  out = std::make_shared<const Fd>(std::move(opened));
  const std::scoped_lock lock(mutex_);
  if (index_.contains(path)) return 0;
  recent_.push_front({path, out});
  index_[path] = recent_.begin();
  if (recent_.size() > kHandles) {
    index_.erase(recent_.back().path);
    recent_.pop_back();
  }
  return 0;
}

void DirectoryCache::clear() {
  const std::scoped_lock lock(mutex_);
  index_.clear();
  recent_.clear();
}

}  // namespace strongroom::filesystem
