#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "adapters/objects/filesystem/file_io.hpp"
#include "adapters/objects/filesystem/location.hpp"

namespace strongroom::filesystem {
namespace {

constexpr std::string_view kProbeText = "Strongroom checks with this file that nothing here can be overwritten.\n";
/// Three pairs no archive may lose: by case, by normal form (e with acute, composed and not), by trailing dot.
constexpr std::array<const char*, 6> kNames = {"case", "Case", "\xC3\xA9", "e\xCC\x81", "dot", "dot."};

Error unfit(std::string what, std::string_view where) {
  return broken(std::move(what), std::string(where), Reason::unsupported);
}

/// A file with other bytes than the stored ones must be refused at the same key.
Result<void> probe_create_only(int root, int directory) {
  const std::string key(kProbeKey);
  const std::string name = last_of(key);
  for (const bool first : {true, false}) {
    TRY(NewFile file, NewFile::create(root, std::string(kTemporaryFiles), 0444, Owner::location, key));
    int code = write_all(file.fd(), as_bytes(first ? kProbeText : std::string_view("overwritten\n")));
    if (code == 0 && ::fsync(file.fd()) != 0) code = errno;
    if (code == 0) code = file.publish(directory, name);
    if (code == 0 && !first) return unfit("the filesystem lets a stored file be overwritten", key);
    if (code != 0 && code != EEXIST) return system_error(Owner::location, code, "cannot write", key);
  }
  Fd fd;
  if (const int code = open_beneath(root, key, O_RDONLY, 0, fd)) {
    return system_error(Owner::location, code, "cannot read", key);
  }
  TRY(const Measured stored, measure_file(fd.get(), Owner::location, key));
  if (stored.digest != digest_of(Algorithm::sha256, kProbeText)) {
    return unfit("the file that proves create-only writes has changed", key);
  }
  return {};
}

/// A bind mount shares the device, but nothing can be renamed from one mount into another.
struct Mount {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint64_t id = 0;
  friend bool operator==(const Mount&, const Mount&) = default;
};

Result<Mount> mount_of(int directory) {
  struct statx facts{};
  if (::statx(directory, "", AT_EMPTY_PATH, STATX_MNT_ID | STATX_INO, &facts) != 0) {
    return system_error(Owner::location, errno, "cannot look at a directory", "");
  }
  return Mount{facts.stx_dev_major, facts.stx_dev_minor,
               (facts.stx_mask & STATX_MNT_ID) != 0 ? facts.stx_mnt_id : std::uint64_t{0}};
}

}  // namespace

Result<void> probe_names(int directory) {
  for (const char* name : kNames) {
    const Fd fd(::openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444));
    if (!fd.valid() && errno == EEXIST) return unfit("the filesystem takes two different names for one", name);
    if (!fd.valid()) return system_error(Owner::location, errno, "the filesystem cannot store a name", name);
  }
  TRY(std::vector<std::string> found, names_in(directory, Owner::location));
  std::vector<std::string> wanted(kNames.begin(), kNames.end());
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  if (found != wanted) return unfit("the filesystem does not give names back as they were given", "");
  return {};
}

Result<void> probe(int root) {
  Fd staging;
  Fd directory;
  int code = make_directories(root, directory_of(kProbeKey), directory);
  if (code == 0) code = make_directories(root, std::string(kStaging), staging);
  if (code != 0) return system_error(Owner::location, code, "cannot make a directory in the location", "");
  TRY(const Mount root_mount, mount_of(root));
  TRY(const Mount staging_mount, mount_of(staging.get()));
  if (!(root_mount == staging_mount)) return unfit("staging is not on the filesystem of the location", kStaging);
  TRY_VOID(list_in_order(root, "", "", 1, std::string(kStaging)));
  TRY_VOID(probe_create_only(root, directory.get()));

  // A directory of its own for each starting process; one left by a crash stands in nobody's way.
  std::string name;
  code = EEXIST;
  for (int n = 0; code == EEXIST; ++n) {
    name = "probe-" + std::to_string(n);
    code = ::mkdirat(staging.get(), name.c_str(), 0755) == 0 ? 0 : errno;
  }
  Fd names;
  if (code == 0) code = open_beneath(staging.get(), name, O_RDONLY | O_DIRECTORY, 0, names);
  if (code != 0) return system_error(Owner::location, code, "cannot make a directory in staging", name);
  Result<void> result = probe_names(names.get());
  code = remove_tree(staging.get(), name);
  if (result && code != 0) return system_error(Owner::location, code, "cannot remove from staging", name);
  return result;
}

}  // namespace strongroom::filesystem
