#include "adapters/areas/directory/listing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "adapters/areas/directory/files.hpp"
#include "base/text.hpp"

namespace strongroom::areas {
namespace {

using filesystem::Fd;

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::size_t kHeldAtLeast = 1000;
/// Each level holds a descriptor.
constexpr int kDepthMax = 128;

struct CloseStream {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using Stream = std::unique_ptr<DIR, CloseStream>;

enum class Kind : std::uint8_t { directory, file, other };

Kind kind_of(int directory, const dirent& entry) {
  if (entry.d_type == DT_DIR) return Kind::directory;
  if (entry.d_type == DT_REG) return Kind::file;
  struct stat facts{};
  if (entry.d_type != DT_UNKNOWN || ::fstatat(directory, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return Kind::other;
  }
  if (S_ISDIR(facts.st_mode)) return Kind::directory;
  return S_ISREG(facts.st_mode) ? Kind::file : Kind::other;
}

class Lister {
 public:
  Lister(const std::string& after, std::size_t limit, const LeftOut& left_out)
      : after_(after), limit_(limit), left_out_(left_out) {}

  /// `path` is empty or ends in a slash. A directory sorts as its name with a slash, as the keys below it do. Only the
  /// smallest names are held at a time; a directory with more is read again from where the last ones ended.
  Result<void> descend(int directory, const std::string& path, int depth = 0) {
    std::string floor;
    while (page.size() < limit_) {
      TRY(const std::vector<std::string> names, smallest(directory, path, floor));
      for (const std::string& name : names) {
        if (page.size() == limit_) return {};
        TRY_VOID(take(directory, path, name, depth));
      }
      if (names.size() < held()) return {};
      floor = names.back();
    }
    return {};
  }

  std::vector<AreaObject> page;

 private:
  [[nodiscard]] std::size_t held() const { return std::max(limit_, kHeldAtLeast); }

  /// Whether the key, or some key below the directory, is behind the start.
  [[nodiscard]] bool is_behind(const std::string& key, Kind kind) const {
    return key > after_ || (kind == Kind::directory && after_.starts_with(key));
  }

  Result<std::vector<std::string>> smallest(int directory, const std::string& path, const std::string& floor) {
    std::vector<std::string> heap;  // the largest on top
    Fd fd(::openat(directory, ".", kDirectoryFlags));
    // A directory that has just been removed holds nothing.
    if (!fd.valid() && is_absent(errno)) return heap;
    const Stream stream(fd.valid() ? ::fdopendir(fd.get()) : nullptr);
    if (!stream) return area_error(errno, "cannot open a directory", path);
    const int own = fd.release();
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream.get());
      if (entry == nullptr) break;
      std::string name = entry->d_name;
      if (name.starts_with('.')) continue;
      const Kind kind = kind_of(own, *entry);
      if (kind == Kind::other) continue;
      if (!is_utf8(name)) {
        left_out_("its name is not UTF-8", path + percent_encode(name, " "));
        continue;
      }
      if (kind == Kind::directory) name += '/';
      if (name <= floor || !is_behind(path + name, kind)) continue;
      if (heap.size() == held()) {
        if (name >= heap.front()) continue;
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
      }
      heap.push_back(std::move(name));
      std::push_heap(heap.begin(), heap.end());
    }
    if (errno != 0) return area_error(errno, "cannot read a directory", path);
    std::sort_heap(heap.begin(), heap.end());
    return heap;
  }

  Result<void> take(int directory, const std::string& path, const std::string& name, int depth) {
    const std::string key = path + name;
    if (name.ends_with('/')) {
      if (depth == kDepthMax) {
        left_out_("too many directories in each other", key);
        return {};
      }
      const Fd below(::openat(directory, name.substr(0, name.size() - 1).c_str(), kDirectoryFlags));
      if (below.valid()) return descend(below.get(), key, depth + 1);
      if (is_absent(errno)) return {};
      if (errno != EACCES && errno != EPERM) return area_error(errno, "cannot open a directory", key);
      left_out_("it may not be read", key);
      return {};
    }
    struct stat facts{};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      return is_absent(errno) ? ok() : area_error(errno, "cannot look at a file", key);
    }
    if (S_ISREG(facts.st_mode)) page.push_back(object_of(key, facts));
    return {};
  }

  const std::string& after_;
  const std::size_t limit_;
  const LeftOut& left_out_;
};

}  // namespace

Result<std::vector<AreaObject>> list_files(int root, const std::string& after, std::size_t limit,
                                           const LeftOut& left_out) {
  Lister lister(after, limit, left_out);
  TRY_VOID(lister.descend(root, ""));
  return std::move(lister.page);
}

}  // namespace strongroom::areas
