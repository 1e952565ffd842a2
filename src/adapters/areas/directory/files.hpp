// What a directory as an area makes of files: keys, fingerprints, errors, and temporary files beside them.
//
// A file's ETag is the lower-case hex SHA-256 of `<size>:<mtime in ns>:<inode>` (transfers.md 2.1). Keys lead through
// no symbolic link, never out of the area, and to nothing whose name, or that of a directory above it, begins with a
// dot. Functions may be called from any thread.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "adapters/objects/filesystem/posix.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::areas {

/// Names that begin with it are this program's own; like all names with a dot they are no packages.
inline constexpr std::string_view kOwnNames = ".strongroom-";

/// Whether a file of an area can have this key: relative, clean, UTF-8, no name beginning with a dot.
[[nodiscard]] bool is_area_key(std::string_view key);
/// The same for one name.
[[nodiscard]] bool is_area_name(std::string_view name);

/// A regular file as an object.
[[nodiscard]] AreaObject object_of(const std::string& key, const struct stat& facts);

/// Whether opening a path failed because no file of the area is there.
[[nodiscard]] bool is_absent(int code);
/// Missing permissions, links in the way and names that are too long are broken; the rest may mend itself.
[[nodiscard]] Error area_error(int code, std::string_view what, const std::string& key);

/// The area's directory. Reason::no_container (broken) when there is none, Reason::forbidden (broken).
Result<filesystem::Fd> open_root(const std::string& root);
/// The file of that key; nothing when there is none.
Result<std::optional<AreaObject>> look(int root, const std::string& key);
/// The open file of exactly that object; Reason::conflict or Reason::not_found (rejected).
Result<filesystem::Fd> open_bound(int root, const AreaObject& object);
/// Whether the open file is still that object, and the key still leads to it.
Result<void> still_bound(int root, int file, const AreaObject& object);

/// Makes the names in the directory `path` below the root durable, and those of the directories above it.
Result<void> sync_names(int root, const std::string& path, const std::string& key);

/// A file under a name of this program's own, gone with its owner unless it got its real name.
class TemporaryFile {
 public:
  /// `directory` is open for as long as the file lives.
  static Result<TemporaryFile> create(int directory, const std::string& key);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Gives it its name, once its bytes are durable, in place of what has it. 0 or an errno.
  int replace(const std::string& name);
  /// The same unless the name is taken: EEXIST.
  int publish(const std::string& name);

 private:
  TemporaryFile(int directory, std::string name, filesystem::Fd fd)
      : directory_(directory), name_(std::move(name)), fd_(std::move(fd)) {}
  int directory_;
  std::string name_;  ///< empty once it has another
  filesystem::Fd fd_;
};

}  // namespace strongroom::areas
