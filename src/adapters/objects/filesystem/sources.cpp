#include "adapters/objects/filesystem/sources.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/objects/filesystem/ahead_reader.hpp"
#include "adapters/objects/filesystem/durable_names.hpp"
#include "adapters/objects/filesystem/file_io.hpp"

namespace strongroom::filesystem {
namespace {

/// A path a depositor may name: relative, clean, and not one of ours.
bool is_package_path(const std::string& path) {
  return is_relative_path(path) && !path.starts_with(kUnfinishedUploads);
}

/// The file's own facts; the inode's number tells a replaced file from a rewritten one.
SourceIdentity identity_of(const struct stat& facts) {
  const auto nanoseconds = static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec;
  return {std::to_string(facts.st_size) + ":" + std::to_string(nanoseconds) + ":" + std::to_string(facts.st_ino),
          static_cast<std::uint64_t>(facts.st_size)};
}

class FilePackage final : public PackageSource, private RandomAccess {
 public:
  FilePackage(Fd area, Fd file, const struct stat& facts, std::string path, std::string shown)
      : area_(std::move(area)),
        file_(std::move(file)),
        facts_(facts),
        identity_(identity_of(facts)),
        path_(std::move(path)),
        shown_(std::move(shown)),
        ahead_(AheadReader::open(file_.get(), identity_.size)) {}

  [[nodiscard]] const SourceIdentity& identity() const override { return identity_; }
  Result<std::size_t> read(ByteSpan into) override {
    std::size_t n = 0;
    const int code = ahead_ ? ahead_->read(into, n) : read_some(file_.get(), at_, into, n);
    if (code != 0) return system_error(Owner::source, code, "cannot read the package", shown_);
    at_ += n;
    return n;
  }
  [[nodiscard]] RandomAccess& anywhere() override { return *this; }
  [[nodiscard]] std::uint64_t size() const override { return identity_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      std::size_t n = 0;
      if (const int code = read_some(file_.get(), offset + filled, into.subspan(filled), n)) {
        return system_error(Owner::source, code, "cannot read the package", shown_);
      }
      if (n == 0) break;
      filled += n;
    }
    return filled;
  }
  Result<void> check_unchanged() override {
    struct stat now{};
    if (::fstat(file_.get(), &now) != 0) {
      return system_error(Owner::source, errno, "cannot look at the package", shown_);
    }
    // The path may lead to another file by now, which the open one knows nothing of.
    struct stat there{};
    const int code = stat_beneath(area_.get(), path_, there);
    if (code != 0 && code != ENOENT && code != ENOTDIR && code != ELOOP) {
      return system_error(Owner::source, code, "cannot look at the package", shown_);
    }
    const bool same =
        code == 0 && identity_of(now) == identity_ && identity_of(there) == identity_ && there.st_dev == facts_.st_dev;
    if (!same) return rejected("the package changed while it was being read", shown_, Reason::conflict);
    return {};
  }

 private:
  Fd area_;
  Fd file_;
  struct stat facts_;
  SourceIdentity identity_;
  std::string path_;
  std::string shown_;
  std::unique_ptr<AheadReader> ahead_;
  std::uint64_t at_ = 0;
};

class FileUpload final : public Upload {
 public:
  FileUpload(Fd area, NewFile file, std::string path, std::string shown)
      : area_(std::move(area)), file_(std::move(file)), path_(std::move(path)), shown_(std::move(shown)) {}

  Result<void> write(ByteView bytes) override {
    if (const int code = write_all(file_.fd(), bytes)) {
      return system_error(Owner::location, code, "cannot write an upload", shown_);
    }
    hasher_.update(bytes);
    size_ += bytes.size();
    return {};
  }
  Result<UploadReceipt> commit() override {
    if (::fsync(file_.fd()) != 0) return system_error(Owner::location, errno, "cannot make an upload durable", shown_);
    Fd directory;
    int code = make_directories(area_.get(), directory_of(path_), directory);
    if (code == 0) code = file_.publish(directory.get(), last_of(path_));
    if (code == EEXIST || code == ENOTDIR || code == ELOOP) {
      return rejected("the path is taken", shown_, Reason::already_exists);
    }
    // Nothing is remembered: directories of an area go when they are empty.
    if (code == 0) code = DurableNames().sync(area_.get(), directory_of(path_));
    if (code != 0) return system_error(Owner::location, code, "cannot store an upload", shown_);
    return UploadReceipt{size_, hasher_.finish()};
  }

