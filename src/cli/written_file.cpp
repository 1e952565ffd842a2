#include "cli/written_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "cli/local_files.hpp"

namespace strongroom::cli {
namespace {

constexpr std::size_t kFlushAt = std::size_t{64} << 10;

int flags_of(WrittenFile::How how) {
  switch (how) {
    case WrittenFile::How::fresh:
      return O_EXCL;
    case WrittenFile::How::emptied:
      return O_TRUNC;
    case WrittenFile::How::resumed:
      return O_APPEND;
  }
  return O_EXCL;
}

}  // namespace

Result<std::unique_ptr<WrittenFile>> WrittenFile::open(const std::filesystem::path& path, How how) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags_of(how), 0666);
  if (descriptor < 0) return broken("cannot be written: " + reason_of(errno), path.string());
  return std::unique_ptr<WrittenFile>(new WrittenFile(descriptor, path));
}

WrittenFile::~WrittenFile() { ::close(descriptor_); }

Result<void> WrittenFile::write(ByteView bytes) {
  held_.append(as_text(bytes));
  return held_.size() < kFlushAt ? ok() : flush();
}

Result<void> WrittenFile::flush() {
  std::string_view rest = held_;
  while (!rest.empty()) {
    const ssize_t n = ::write(descriptor_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return broken("cannot be written: " + reason_of(errno), path_.string());
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  held_.clear();
  return {};
}

Result<void> WrittenFile::finish() {
  TRY_VOID(flush());
  if (::fsync(descriptor_) != 0) return broken("cannot be made durable: " + reason_of(errno), path_.string());
  return {};
}

}  // namespace strongroom::cli
