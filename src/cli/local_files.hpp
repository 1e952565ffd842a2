// Files of this machine, read without following links.
// A source belongs to one thread; LocalFile may be read from several.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/random_access.hpp"

namespace strongroom::cli {

/// Small files are bound by latency: so many are read at once, and handed out in batches.
inline constexpr std::size_t kFilesAtOnce = 16;
inline constexpr std::size_t kFilesOfABatch = 1024;
/// Threads for that beside the one that calls.
inline constexpr std::size_t kReadingHelpers = kFilesAtOnce - 1;

/// What the system says about an `errno`.
[[nodiscard]] std::string reason_of(int number);

/// Absolute, without `.`, `..` and a slash at the end: its last part is the directory's name.
[[nodiscard]] std::filesystem::path without_end_slash(const std::filesystem::path& path);

class LocalFile final : public RandomAccess {
 public:
  /// Broken when it is no regular file or cannot be opened; `what` has the system's reason.
  static Result<std::unique_ptr<LocalFile>> open(const std::filesystem::path& path);
  ~LocalFile() override;
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override;
  /// From its beginning; the file outlives it.
  [[nodiscard]] std::unique_ptr<ByteSource> stream();

 private:
  LocalFile(int descriptor, std::uint64_t size, std::string shown)
      : descriptor_(descriptor), size_(size), shown_(std::move(shown)) {}
  const int descriptor_;
  const std::uint64_t size_;
  const std::string shown_;
};

/// Size and digests of a whole file, read once; `seen` is called with the bytes of each piece.
Result<std::pair<std::uint64_t, std::vector<Digest>>> hash_file(const std::filesystem::path& path,
                                                                AlgorithmSet algorithms,
                                                                const std::function<void(std::size_t)>& seen);

}  // namespace strongroom::cli
