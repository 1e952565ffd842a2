// HMAC-SHA256 (RFC 2104), for signatures of callbacks and of requests to storage providers.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace strongroom {

[[nodiscard]] Digest hmac_sha256(ByteView key, std::string_view message);
/// Lower-case hex.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view message);

}  // namespace strongroom