 private:
  Fd area_;
  NewFile file_;
  std::string path_;
  std::string shown_;
  Hasher hasher_{Algorithm::sha256};
  std::uint64_t size_ = 0;
};

Result<Fd> open_area(const std::map<std::string, std::string>& areas, const std::string& name) {
  const auto area = areas.find(name);
  if (area == areas.end()) return rejected("there is no such upload area", name, Reason::no_container);
  Fd fd(::open(area->second.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // The area is configured: when its directory cannot be opened, that is an operator's to mend.
  if (!fd.valid()) return system_error(Owner::location, errno, "cannot open the upload area", name);
  return fd;
}

}  // namespace

Result<std::unique_ptr<PackageSource>> UploadAreas::open(const SourceLocation& location) {
  TRY(Fd area, open_area(areas_, location.bucket));
  const std::string shown = location.text();
  Fd file;
  const int code =
      is_package_path(location.path) ? open_beneath(area.get(), location.path, O_RDONLY | O_NONBLOCK, 0, file) : ENOENT;
  if (code == ENOENT || code == ENOTDIR || code == ELOOP || code == EXDEV || code == ENAMETOOLONG || code == ENXIO) {
    return rejected("there is nothing at this path", shown, Reason::not_found);
  }
  if (code != 0) return system_error(Owner::source, code, "cannot open the package", shown);
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return system_error(Owner::source, errno, "cannot look at the package", shown);
  if (!S_ISREG(facts.st_mode)) return rejected("there is no file at this path", shown, Reason::not_found);
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<PackageSource>(
      std::make_unique<FilePackage>(std::move(area), std::move(file), facts, location.path, shown));
}

Result<std::unique_ptr<Upload>> UploadAreas::begin(const std::string& area, const std::string& path) {
  TRY(Fd directory, open_area(areas_, area));
  const std::string shown = SourceLocation{Provider::filesystem, area, path}.text();
  if (!is_package_path(path)) return broken("not a path of an upload", shown);
  struct stat facts{};
  const int code = stat_beneath(directory.get(), path, facts);
  if (code == 0 || code == ENOTDIR || code == ELOOP) {
    return rejected("the path is taken", shown, Reason::already_exists);
  }
  if (code != ENOENT) return system_error(Owner::location, code, "cannot look at the path", shown);
  TRY(NewFile file, NewFile::create(directory.get(), std::string(kUnfinishedUploads), 0644, Owner::location, shown));
  return std::unique_ptr<Upload>(std::make_unique<FileUpload>(std::move(directory), std::move(file), path, shown));
}

Result<void> UploadAreas::remove(const std::string& area, const std::string& path) {
  TRY(const Fd top, open_area(areas_, area));
  const std::string shown = SourceLocation{Provider::filesystem, area, path}.text();
  if (!is_package_path(path)) return broken("not a path of an upload", shown);
  std::string name = path;
  for (bool is_file = true;; is_file = false) {
    const std::string above(directory_of(name));
    Fd directory;
    int code = above.empty() ? 0 : open_beneath(top.get(), above, O_RDONLY | O_DIRECTORY, 0, directory);
    const int parent = above.empty() ? top.get() : directory.get();
    if (code == 0 && ::unlinkat(parent, std::string(last_of(name)).c_str(), is_file ? 0 : AT_REMOVEDIR) != 0) {
      code = errno;
    }
    const bool gone = code == ENOENT || code == ENOTDIR || code == ELOOP;
    if (is_file && code != 0 && !gone) return system_error(Owner::location, code, "cannot remove an upload", shown);
    // A directory that others use stays; which error tells so differs between filesystems.
    if ((!is_file && code != 0) || above.empty()) return ok();
    name = above;
  }
}

}  // namespace strongroom::filesystem
