// Files as byte streams: written with their digest checked, read in ranges, read from the medium.
//
// Replica bytes are written by write(2) and nothing else, so that two copies can never share blocks (CORRECTNESS 1.6).
// Each object is used by one thread at a time; the functions may be called from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "base/aligned.hpp"
#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace strongroom::filesystem {

/// Writes an empty file from its beginning. A large one has room reserved for it and goes past the page cache for as
/// long as the pieces are whole blocks in aligned memory. The size grows with the bytes only, so that a file that was
/// cut short by a crash never has its full length.
class FileWriter {
 public:
  /// `fd` stays the caller's. `expected_size` is a guess: too high a one is made good by finish().
  FileWriter(int fd, std::uint64_t expected_size);
  /// 0 or an errno, as below.
  int write(ByteView bytes);
  int finish();

 private:
  int reserve();

  const int fd_;
  const std::uint64_t expected_size_;
  std::uint64_t written_ = 0;
  std::uint64_t reserved_ = 0;
  bool large_ = false;
  bool direct_ = false;
};

/// Copies `source` into the empty file `fd`. Large files are preallocated and go past the page cache. Reason::corrupt
/// (broken) unless the source gives exactly `size` bytes with digest `sha256`.
Result<void> write_verified(int fd, ByteSource& source, std::uint64_t size, const Digest& sha256, Owner owner,
                            const std::string& where);

/// SHA-256 and length of an open file, read through the cache.
Result<Measured> measure_file(int fd, Owner owner, const std::string& where);
/// True when both open files hold the same bytes.
Result<bool> same_bytes(int a, int b, Owner owner, const std::string& where);

/// Opens `name` in an open directory to be read by read_medium(), for direct I/O where the filesystem has it; follows
/// no link. 0 or an errno.
int open_for_medium(int directory, const std::string& name, Fd& out, bool& direct);

/// All bytes of a file of `size` bytes, with direct I/O; without it the file is dropped from the cache first, which
/// works because a barrier came before (CORRECTNESS 4.4).
Result<void> read_medium(int fd, std::uint64_t size, bool direct, ByteSink& sink, Owner owner,
                         const std::string& where);

/// `length` bytes of a file from `first`. Reason::truncated (broken) when the file ends before.
class FileSource final : public ByteSource {
 public:
  FileSource(std::shared_ptr<const Fd> fd, std::uint64_t first, std::uint64_t length, Owner owner, std::string where);
  Result<std::size_t> read(ByteSpan into) override;

 private:
  std::shared_ptr<const Fd> fd_;
  std::uint64_t at_;
  std::uint64_t left_;
  Owner owner_;
  std::string where_;
};

/// A file without a name, which gets one when it is complete; gone without trace otherwise. Where the filesystem has no
/// nameless files it lies under a temporary name in `fallback`, a directory relative to `root`.
class NewFile {
 public:
  static Result<NewFile> create(int root, const std::string& fallback, mode_t mode, Owner owner,
                                const std::string& where);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Gives it its name unless that is taken (EEXIST). The file's bytes must be durable already; the name is not yet.
  int publish(int directory, const std::string& name);

 private:
  NewFile() = default;
  Fd fd_;
  Fd temporary_directory_;
  std::string temporary_name_;  ///< empty for a nameless file
};

}  // namespace strongroom::filesystem
