#include "adapters/areas/directory/area.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "adapters/areas/directory/files.hpp"
#include "adapters/areas/directory/listing.hpp"
#include "adapters/objects/filesystem/file_io.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"

namespace strongroom::areas {
namespace {

using filesystem::directory_of;
using filesystem::Fd;
using filesystem::last_of;
using filesystem::Owner;

/// Names that the log has been told of; more are told of again.
constexpr std::size_t kLeftOutMax = 1000;

Error not_a_key(const std::string& key) { return broken("not a key of a file in this area", key, Reason::unsupported); }

Error taken(const std::string& key) {
  return rejected("something else has this name already", key, Reason::already_exists);
}

/// Where an object lies while it is looked at before it is removed. The same object is put aside under the same name,
/// so that what died half-way is brought to its end when it is done again.
std::string aside_name(const AreaObject& object) {
  return std::string(kOwnNames) + "aside-" +
         digest_of(Algorithm::sha256, last_of(object.key) + "\n" + object.etag).hex().substr(0, 32);
}

class AreaFile final : public RandomAccess {
 public:
  AreaFile(Fd root, Fd file, AreaObject object)
      : root_(std::move(root)), file_(std::move(file)), object_(std::move(object)) {}

  [[nodiscard]] std::uint64_t size() const override { return object_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    if (offset >= object_.size || into.empty()) return std::size_t{0};
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), object_.size - offset)));
    TRY_VOID(still_bound(root_.get(), file_.get(), object_));
    std::size_t n = 0;
    if (const int code = filesystem::read_some(file_.get(), offset, into, n)) {
      return area_error(code, "cannot read a file", object_.key);
    }
    TRY_VOID(still_bound(root_.get(), file_.get(), object_));
    if (n < into.size()) return temporary("a file ends too early", object_.key, Reason::truncated);
    return n;
  }

 private:
  Fd root_;
  Fd file_;
  const AreaObject object_;
};

Result<void> write_durable(int fd, std::string_view text, const std::string& key) {
  int code = filesystem::write_all(fd, as_bytes(text));
  if (code == 0 && ::fsync(fd) != 0) code = errno;
  return code == 0 ? ok() : area_error(code, "cannot write a file", key);
}

Result<void> copy_durable(int from, int to, const std::string& key) {
  std::string piece(limits::kMiB, '\0');
  for (std::uint64_t at = 0;;) {
    std::size_t n = 0;
    int code = filesystem::read_some(from, at, std::as_writable_bytes(std::span<char>(piece.data(), piece.size())), n);
    if (code == 0) code = filesystem::write_all(to, as_bytes(std::string_view(piece.data(), n)));
    if (code != 0) return area_error(code, "cannot copy a file", key);
    at += n;
    if (n < piece.size()) break;
  }
  // By its time the copy is known again, as a second name is by its inode.
  struct stat facts{};
  if (::fstat(from, &facts) != 0) return area_error(errno, "cannot look at a file", key);
  const std::array<timespec, 2> times{facts.st_atim, facts.st_mtim};
  if (::futimens(to, times.data()) != 0 || ::fsync(to) != 0) return area_error(errno, "cannot copy a file", key);
  return {};
}

}  // namespace

/// An open directory of the area, the root's included.
struct DirectoryArea::Place {
  int root = -1;
  Fd directory;
  std::string path;

  /// The directory a key lies in. Without `make`, an invalid descriptor when it is not there.
  static Result<Place> of(int root, const std::string& key, bool make) {
    Place place{root, Fd(), directory_of(key)};
    const int code = make || place.path.empty()
                         ? filesystem::make_directories(root, place.path, place.directory)
                         : filesystem::open_beneath(root, place.path, O_RDONLY | O_DIRECTORY, 0, place.directory);
    if (code == 0 || (!make && is_absent(code))) return place;
    return area_error(code, "cannot open a directory", key);
  }
};

