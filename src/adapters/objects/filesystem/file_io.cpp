#include "adapters/objects/filesystem/file_io.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

namespace strongroom::filesystem {
namespace {

/// From this size a file is preallocated and written past the page cache; below, the cache merges small writes better.
constexpr std::uint64_t kDirectFrom = std::uint64_t{1} << 20;
constexpr std::size_t kIoBuffer = std::size_t{1} << 20;
constexpr std::size_t kBlock = AlignedBuffer::kAlignment;
/// Room is reserved in steps: a size that was announced may be a lie.
constexpr std::uint64_t kReserveStep = std::uint64_t{1} << 30;

std::size_t buffer_for(std::uint64_t size) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(size + 1, kIoBuffer));
}

/// Direct I/O on or off; false when the filesystem does not have it.
bool set_direct(int fd, bool on) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return false;
  return ::fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

}  // namespace

FileWriter::FileWriter(int fd, std::uint64_t expected_size)
    : fd_(fd), expected_size_(expected_size), large_(expected_size >= kDirectFrom) {
  if (large_) direct_ = set_direct(fd_, true);
}

int FileWriter::reserve() {
  const std::uint64_t step = std::min(expected_size_ - reserved_, kReserveStep);
  const int done =
      ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved_), static_cast<off_t>(step)) == 0 ? 0 : errno;
  // Where nothing can be reserved it is not asked for again.
  reserved_ = done == 0 ? reserved_ + step : expected_size_;
  return done == ENOSPC ? ENOSPC : 0;
}

int FileWriter::write(ByteView bytes) {
  while (large_ && reserved_ < expected_size_ && written_ + bytes.size() > reserved_) {
    if (const int code = reserve()) return code;
  }
  written_ += bytes.size();
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % kBlock == 0;
  const std::size_t whole = aligned ? bytes.size() / kBlock * kBlock : 0;
  if (direct_ && whole > 0) {
    const ssize_t n = ::write(fd_, bytes.data(), whole);
    if (n < 0 && errno != EINVAL && errno != EINTR) return errno;
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  if (bytes.empty()) return 0;
  // A short or refused direct write, or the tail of the file: the cache takes the rest.
  if (direct_) direct_ = !set_direct(fd_, false);
  return write_all(fd_, bytes);
}

int FileWriter::finish() {
  if (reserved_ <= written_) return 0;
  return ::ftruncate(fd_, static_cast<off_t>(written_)) == 0 ? 0 : errno;
}

Result<void> write_verified(int fd, ByteSource& source, std::uint64_t size, const Digest& sha256, Owner owner,
                            const std::string& where) {
  FileWriter writer(fd, size);
  AlignedBuffer buffer(buffer_for(size));
  Hasher hasher(Algorithm::sha256);
  std::uint64_t total = 0;
  for (;;) {
    TRY(const std::size_t n, read_full(source, buffer.span()));
    total += n;
    if (n == 0 || total > size) break;
    const ByteView bytes = buffer.span().first(n);
    hasher.update(bytes);
    if (const int code = writer.write(bytes)) {
      return system_error(owner, code, "cannot write a file", where);
    }
    if (n < buffer.span().size()) break;
  }
  if (total != size || hasher.finish() != sha256) {
    return broken("the bytes offered are not those of the inventory", where, Reason::corrupt);
  }
  return {};
}

Result<Measured> measure_file(int fd, Owner owner, const std::string& where) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return system_error(owner, errno, "cannot look at a file", where);
  AlignedBuffer buffer(buffer_for(static_cast<std::uint64_t>(facts.st_size)));
  Hasher hasher(Algorithm::sha256);
  std::uint64_t size = 0;
  for (;;) {
    std::size_t n = 0;
    if (const int code = read_some(fd, size, buffer.span(), n)) {
      return system_error(owner, code, "cannot read a file", where);
    }
    hasher.update(buffer.span().first(n));
    size += n;
    if (n < buffer.span().size()) return Measured{hasher.finish(), size};
  }
}

