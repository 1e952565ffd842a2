// The compressions in which CSVs of transfer packages may lie: stored, Deflate, Deflate64, bzip2, LZMA, Zstandard.
//
// Safe on any bytes: never more output than allowed, and no decoder takes more memory than limits::kDecoderMemoryMax.
// One thread at a time. Source: transfers.md 6.2.
#pragma once

#include <cstdint>
#include <string>

#include "transfers/deflate64.hpp"

namespace strongroom::transfers {

/// Members of this method of compression, as zip numbers them, can be read.
[[nodiscard]] bool is_known_method(std::uint16_t method);

/// Appends the content of a member to `out`, which must be empty, at most `max` bytes. Bytes behind the end of a
/// compressed stream are not looked at. The method must be known; an Error is `packed`'s.
Result<InflateEnd> inflate_member(std::uint16_t method, ByteSource& packed, std::size_t max, std::string& out);

}  // namespace strongroom::transfers
