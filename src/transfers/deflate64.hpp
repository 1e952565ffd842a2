// Deflate64, method 9 of zip ("enhanced deflating"): deflate with a window of 64 KiB, lengths up to 65,538 and distance
// codes 30 and 31. Windows makes zips of more than 2 GiB with it.
//
// Safe on any bytes: never more output than allowed, no more memory than the output and some KiB, time in proportion to
// input and output. Pure; any thread. Source: transfers.md 6.2; RFC 1951 for what both have in common.
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.hpp"

namespace strongroom::transfers {

/// How a compressed stream came out.
enum class InflateEnd : std::uint8_t {
  whole,    ///< it ended as it should
  too_big,  ///< it has more content than allowed
  broken,   ///< it cannot be decoded, or breaks off
};

/// Appends the content of one stream to `out`, which must be empty, at most `max` bytes. What follows the stream is not
/// looked at. An Error is `packed`'s.
Result<InflateEnd> inflate_deflate64(ByteSource& packed, std::size_t max, std::string& out);

}  // namespace strongroom::transfers
