#include "adapters/objects/filesystem/working_storage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <vector>

#include "adapters/objects/filesystem/file_io.hpp"
#include "adapters/objects/filesystem/location.hpp"
#include "adapters/objects/filesystem/tree.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"

namespace strongroom::filesystem {
namespace {

constexpr const char* kBoot = "boot";
constexpr std::size_t kWriteBuffer = 64 << 10;
/// From this size room is reserved at once; above the second number a header's word is not enough to reserve by.
constexpr std::uint64_t kReserveFrom = limits::kMiB;
constexpr std::uint64_t kReserveMax = limits::kGiB;

Error taken(const std::string& name) {
  return rejected("the name is there already, or is a directory elsewhere", name, Reason::already_exists);
}

/// Collects small writes.
class Buffered {
 public:
  explicit Buffered(std::string where) : where_(std::move(where)) {}
  Result<void> write(int fd, ByteView bytes) {
    if (held_.size() + bytes.size() > kWriteBuffer) TRY_VOID(flush(fd));
    if (bytes.size() >= kWriteBuffer) return to_file(fd, bytes);
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> flush(int fd) {
    if (held_.empty()) return {};
    TRY_VOID(to_file(fd, held_));
    held_.clear();
    return {};
  }
  [[nodiscard]] std::uint64_t written() const { return written_; }

 private:
  Result<void> to_file(int fd, ByteView bytes) {
    if (const int code = write_all(fd, bytes)) {
      return system_error(Owner::working, code, "cannot write to working storage", where_);
    }
    written_ += bytes.size();
    return {};
  }
  std::string where_;
  std::vector<std::byte> held_;
  std::uint64_t written_ = 0;
};

/// A file under its name, or a blob under a temporary one.
class OpenWorkFile final : public WorkFile {
 public:
  OpenWorkFile(std::shared_ptr<const Fd> directory, Fd fd, std::string name, std::string final_name,
               std::uint64_t reserved, std::string where)
      : directory_(std::move(directory)),
        fd_(std::move(fd)),
        name_(std::move(name)),
        final_name_(std::move(final_name)),
        reserved_(reserved),
        where_(where),
        buffer_(std::move(where)) {}
  ~OpenWorkFile() override {
    if (!finished_) ::unlinkat(directory_->get(), name_.c_str(), 0);
  }
  Result<void> write(ByteView bytes) override { return buffer_.write(fd_.get(), bytes); }
  Result<void> finish() override {
    if (finished_) return {};
    TRY_VOID(buffer_.flush(fd_.get()));
    int code = 0;
    if (buffer_.written() < reserved_ && ::ftruncate(fd_.get(), static_cast<off_t>(buffer_.written())) != 0) {
      code = errno;
    }
    if (code == 0 && name_ != final_name_ &&
        ::renameat(directory_->get(), name_.c_str(), directory_->get(), final_name_.c_str()) != 0) {
      code = errno;
    }
    if (code != 0) return system_error(Owner::working, code, "cannot finish a file in working storage", where_);
    finished_ = true;
    fd_ = Fd();
    return {};
  }

 private:
  std::shared_ptr<const Fd> directory_;
  Fd fd_;
  std::string name_;
  std::string final_name_;
  std::uint64_t reserved_;
  std::string where_;
  Buffered buffer_;
  bool finished_ = false;
};

/// Reads a spill while others read it too.
class SpillSource final : public ByteSource {
 public:
  explicit SpillSource(std::shared_ptr<const Fd> fd) : fd_(std::move(fd)) {}
  Result<std::size_t> read(ByteSpan into) override {
    std::size_t n = 0;
    if (const int code = read_some(fd_->get(), at_, into, n)) {
      return system_error(Owner::working, code, "cannot read a spill", "");
    }
    at_ += n;
    return n;
  }

 private:
  std::shared_ptr<const Fd> fd_;
  std::uint64_t at_ = 0;
};

class FileSpill final : public Spill {
 public:
  explicit FileSpill(Fd fd) : fd_(std::make_shared<const Fd>(std::move(fd))), buffer_("") {}
  Result<void> write(ByteView bytes) override { return buffer_.write(fd_->get(), bytes); }
  Result<std::unique_ptr<ByteSource>> open() override {
    TRY_VOID(buffer_.flush(fd_->get()));
    return std::unique_ptr<ByteSource>(std::make_unique<SpillSource>(fd_));
  }

