#include "cli/spill_files.hpp"
#include "cli/local_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace strongroom::cli {
namespace {

/// A descriptor that several readers share; each keeps its own place.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

class SpillReader final : public ByteSource {
 public:
  explicit SpillReader(std::shared_ptr<OpenFile> file) : file_(std::move(file)) {}
  Result<std::size_t> read(ByteSpan into) override {
    for (;;) {
      const ssize_t n = ::pread(file_->get(), into.data(), into.size(), static_cast<off_t>(at_));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return broken("a temporary file cannot be read: " + reason_of(errno));
      at_ += static_cast<std::uint64_t>(n);
      return static_cast<std::size_t>(n);
    }
  }

 private:
  std::shared_ptr<OpenFile> file_;
  std::uint64_t at_ = 0;
};

class SpillFile final : public Spill {
 public:
  explicit SpillFile(std::shared_ptr<OpenFile> file) : file_(std::move(file)) {}
  Result<void> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::write(file_->get(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return broken("a temporary file cannot be written: " + reason_of(errno));
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
  }
  Result<std::unique_ptr<ByteSource>> open() override {
    return std::unique_ptr<ByteSource>(std::make_unique<SpillReader>(file_));
  }

 private:
  std::shared_ptr<OpenFile> file_;
};

}  // namespace

Result<std::unique_ptr<Spill>> SpillFiles::create() {
  std::error_code trouble;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(trouble);
  if (trouble) return broken("there is no temporary directory: " + trouble.message() + "; set TMPDIR");
  int descriptor = ::open(directory.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    // Not every file system has files without names.
    std::string name = (directory / "strongroom-XXXXXX").string();
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor >= 0) ::unlink(name.c_str());
  }
  if (descriptor < 0) {
    return broken("no temporary file can be made: " + reason_of(errno) + "; set TMPDIR", directory.string());
  }
  return std::unique_ptr<Spill>(std::make_unique<SpillFile>(std::make_shared<OpenFile>(descriptor)));
}

}  // namespace strongroom::cli
