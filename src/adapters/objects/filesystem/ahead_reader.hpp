// Reads a large file from its beginning to its end by direct I/O, the next pieces on their way while one is used.
//
// The page cache costs a copy of every byte, out of memory that is touched for the first time, and a package is read
// once. What lies in the page cache already is read from there. One thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

namespace strongroom::filesystem {

class AheadReader {
 public:
  /// Of the open file `file`, which outlives it. Null where it is not worth while, or not to be had: a small file, one
  /// that lies in the page cache, a filesystem without direct I/O, a kernel without io_uring.
  static std::unique_ptr<AheadReader> open(int file, std::uint64_t size);
  ~AheadReader();
  AheadReader(const AheadReader&) = delete;
  AheadReader& operator=(const AheadReader&) = delete;

  /// The next bytes; `n` is 0 at the end of the file. 0 or an errno.
  int read(ByteSpan into, std::size_t& n);

 private:
  struct State;
  explicit AheadReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace strongroom::filesystem
