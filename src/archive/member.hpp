// Members of a package, whatever its format: what tar and zip readers give.
//
// A reader says what the package holds; what is acceptable is decided by its caller. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "archive/fault.hpp"
#include "base/bytes.hpp"

namespace strongroom::archive {

enum class MemberKind : std::uint8_t { file, directory, symbolic_link, hard_link, device, fifo, other };

struct Member {
  MemberKind kind = MemberKind::file;
  std::string name;        ///< as in the archive: any bytes, not normalised
  std::uint64_t size = 0;  ///< of a file, holes included, as its header announces it
};

class MemberReader {
 public:
  virtual ~MemberReader() = default;
  /// The next member, past what is left of the one before; nothing at the end, which has been verified up to the last
  /// byte of the package. An Error is of the source unless fault() says otherwise.
  virtual Result<std::optional<Member>> next() = 0;
  /// The next piece of the current file, at most one buffer; empty at its end. Valid until the next call.
  virtual Result<ByteView> body() = 0;

  [[nodiscard]] virtual const std::optional<Fault>& fault() const = 0;
  /// The end mark was one zero block, not two. Known at the end.
  [[nodiscard]] virtual bool lone_zero_block() const { return false; }
  /// Zero bytes reached beyond the end. Known at the end.
  [[nodiscard]] virtual bool padded() const = 0;
};

}  // namespace strongroom::archive
