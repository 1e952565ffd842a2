// The few system calls every part of this folder needs, in a form that follows no symbolic link.
//
// Functions return 0 or an errno, because callers decide by it; system_error() turns one into an Error. Paths are
// relative to an open directory and are resolved strictly beneath it. Everything here may be called from any thread.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace strongroom::filesystem {

/// An open file descriptor, closed with its owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Fd() { close(); }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }
  void close();

 private:
  int number_ = -1;
};

/// Whose trouble an error is: permissions on a location are an operator's to mend, on a source the depositor's to know
/// (pipeline.md 2.4).
enum class Owner : std::uint8_t { location, working, source };

/// `what` says what could not be done; the system's text is added. `where` is a key or name, never an absolute path.
[[nodiscard]] Error system_error(Owner owner, int code, std::string_view what, std::string where);

/// Components that are not empty, not `.` or `..`, free of NUL, joined by single slashes.
[[nodiscard]] bool is_relative_path(std::string_view path);
/// The part before the last slash (empty without one) and the part after it.
[[nodiscard]] std::string directory_of(std::string_view path);
[[nodiscard]] std::string last_of(std::string_view path);

/// Opens `path` beneath `directory` with openat2, or by open_walking() where the kernel lacks it. ELOOP or ENOTDIR for
/// a symbolic link anywhere on the way, the last component included.
int open_beneath(int directory, const std::string& path, int flags, mode_t mode, Fd& out);
/// The same by a walk from component to component with O_NOFOLLOW.
int open_walking(int directory, const std::string& path, int flags, mode_t mode, Fd& out);
/// Opens the directory `path` (empty: `directory` itself), making what is missing with mode 0755 whatever the umask.
int make_directories(int directory, const std::string& path, Fd& out);
/// Looks at `path` without following a link in its last component.
int stat_beneath(int directory, const std::string& path, struct stat& out);

int write_all(int fd, ByteView bytes);
/// Reads until `into` is full or the file ends.
int read_some(int fd, std::uint64_t offset, ByteSpan into, std::size_t& n);
/// Gives an open file exactly `mode`; a call is made only when the umask took something away.
int set_mode(int fd, mode_t mode);
/// renameat2 with RENAME_NOREPLACE. Where a filesystem does not know the flag, a directory is renamed plainly (which
/// can replace an empty directory at most) and a file is linked and its old name removed.
int rename_no_replace(int from_directory, const std::string& from, int to_directory, const std::string& to);

}  // namespace strongroom::filesystem
