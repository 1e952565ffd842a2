// Gzip as a stream of pieces (RFC 1952), on zlib.
//
// The same bytes in the same level always give the same bytes, however they are cut into pieces: the header has neither
// time nor name. Some 260 KiB of memory. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace strongroom {

class GzipWriter {
 public:
  /// `level` from 1, fast, to 9, small.
  explicit GzipWriter(int level);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  /// Takes all of `text`; appends what comes out, which may be nothing yet. Broken when there is no memory.
  Result<void> add(std::string_view text, std::string& out);
  /// Appends what is left and the trailer. Without it the stream is no whole one.
  Result<void> end(std::string& out);

 private:
  struct State;
  Result<void> run(std::string_view text, int flush, std::string& out);

  std::unique_ptr<State> state_;
};

}  // namespace strongroom
