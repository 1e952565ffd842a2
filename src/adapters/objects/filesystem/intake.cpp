#include "adapters/objects/filesystem/intake.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/objects/filesystem/file_io.hpp"

namespace strongroom::filesystem {
namespace {

/// From so many files on it takes a while to write them out; the bytes of large ones are on their way already.
constexpr std::uint64_t kMany = 1000;

Error taken(const std::string& name) {
  return rejected("the name is there already, or is a directory elsewhere", name, Reason::already_exists);
}

/// A file under its name, gone again unless it is finished.
class IntakeFile final : public WorkFile {
 public:
  IntakeFile(std::shared_ptr<const Fd> directory, Fd fd, std::string last, std::uint64_t expected_size,
             std::string where)
      : directory_(std::move(directory)),
        fd_(std::move(fd)),
        last_(std::move(last)),
        where_(std::move(where)),
        writer_(fd_.get(), expected_size) {}
  ~IntakeFile() override {
    if (fd_.valid()) ::unlinkat(directory_->get(), last_.c_str(), 0);
  }
  IntakeFile(const IntakeFile&) = delete;
  IntakeFile& operator=(const IntakeFile&) = delete;

  Result<void> write(ByteView bytes) override {
    if (const int code = writer_.write(bytes)) {
      return system_error(Owner::location, code, "cannot write a staged file", where_);
    }
    return {};
  }
  Result<void> finish() override {
    int code = writer_.finish();
    if (code == 0) code = set_mode(fd_.get(), 0444);
    if (code != 0) return system_error(Owner::location, code, "cannot finish a staged file", where_);
    fd_ = Fd();
    return {};
  }

 private:
  std::shared_ptr<const Fd> directory_;
  Fd fd_;
  std::string last_;
  std::string where_;
  FileWriter writer_;
};

}  // namespace

Result<DirectoryCache*> FilesystemIntake::tree() {
  if (directories_) return directories_.get();
  if (const int code = make_directories(root_->get(), staging_ + staged::kUnpacked, tree_fd_)) {
    return system_error(Owner::location, code, "cannot make a staging directory", staging_);
  }
  directories_ = std::make_unique<DirectoryCache>(tree_fd_.get());
  return directories_.get();
}

Result<std::unique_ptr<WorkFile>> FilesystemIntake::create_file(const std::string& name, std::uint64_t expected_size) {
  if (!is_relative_path(name)) return broken("not a name of an unpacked file", name);
  TRY(DirectoryCache * directories, tree());
  std::shared_ptr<const Fd> directory;
  const int code = directories->get(directory_of(name), directory);
  if (code == ENOTDIR || code == EEXIST) return taken(name);
  if (code != 0) return system_error(Owner::location, code, "cannot make a staging directory", name);
  std::string last = last_of(name);
  Fd fd(::openat(directory->get(), last.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444));
  if (!fd.valid()) {
    if (errno == EEXIST || errno == EISDIR || errno == ENOTDIR) return taken(name);
    return system_error(Owner::location, errno, "cannot make a staged file", name);
  }
  ++files_;
  return std::unique_ptr<WorkFile>(
      std::make_unique<IntakeFile>(std::move(directory), std::move(fd), std::move(last), expected_size, name));
}

Result<void> FilesystemIntake::create_directory(const std::string& name) {
  if (!is_relative_path(name)) return broken("not a name of an unpacked directory", name);
  TRY(DirectoryCache * directories, tree());
  with_directories_ = true;
  std::shared_ptr<const Fd> directory;
  const int code = directories->get(name, directory);
  if (code == ENOTDIR || code == EEXIST) return taken(name);
  if (code != 0) return system_error(Owner::location, code, "cannot make a staging directory", name);
  return {};
}

Result<void> FilesystemIntake::finish() {
  TRY_VOID(tree());
  Fd mark;
  int code = open_beneath(root_->get(), staging_ + staged::kFilled, O_WRONLY | O_CREAT | O_TRUNC, 0600, mark);
  if (code == 0 && with_directories_) code = write_all(mark.get(), as_bytes(std::string(staged::kWithDirectories)));
  if (code != 0) return system_error(Owner::location, code, "cannot mark what is staged as whole", staging_);
  if (write_out_ != nullptr && files_ >= kMany) write_out_->begin(root_->get());
  return {};
}

Result<void> FilesystemIntake::clear() {
  directories_.reset();
  tree_fd_ = Fd();
  if (const int code = remove_tree(root_->get(), staging_)) {
    return system_error(Owner::location, code, "cannot clear staging", staging_);
  }
  return {};
}

Result<std::unique_ptr<ByteSource>> FilesystemIntake::open_file(const std::string& root, const std::string& name) {
  if (!is_relative_path(root + name)) return rejected("nothing of that name is staged", name, Reason::not_found);
  Fd fd;
  int code = open_beneath(root_->get(), staging_ + staged::kUnpacked + "/" + root + name, O_RDONLY | O_NONBLOCK, 0, fd);
  if (code == ENOENT || code == ENOTDIR) {
    code = open_beneath(root_->get(), staging_ + staged::kTree + "/" + name, O_RDONLY | O_NONBLOCK, 0, fd);
  }
  if (code == ENOENT || code == ENOTDIR || code == ENAMETOOLONG) {
    return rejected("nothing of that name is staged", name, Reason::not_found);
  }
  if (code != 0) return system_error(Owner::location, code, "cannot open a staged file", name);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return system_error(Owner::location, errno, "cannot look at a staged file", name);
  if (!S_ISREG(facts.st_mode)) return rejected("nothing of that name is staged", name, Reason::not_found);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(
      std::make_shared<const Fd>(std::move(fd)), 0, static_cast<std::uint64_t>(facts.st_size), Owner::location, name));
}

}  // namespace strongroom::filesystem