 private:
  std::shared_ptr<const Fd> fd_;
  Buffered buffer_;
};

/// Where a name is kept: in `files/` as it is, or in `long/` under its digest.
std::string place_of(const std::string& name) {
  bool fits = name.size() <= limits::kKeyMax;
  std::size_t component = 0;
  for (std::size_t i = 0; fits && i <= name.size(); ++i) {
    component = i == name.size() || name[i] == '/' ? 0 : component + 1;
    fits = component <= limits::kSegmentMax;
  }
  return fits ? "files/" + name : "long/" + digest_of(Algorithm::sha256, name).hex();
}

class FilesystemWorkArea final : public WorkArea {
 public:
  FilesystemWorkArea(Fd area, bool resumed) : area_(std::move(area)), resumed_(resumed), directories_(area_.get()) {}

  [[nodiscard]] bool resumed() const override { return resumed_; }
  Result<std::unique_ptr<Spill>> create() override;
  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) override;
  Result<void> create_directory(const std::string& name) override;
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& name) override;
  Result<void> clear_files() override;
  Result<std::unique_ptr<WorkFile>> create_blob(const std::string& name) override;
  Result<std::unique_ptr<ByteSource>> open_blob(const std::string& name) override;

 private:
  Result<std::unique_ptr<ByteSource>> open_path(const std::string& path, const std::string& name);

  Fd area_;
  bool resumed_;
  DirectoryCache directories_;
  std::atomic<std::uint64_t> counter_ = 0;
};

Result<std::unique_ptr<Spill>> FilesystemWorkArea::create() {
  int fd = ::openat(area_.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  while (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == EEXIST)) {
    const std::string name = "spill-" + std::to_string(counter_++);
    fd = ::openat(area_.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) ::unlinkat(area_.get(), name.c_str(), 0);
  }
  if (fd < 0) return system_error(Owner::working, errno, "cannot make a spill", "");
  return std::unique_ptr<Spill>(std::make_unique<FileSpill>(Fd(fd)));
}

Result<std::unique_ptr<WorkFile>> FilesystemWorkArea::create_file(const std::string& name,
                                                                  std::uint64_t expected_size) {
  if (!is_relative_path(name)) return broken("not a name of an unpacked file", name);
  const std::string path = place_of(name);
  std::shared_ptr<const Fd> directory;
  int code = directories_.get(directory_of(path), directory);
  if (code == ENOTDIR || code == EEXIST) return taken(name);
  if (code != 0) return system_error(Owner::working, code, "cannot make a directory in working storage", name);
  const std::string last = last_of(path);
  Fd fd(::openat(directory->get(), last.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) {
    code = errno;
    if (code == EEXIST || code == EISDIR || code == ENOTDIR) return taken(name);
    return system_error(Owner::working, code, "cannot make a file in working storage", name);
  }
  std::uint64_t reserved = 0;
  if (expected_size >= kReserveFrom && expected_size <= kReserveMax &&
      ::fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(expected_size)) == 0) {
    reserved = expected_size;
  }
  return std::unique_ptr<WorkFile>(
      std::make_unique<OpenWorkFile>(std::move(directory), std::move(fd), last, last, reserved, name));
}

Result<void> FilesystemWorkArea::create_directory(const std::string& name) {
  if (!is_relative_path(name)) return broken("not a name of an unpacked directory", name);
  std::shared_ptr<const Fd> directory;
  const int code = directories_.get(place_of(name), directory);
  if (code == ENOTDIR || code == EEXIST) return taken(name);
  if (code != 0) return system_error(Owner::working, code, "cannot make a directory in working storage", name);
  return {};
}

Result<std::unique_ptr<ByteSource>> FilesystemWorkArea::open_path(const std::string& path, const std::string& name) {
  Fd fd;
  const int code = open_beneath(area_.get(), path, O_RDONLY, 0, fd);
  if (code == ENOENT || code == ENOTDIR) return broken("working storage lacks a file", name, Reason::not_found);
  if (code != 0) return system_error(Owner::working, code, "cannot open a file in working storage", name);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return system_error(Owner::working, errno, "cannot look at a file", name);
  if (!S_ISREG(facts.st_mode)) return broken("working storage lacks a file", name, Reason::not_found);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(
      std::make_shared<const Fd>(std::move(fd)), 0, static_cast<std::uint64_t>(facts.st_size), Owner::working, name));
}

Result<std::unique_ptr<ByteSource>> FilesystemWorkArea::open_file(const std::string& name) {
  return is_relative_path(name)
             ? open_path(place_of(name), name)
             : Result<std::unique_ptr<ByteSource>>(broken("working storage lacks a file", name, Reason::not_found));
}

Result<void> FilesystemWorkArea::clear_files() {
  directories_.clear();
  for (const char* name : {"files", "long"}) {
    if (const int code = remove_tree(area_.get(), name)) {
      return system_error(Owner::working, code, "cannot clear working storage", name);
    }
  }
  return {};
}

