// Reads of several files handed to the kernel at once, by io_uring.
//
// A disk gives its best only when it is asked for many things at once, and a thread for each of them spends more time
// in changing places than in reading. Where the kernel has no io_uring, or does not let us have it, there is no ring.
#pragma once

#include <sys/types.h>

#include <memory>
#include <span>

#include "base/bytes.hpp"

namespace strongroom::filesystem {

class ReadRing {
 public:
  /// So many requests at once.
  static constexpr std::size_t kAtOnce = 64;
  /// What each of them may read.
  static constexpr std::size_t kEach = 16 << 10;

  struct Request {
    int fd = -1;
    ByteSpan into;
    ssize_t got = 0;  ///< bytes, or a negative errno
  };

  /// The calling thread's own, made when it is first asked for; null where there is none to be had.
  static ReadRing* of_this_thread();
  ~ReadRing();
  ReadRing(const ReadRing&) = delete;
  ReadRing& operator=(const ReadRing&) = delete;

  /// Memory for all of them; the ring's own, so that its pages are there already.
  ByteSpan memory();
  /// Reads each file from its beginning into its buffer, once; up to kAtOnce of them. Returns when all have ended.
  void read(std::span<Request> requests);

 private:
  struct State;
  explicit ReadRing(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace strongroom::filesystem
