// Directory trees: walked, listed in key order, made durable, compared, removed. No symbolic link is ever followed.
//
// All functions may be called from any thread and keep no state.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/objects/filesystem/posix.hpp"
#include "base/result.hpp"
#include "ports/object_store.hpp"

namespace strongroom::filesystem {

/// A thing below a directory that is no directory itself: a file, or something that should not be there.
struct Found {
  std::string name;  ///< relative to the directory walked
  std::uint64_t size = 0;
  bool regular = true;
};

/// Calls `found` for everything below `directory` but directories, in any order; memory does not grow with its size.
Result<void> walk(int directory, Owner owner, const std::function<Result<void>(const Found&)>& found);

/// The names in one directory, unsorted: for directories that are small by nature.
Result<std::vector<std::string>> names_in(int directory, Owner owner);

/// What ObjectStore::list promises, for the files below `root`; nothing at or below the directory `hidden` is listed.
/// Memory: some 1,000 names, or `limit` of them, for each level of directories.
Result<std::vector<ObjectInfo>> list_in_order(int root, const std::string& prefix, const std::string& after,
                                              std::size_t limit, const std::string& hidden);

/// How a location's bytes are made durable (CORRECTNESS 1.7).
enum class Barrier : std::uint8_t {
  whole_filesystem,  ///< one syncfs: reports every write error of the filesystem since the descriptor was opened
  every_file,        ///< fsync of each file and directory: for filesystems that do not keep that promise
};
/// whole_filesystem on ext4, xfs and btrfs with Linux 5.8 or later.
[[nodiscard]] Barrier barrier_of(int fd);
/// fsync of every file and directory below `directory`, and of itself. 0 or an errno.
int sync_tree(int directory);

/// How the tree at `theirs` differs from the one at `ours`.
struct Difference {
  enum class Kind : std::uint8_t { none, content, unexpected };
  Kind kind = Kind::none;
  std::string name;  ///< the first file that differs or should not be there
};
Result<Difference> compare_trees(int ours, int theirs);

/// Removes `name` in `directory` with everything below it, in constant memory whatever its depth. 0 when it is gone, or
/// was never there.
int remove_tree(int directory, const std::string& name);

/// Removes directories below the open one that hold no file. 0 or an errno.
int remove_empty_directories(int directory);

/// Open directories by name, so that many small files do not walk their path again and again. Any thread.
class DirectoryCache {
 public:
  /// What is to be done about a directory that is not there.
  enum class Missing : std::uint8_t { make, leave };

  /// `base` is open for as long as the cache lives.
  explicit DirectoryCache(int base, Missing missing = Missing::make) : base_(base), missing_(missing) {}
  /// The directory `path` below the base. 0 or an errno; ENOENT for one that is missing and left so.
  int get(const std::string& path, std::shared_ptr<const Fd>& out);
  void clear();

 private:
  static constexpr std::size_t kHandles = 64;
  struct Entry {
    std::string path;
    std::shared_ptr<const Fd> fd;
  };
  int base_;
  Missing missing_;
  std::mutex mutex_;
  std::list<Entry> recent_;  ///< most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace strongroom::filesystem
