#include "base/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <array>

#include "base/check.hpp"

namespace strongroom {

Digest hmac_sha256(ByteView key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size);
  CHECK(done != nullptr);
  return Digest(Algorithm::sha256, std::as_bytes(std::span(out.data(), size)));
}

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  return hmac_sha256(as_bytes(key), message).hex();
}

}  // namespace strongroom
