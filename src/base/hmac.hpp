// HMAC-SHA256 (RFC 2104), for signatures of callbacks.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace strongroom {

/// Lower-case hex. Pure.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view message);

}  // namespace strongroom
