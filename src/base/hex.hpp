// Hex and base64url texts.
// Pure functions: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace strongroom {

/// Lower-case hex digits.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Bytes of hex digits of either case; nothing for an odd length or another character.
[[nodiscard]] std::optional<std::string> parse_hex(std::string_view hex);
/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string to_base64url(ByteView bytes);
/// RFC 4648 section 4, padded.
[[nodiscard]] std::string to_base64(ByteView bytes);
/// RFC 4648 section 4, padded; nothing when malformed.
[[nodiscard]] std::optional<std::string> parse_base64(std::string_view text);

}  // namespace strongroom
