#include "base/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <array>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/hex.hpp"

namespace strongroom {

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size);
  CHECK(done != nullptr);
  return to_hex(std::as_bytes(std::span(out.data(), size)));
}

}  // namespace strongroom
