// Which directories are known to lie durably where they are, so that no barrier is asked for twice.
//
// A directory whose entries changed is always synced. Its own name is in its parent, and so on up to the root: that
// chain need not be synced again when this process has done so for the same directory before, since names of
// directories are neither removed nor changed in a location. (On a busy journalling filesystem each fsync of a
// directory commits the whole journal, whether or not the directory changed.) Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace strongroom::filesystem {

class DurableNames {
 public:
  /// Makes the names in `directory/path`, and the directories from there up to `directory`, durable. 0 or an errno.
  int sync(int directory, const std::string& path);
  /// Whether the open directory's own name, and those above it, are known to be durable.
  bool knows(int directory);

 private:
  /// The same directory, and not one made later in its place.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t born_seconds = 0;
    std::uint32_t born_nanoseconds = 0;
    auto operator<=>(const Identity&) const = default;
  };

  static std::optional<Identity> identity_of(int directory);
  void remember(const std::vector<Identity>& synced);

  std::mutex mutex_;
  std::set<Identity> known_;  ///< their names and those above are durable; forgotten when there are too many
};

}  // namespace strongroom::filesystem
