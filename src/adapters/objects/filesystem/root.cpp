#include "adapters/objects/filesystem/root.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include "adapters/objects/filesystem/durable_names.hpp"
#include "adapters/objects/filesystem/file_io.hpp"
#include "domain/layout.hpp"

namespace strongroom::filesystem {
namespace {

constexpr std::size_t kMarkerMax = 64 << 10;

std::string without_slash(const std::string& prefix) {
  return prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix;
}

Result<Fd> open_directory(const std::string& root, const std::string& prefix) {
  // The configured path itself may lead through links: they are the operator's. Nothing below it may.
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return system_error(Owner::location, errno, "cannot open the location's directory", "");
  if (prefix.empty()) return fd;
  Fd below;
  if (const int code = open_beneath(fd.get(), without_slash(prefix), O_RDONLY | O_DIRECTORY, 0, below)) {
    return system_error(Owner::location, code, "cannot open the location's directory", prefix);
  }
  return below;
}

Result<Marker> marker_in(int directory) {
  const std::string key = layout::location_marker_key();
  Fd fd;
  const int code = open_beneath(directory, key, O_RDONLY | O_NONBLOCK, 0, fd);
  if (code == ENOENT || code == ENOTDIR) {
    return temporary("the directory is not a location: it has no marker", key, Reason::not_found);
  }
  if (code != 0) return system_error(Owner::location, code, "cannot open the location's marker", key);
  std::string text(kMarkerMax, '\0');
  std::size_t n = 0;
  if (const int failed = read_some(fd.get(), 0, std::as_writable_bytes(std::span<char>(text.data(), text.size())), n)) {
    return system_error(Owner::location, failed, "cannot read the location's marker", key);
  }
  text.resize(n);
  return parse_marker(text);
}

}  // namespace

Result<std::string> init_location(const std::string& root, const std::string& prefix, const std::string& label,
                                  Entropy& entropy) {
  const std::string where = root + "/" + prefix;
  std::error_code failed;
  std::filesystem::create_directories(root, failed);
  if (failed) return system_error(Owner::location, failed.value(), "cannot make the location's directory", where);
  TRY(const Fd top, open_directory(root, ""));
  Fd directory;
  int code = make_directories(top.get(), without_slash(prefix), directory);
  Fd inner;
  const std::string key = layout::location_marker_key();
  if (code == 0) code = make_directories(directory.get(), directory_of(key), inner);
  if (code != 0) return system_error(Owner::location, code, "cannot make the location's directory", where);

  std::string uuid = random_uuid(entropy);
  const std::string text = marker_text({uuid, label});
  TRY(NewFile file, NewFile::create(inner.get(), "staging", 0444, Owner::location, key));
  code = write_all(file.fd(), as_bytes(text));
  if (code == 0 && ::fsync(file.fd()) != 0) code = errno;
  if (code == 0) code = file.publish(inner.get(), last_of(key));
  if (code == EEXIST) return rejected("the directory is a location already", where, Reason::already_exists);
  if (code == 0) code = DurableNames().sync(top.get(), prefix + directory_of(key));
  if (code == 0) {
    const Fd parent(::openat(top.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent.valid() || ::fsync(parent.get()) != 0) code = errno;
  }
  if (code != 0) return system_error(Owner::location, code, "cannot write the location's marker", where);
  return uuid;
}

Result<Marker> read_marker(const std::string& root, const std::string& prefix) {
  TRY(const Fd directory, open_directory(root, prefix));
  return marker_in(directory.get());
}

RootPath::RootPath(std::string root, const std::string& prefix, std::string uuid)
    : root_(std::move(root)), prefix_(prefix), uuid_(std::move(uuid)) {}

Result<Fd> RootPath::open() const {
  TRY(Fd directory, open_directory(root_, prefix_));
  TRY(const Marker marker, marker_in(directory.get()));
  if (marker.uuid != uuid_) {
    return temporary("another location lies where this one should be", layout::location_marker_key(), Reason::conflict);
  }
  return directory;
}

Result<void> RootPath::still_same(int root) const {
  TRY(const Fd now, open());
  struct stat before{};
  struct stat after{};
  if (::fstat(root, &before) != 0 || ::fstat(now.get(), &after) != 0) {
    return system_error(Owner::location, errno, "cannot look at the location's directory", "");
  }
  if (before.st_dev != after.st_dev || before.st_ino != after.st_ino) {
    return temporary("the location's directory was replaced", "", Reason::conflict);
  }
  return {};
}

}  // namespace strongroom::filesystem