Result<bool> same_bytes(int a, int b, Owner owner, const std::string& where) {
  AlignedBuffer left(kIoBuffer / 4);
  AlignedBuffer right(kIoBuffer / 4);
  for (std::uint64_t at = 0;;) {
    std::size_t n = 0;
    std::size_t m = 0;
    int code = read_some(a, at, left.span(), n);
    if (code == 0) code = read_some(b, at, right.span(), m);
    if (code != 0) return system_error(owner, code, "cannot read a file", where);
    if (n != m || std::memcmp(left.span().data(), right.span().data(), n) != 0) return false;
    if (n < left.span().size()) return true;
    at += n;
  }
}

int open_for_medium(int directory, const std::string& name, Fd& out, bool& direct) {
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
  direct = true;
  out = Fd(::openat(directory, name.c_str(), kFlags | O_DIRECT));
  if (!out.valid() && errno == EINVAL) {
    direct = false;
    out = Fd(::openat(directory, name.c_str(), kFlags));
  }
  return out.valid() ? 0 : errno;
}

Result<void> read_medium(int fd, std::uint64_t size, bool direct, ByteSink& sink, Owner owner,
                         const std::string& where) {
  if (!direct) ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  AlignedBuffer buffer(buffer_for(size));
  for (std::uint64_t at = 0;;) {
    const ssize_t n = ::pread(fd, buffer.span().data(), buffer.span().size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EINVAL && direct) {
      // Larger blocks than ours, or a filesystem that says so only now.
      set_direct(fd, false);
      direct = false;
      ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      continue;
    }
    if (n < 0) return system_error(owner, errno, "cannot read a file back", where);
    if (n == 0) return {};
    TRY_VOID(sink.write(buffer.span().first(static_cast<std::size_t>(n))));
    at += static_cast<std::uint64_t>(n);
    // Only the end of a file leaves a direct read short of a whole block; asking again from there would be refused.
    if (static_cast<std::size_t>(n) % kBlock != 0 && direct) return {};
  }
}

FileSource::FileSource(std::shared_ptr<const Fd> fd, std::uint64_t first, std::uint64_t length, Owner owner,
                       std::string where)
    : fd_(std::move(fd)), at_(first), left_(length), owner_(owner), where_(std::move(where)) {}

Result<std::size_t> FileSource::read(ByteSpan into) {
  if (left_ == 0) return std::size_t{0};
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, into.size()));
  std::size_t n = 0;
  if (const int code = read_some(fd_->get(), at_, into.first(wanted), n)) {
    return system_error(owner_, code, "cannot read a file", where_);
  }
  if (n == 0) return broken("a file ends too early", where_, Reason::truncated);
  at_ += n;
  left_ -= n;
  return n;
}

Result<NewFile> NewFile::create(int root, const std::string& fallback, mode_t mode, Owner owner,
                                const std::string& where) {
  NewFile made;
  int fd = ::openat(root, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT)) {
    if (const int code = make_directories(root, fallback, made.temporary_directory_)) {
      return system_error(owner, code, "cannot make a temporary directory", where);
    }
    for (int n = 0; fd < 0; ++n) {
      made.temporary_name_ = "new-" + std::to_string(::getpid()) + "-" + std::to_string(n);
      fd = ::openat(made.temporary_directory_.get(), made.temporary_name_.c_str(),
                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
      if (fd < 0 && errno != EEXIST) break;
    }
    if (fd < 0) made.temporary_name_.clear();
  }
  if (fd < 0) return system_error(owner, errno, "cannot make a temporary file", where);
  made.fd_ = Fd(fd);
  if (const int code = set_mode(fd, mode)) return system_error(owner, code, "cannot set the mode of a file", where);
  return made;
}

NewFile::~NewFile() {
  if (!temporary_name_.empty()) ::unlinkat(temporary_directory_.get(), temporary_name_.c_str(), 0);
}

int NewFile::publish(int directory, const std::string& name) {
  if (!temporary_name_.empty()) {
    const int code = rename_no_replace(temporary_directory_.get(), temporary_name_, directory, name);
    if (code == 0) temporary_name_.clear();
    return code;
  }
  if (::linkat(fd_.get(), "", directory, name.c_str(), AT_EMPTY_PATH) == 0) return 0;
  if (errno != ENOENT && errno != EPERM) return errno;
  // Without CAP_DAC_READ_SEARCH the way leads through /proc.
  const std::string self = "/proc/self/fd/" + std::to_string(fd_.get());
  return ::linkat(AT_FDCWD, self.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

}  // namespace strongroom::filesystem
