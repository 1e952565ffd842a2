#include "cli/local_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/aligned.hpp"
#include "base/limits.hpp"

namespace strongroom::cli {
namespace {

class FileStream final : public ByteSource {
 public:
  explicit FileStream(LocalFile& file) : file_(file) {}
  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, file_.read_at(at_, into));
    at_ += n;
    return n;
  }

 private:
  LocalFile& file_;
  std::uint64_t at_ = 0;
};

}  // namespace

std::string reason_of(int number) { return std::generic_category().message(number); }

std::filesystem::path without_end_slash(const std::filesystem::path& path) {
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

Result<std::unique_ptr<LocalFile>> LocalFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return broken("cannot be read: " + reason_of(errno), path.string());
  struct stat facts{};
  const bool known = ::fstat(descriptor, &facts) == 0;
  if (!known || !S_ISREG(facts.st_mode)) {
    ::close(descriptor);
    return broken("cannot be read: it is no regular file", path.string());
  }
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<LocalFile>(
      new LocalFile(descriptor, static_cast<std::uint64_t>(facts.st_size), path.string()));
}

LocalFile::~LocalFile() { ::close(descriptor_); }

Result<std::size_t> LocalFile::read_at(std::uint64_t offset, ByteSpan into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t n =
        ::pread(descriptor_, into.data() + filled, into.size() - filled, static_cast<off_t>(offset + filled));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return broken("cannot be read: " + reason_of(errno), shown_);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  return filled;
}

std::unique_ptr<ByteSource> LocalFile::stream() { return std::make_unique<FileStream>(*this); }

Result<std::pair<std::uint64_t, std::vector<Digest>>> hash_file(const std::filesystem::path& path,
                                                                AlgorithmSet algorithms,
                                                                const std::function<void(std::size_t)>& seen) {
  TRY(const auto file, LocalFile::open(path));
  std::vector<Hasher> hashers;
  for (Algorithm algorithm : kAlgorithms) {
    if (algorithms.has(algorithm)) hashers.emplace_back(algorithm);
  }
  // One byte more than the file, so that a small one is read to its end by one call.
  AlignedBuffer buffer(static_cast<std::size_t>(std::min<std::uint64_t>(file->size() + 1, limits::kStreamBuffer)));
  std::uint64_t size = 0;
  for (;;) {
    TRY(const std::size_t n, file->read_at(size, buffer.span()));
    for (Hasher& hasher : hashers) hasher.update(buffer.span().first(n));
    size += n;
    seen(n);
    if (n < buffer.span().size()) break;
  }
  if (size != file->size()) return broken("changed while it was being read", path.string());
  std::pair<std::uint64_t, std::vector<Digest>> result{size, {}};
  for (Hasher& hasher : hashers) result.second.push_back(hasher.finish());
  return result;
}

}  // namespace strongroom::cli
