// Tar headers: the 512-byte blocks of v7, ustar (POSIX.1-1988) and GNU tar, read as pure functions.
// Private to the archive readers; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace strongroom::archive {

inline constexpr std::size_t kTarBlock = 512;
/// Writers fill up to a whole record, 20 blocks by default (POSIX pax, `-b`).
inline constexpr std::uint64_t kTarRecord = 20 * kTarBlock;

enum class TarDialect : std::uint8_t { v7, ustar, gnu };

struct TarHeader {
  TarDialect dialect = TarDialect::v7;
  char type = '0';
  std::string name;        ///< prefix and name joined; any bytes
  std::uint64_t size = 0;  ///< of what follows
};

[[nodiscard]] bool is_zero(ByteView bytes);

/// Whether the beginning of a first header, perhaps not all of it, carries the ustar mark.
[[nodiscard]] bool has_ustar_mark(ByteView block);

/// A number field: octal digits with blanks or NULs around them, or base 256 (GNU). A blank field is 0. Nothing when
/// it is neither, negative, or over 2^63-1.
[[nodiscard]] std::optional<std::uint64_t> parse_tar_number(ByteView field);

/// Nothing when the checksum (in unsigned or, as some old writers had it, signed arithmetic) or the size is wrong.
[[nodiscard]] std::optional<TarHeader> parse_tar_header(ByteView block);

/// A stretch of a sparse file that is stored.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
/// 16 MiB of memory; a file with more stretches than that is refused.
inline constexpr std::size_t kExtentsMax = limits::kMiB;

/// The old GNU way to say what a sparse file holds.
struct GnuSparse {
  std::uint64_t real_size = 0;
  bool extended = false;  ///< more stretches in the block that follows
};

/// Of a header of type `S`; appends to `extents`. Nothing when a number is broken.
[[nodiscard]] std::optional<GnuSparse> parse_gnu_sparse(ByteView block, std::vector<Extent>& extents);
/// Of a block that continues the list: whether another one follows. Nothing when a number is broken.
[[nodiscard]] std::optional<bool> parse_gnu_sparse_more(ByteView block, std::vector<Extent>& extents);

/// Whether the stretches rise without overlap, stay inside the file and add up to what is stored.
[[nodiscard]] bool is_sound(const std::vector<Extent>& extents, std::uint64_t stored, std::uint64_t real_size);

}  // namespace strongroom::archive