Result<std::unique_ptr<WorkFile>> FilesystemWorkArea::create_blob(const std::string& name) {
  if (!is_relative_path(name) || name.find('/') != std::string::npos) return broken("not a name of a blob", name);
  std::shared_ptr<const Fd> directory;
  if (const int code = directories_.get("blobs", directory)) {
    return system_error(Owner::working, code, "cannot make a directory in working storage", name);
  }
  // The slash-free name of a blob never has this form, and a number is used once in the life of an area's object.
  for (;;) {
    const std::string temporary_name = ".new-" + std::to_string(counter_++) + "-" + name;
    Fd fd(
        ::openat(directory->get(), temporary_name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd.valid() && errno == EEXIST) continue;
    if (!fd.valid()) return system_error(Owner::working, errno, "cannot make a blob", name);
    return std::unique_ptr<WorkFile>(
        std::make_unique<OpenWorkFile>(std::move(directory), std::move(fd), temporary_name, name, 0, name));
  }
}

Result<std::unique_ptr<ByteSource>> FilesystemWorkArea::open_blob(const std::string& name) {
  return open_path("blobs/" + name, name);
}

std::string area_name(const IngestId& ingest, Fence fence) { return ingest.str() + "-" + std::to_string(fence.number); }

}  // namespace

Result<std::unique_ptr<FilesystemWorkingStorage>> FilesystemWorkingStorage::open_root(const std::string& root,
                                                                                      std::string boot_id) {
  if (::mkdir(root.c_str(), 0755) != 0 && errno != EEXIST) {
    return system_error(Owner::working, errno, "cannot make the working directory", "");
  }
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return system_error(Owner::working, errno, "cannot open the working directory", "");
  return std::unique_ptr<FilesystemWorkingStorage>(new FilesystemWorkingStorage(std::move(fd), std::move(boot_id)));
}

bool FilesystemWorkingStorage::is_of_this_boot(const std::string& name) const {
  Fd fd;
  if (open_beneath(root_.get(), name + "/" + kBoot, O_RDONLY | O_NONBLOCK, 0, fd) != 0) return false;
  std::string text(boot_id_.size() + 1, '\0');
  std::size_t n = 0;
  const ByteSpan into = std::as_writable_bytes(std::span<char>(text.data(), text.size()));
  return read_some(fd.get(), 0, into, n) == 0 && text.substr(0, n) == boot_id_;
}

Result<void> FilesystemWorkingStorage::remove_where(const IngestId& ingest, Fence up_to, const std::string& but) {
  TRY(const std::vector<std::string> names, names_in(root_.get(), Owner::working));
  for (const std::string& name : names) {
    const auto fence = fence_in_name(name, ingest);
    if (!fence || *fence > up_to || name == but) continue;
    if (const int code = remove_tree(root_.get(), name)) {
      return system_error(Owner::working, code, "cannot remove an area of working storage", name);
    }
  }
  return {};
}

Result<std::unique_ptr<WorkArea>> FilesystemWorkingStorage::open(const IngestId& ingest, Fence fence,
                                                                 std::optional<Fence> adopt) {
  const std::scoped_lock lock(mutex_);
  const std::string own = area_name(ingest, fence);
  bool resumed = is_of_this_boot(own);
  for (Fence earlier{fence.number - 1}; !resumed && adopt && earlier >= *adopt; --earlier.number) {
    const std::string theirs = area_name(ingest, earlier);
    if (!is_of_this_boot(theirs)) continue;
    int code = remove_tree(root_.get(), own);
    if (code == 0) code = rename_no_replace(root_.get(), theirs, root_.get(), own);
    if (code != 0) return system_error(Owner::working, code, "cannot take over an area of working storage", own);
    resumed = true;
  }
  TRY_VOID(remove_where(ingest, fence, resumed ? own : std::string()));
  Fd area;
  int code = make_directories(root_.get(), own, area);
  if (code == 0 && !resumed) {
    Fd boot;
    code = open_beneath(area.get(), kBoot, O_WRONLY | O_CREAT | O_EXCL, 0600, boot);
    if (code == 0) code = write_all(boot.get(), as_bytes(boot_id_));
  }
  if (code != 0) return system_error(Owner::working, code, "cannot make an area of working storage", own);
  return std::unique_ptr<WorkArea>(std::make_unique<FilesystemWorkArea>(std::move(area), resumed));
}

Result<void> FilesystemWorkingStorage::remove(const IngestId& ingest, Fence fence) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(remove_where(ingest, fence, ""));
  // The ingest ends next, and then nobody comes back for what a loss of power brings to light again.
  if (::fsync(root_.get()) != 0) return system_error(Owner::working, errno, "cannot sync the working directory", "");
  return {};
}

}  // namespace strongroom::filesystem