Result<void> make_directory_area(const std::string& root, const std::vector<std::string>& folders) {
  std::error_code failed;
  std::filesystem::create_directories(root, failed);
  if (failed) return area_error(failed.value(), "cannot make the area's directory", root);
  TRY(const Fd top, open_root(root));
  for (const std::string& folder : folders) {
    if (!is_area_key(folder)) return not_a_key(folder);
    Fd made;
    if (const int code = filesystem::make_directories(top.get(), folder, made)) {
      return area_error(code, "cannot make a folder of the area", folder);
    }
  }
  return {};
}

void DirectoryArea::leave_out(std::string_view why, const std::string& key) {
  const std::scoped_lock lock(mutex_);
  if (left_out_.size() >= kLeftOutMax) left_out_.clear();
  if (!left_out_.insert(key).second) return;
  log_.write(LogLevel::warning, "area.left_out", {{"key", key}, {"why", std::string(why)}});
}

Result<std::vector<AreaObject>> DirectoryArea::list(const std::string& after, std::size_t limit) {
  TRY(const Fd root, open_root(root_));
  return list_files(root.get(), after, limit,
                    [this](std::string_view why, const std::string& key) { leave_out(why, key); });
}

Result<std::optional<AreaObject>> DirectoryArea::stat(const std::string& key,
                                                      const std::optional<std::string>& version_id) {
  TRY(const Fd root, open_root(root_));
  if (version_id) return std::optional<AreaObject>();
  return look(root.get(), key);
}

Result<std::unique_ptr<RandomAccess>> DirectoryArea::open(const AreaObject& object) {
  TRY(Fd root, open_root(root_));
  TRY(Fd file, open_bound(root.get(), object));
  return std::unique_ptr<RandomAccess>(std::make_unique<AreaFile>(std::move(root), std::move(file), object));
}

Result<AreaObject> DirectoryArea::put(const std::string& key, const std::string& bytes) {
  if (!is_area_key(key)) return not_a_key(key);
  TRY(const Fd root, open_root(root_));
  TRY(const Place place, Place::of(root.get(), key, true));
  TRY(TemporaryFile file, TemporaryFile::create(place.directory.get(), key));
  TRY_VOID(write_durable(file.fd(), bytes, key));
  struct stat facts{};
  if (::fstat(file.fd(), &facts) != 0) return area_error(errno, "cannot look at a file", key);
  if (const int code = file.replace(last_of(key))) return area_error(code, "cannot give a file its name", key);
  TRY_VOID(sync_names(root.get(), place.path, key));
  return object_of(key, facts);
}

Result<AreaObject> DirectoryArea::put_log(const std::string& key, const std::string& text, const AreaTags& /*tags*/) {
  return put(key, text);
}

Result<AreaObject> DirectoryArea::put_package(const std::string& key, const std::string& bytes) {
  return put(key, bytes);
}

Result<AreaTags> DirectoryArea::tags(const AreaObject& /*object*/) { return AreaTags(); }

Result<AreaObject> DirectoryArea::set_tags(const AreaObject& object, const AreaTags& /*tags*/) {
  return broken("a directory keeps no tags", object.key, Reason::unsupported);
}

Result<bool> DirectoryArea::is_copy(int root, int file, const AreaObject& object, const AreaObject& there) {
  if (there.etag == object.etag) return true;
  if (there.size != object.size || there.modified != object.modified) return false;
  const Result<Fd> other = open_bound(root, there);
  if (!other && other.error().act == Act::rejected) return false;
  if (!other) return other.error();
  return filesystem::same_bytes(file, other->get(), Owner::location, there.key);
}

Result<AreaObject> DirectoryArea::copy(const AreaObject& object, const std::string& key,
                                       const std::optional<AreaObject>& over) {
  if (!is_area_key(key)) return not_a_key(key);
  TRY(const Fd root, open_root(root_));
  TRY(const Fd file, open_bound(root.get(), object));
  TRY(const Place place, Place::of(root.get(), key, true));
  TRY(const std::optional<AreaObject> there, look(root.get(), key));
  if (there) {
    TRY(const bool done, is_copy(root.get(), file.get(), object, *there));
    if (done) return *there;
    if (!over || over->etag != there->etag) return taken(key);
    const Result<void> away = take_away(place, *there);
    if (!away) return away.error().reason == Reason::conflict ? taken(key) : away.error();
  }
  TRY_VOID(give_copy(place, file.get(), object, key));
  TRY(std::optional<AreaObject> made, look(root.get(), key));
  if (!made) return temporary("the copy of a file is gone already", key);
  // A second name of a file changes with it.
  const Result<void> same = still_bound(root.get(), file.get(), object);
  if (!same) {
    const Result<void> undone = take_away(place, *made);
    return undone ? same.error() : undone.error();
  }
  TRY_VOID(sync_names(root.get(), place.path, key));
  return std::move(*made);
}

