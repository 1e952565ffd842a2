// The fixed parts of a gzip member (RFC 1952, 2.3), for those who read it.
// Constants; any thread.
#pragma once

#include <array>
#include <cstddef>

namespace strongroom::archive::gzip_format {

/// ID1, ID2, CM = deflate.
inline constexpr std::array<unsigned char, 3> kBeginning = {0x1f, 0x8b, 8};
/// Beginning, flags, time, extra flags, operating system.
inline constexpr std::size_t kFixedHeader = 10;
/// CRC32 and ISIZE.
inline constexpr std::size_t kTrailer = 8;

// RFC 1952, 2.3.1.
inline constexpr unsigned kHeaderCrc = 1U << 1U;
inline constexpr unsigned kExtra = 1U << 2U;
inline constexpr unsigned kName = 1U << 3U;
inline constexpr unsigned kComment = 1U << 4U;
inline constexpr unsigned kReserved = 0xE0;

}  // namespace strongroom::archive::gzip_format