Result<void> DirectoryArea::give_copy(const Place& place, int file, const AreaObject& object, const std::string& key) {
  const std::string name = last_of(key);
  // A second name for exactly the open file; by way of /proc because an empty path needs a privilege.
  const std::string self = "/proc/self/fd/" + std::to_string(file);
  if (::linkat(AT_FDCWD, self.c_str(), place.directory.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
  if (errno == EEXIST) return taken(key);
  // Not every file system has second names, and not everybody may give them: then the bytes are copied.
  TRY(TemporaryFile copy, TemporaryFile::create(place.directory.get(), key));
  TRY_VOID(copy_durable(file, copy.fd(), key));
  TRY_VOID(still_bound(place.root, file, object));
  const int code = copy.publish(name);
  if (code == EEXIST) return taken(key);
  return code == 0 ? ok() : area_error(code, "cannot give a copy its name", key);
}

Result<void> DirectoryArea::erase(const AreaObject& object, bool /*marker*/) {
  if (!is_area_key(object.key)) return {};
  TRY(const Fd root, open_root(root_));
  TRY(const Place place, Place::of(root.get(), object.key, false));
  if (!place.directory.valid()) return {};
  TRY_VOID(take_away(place, object));
  return sync_names(root.get(), place.path, object.key);
}

Result<void> DirectoryArea::take_away(const Place& place, const AreaObject& object) {
  const std::string aside = aside_name(object);
  // What an earlier attempt put aside before it died.
  TRY_VOID(settle_taken(place, aside, object));
  TRY(const std::optional<AreaObject> there, look(place.root, object.key));
  if (!there) return {};
  if (there->etag != object.etag) return object_replaced(object.key);
  const int directory = place.directory.get();
  const std::string name = last_of(object.key);
  // Where a file system cannot refuse to overwrite, nothing but another attempt at the same object has that name.
  if (::renameat2(directory, name.c_str(), directory, aside.c_str(), RENAME_NOREPLACE) != 0 &&
      (errno == EINVAL || errno == ENOSYS ? ::renameat(directory, name.c_str(), directory, aside.c_str()) : -1) != 0) {
    if (errno == ENOENT) return {};
    if (errno == EEXIST) return temporary("another attempt to remove a file is under way", object.key);
    return area_error(errno, "cannot put a file aside", object.key);
  }
  return settle_taken(place, aside, object);
}

/// What lies aside is removed if it is the object, and else gets its name back.
Result<void> DirectoryArea::settle_taken(const Place& place, const std::string& aside, const AreaObject& object) {
  const int directory = place.directory.get();
  struct stat facts{};
  if (::fstatat(directory, aside.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? ok() : area_error(errno, "cannot look at a file", object.key);
  }
  if (object_of(object.key, facts).etag == object.etag) {
    if (::unlinkat(directory, aside.c_str(), 0) == 0 || errno == ENOENT) return {};
    return area_error(errno, "cannot remove a file", object.key);
  }
  const int code = filesystem::rename_no_replace(directory, aside, directory, last_of(object.key));
  if (code == 0 || code == ENOENT) return object_replaced(object.key);
  if (code != EEXIST) return area_error(code, "cannot give a file its name back", object.key);
  // A third one has come meanwhile. It would have replaced what lies aside; that is kept all the same.
  log_.write(LogLevel::error, "area.kept_aside",
             {{"key", object.key}, {"file", (place.path.empty() ? "" : place.path + "/") + aside}});
  return object_replaced(object.key);
}

}  // namespace strongroom::areas
