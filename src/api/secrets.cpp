#include "api/secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <optional>

#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

struct Cost {
  std::uint64_t n = 16384;
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kHashSize = 32;
/// scrypt takes 128·N·r bytes; a kept text that asks for more is not ours.
constexpr std::uint64_t kMemoryMax = std::uint64_t{256} << 20;

std::optional<std::string> derive(std::string_view secret, std::string_view salt, const Cost& cost) {
  std::array<unsigned char, kHashSize> hash{};
  const int done = EVP_PBE_scrypt(secret.data(), secret.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                                  salt.size(), cost.n, cost.r, cost.p, kMemoryMax, hash.data(), hash.size());
  if (done != 1) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

std::optional<Cost> parse_cost(std::string_view n, std::string_view r, std::string_view p) {
  const auto parsed_n = parse_number(n);
  const auto parsed_r = parse_number(r);
  const auto parsed_p = parse_number(p);
  if (!parsed_n || !parsed_r || !parsed_p) return std::nullopt;
  return Cost{*parsed_n, *parsed_r, *parsed_p};
}

}  // namespace

Result<std::string> hash_secret(std::string_view secret, Entropy& entropy) {
  std::array<std::byte, kSaltSize> salt{};
  entropy.fill(salt);
  const Cost cost;
  const auto hash = derive(secret, as_text(salt), cost);
  if (!hash) return broken("a secret could not be hashed: not enough memory");
  return "scrypt$" + std::to_string(cost.n) + "$" + std::to_string(cost.r) + "$" + std::to_string(cost.p) + "$" +
         to_hex(salt) + "$" + to_hex(as_bytes(*hash));
}

bool verify_secret(std::string_view secret, std::string_view kept) {
  const auto parts = split(kept, '$');
  if (parts.size() != 6 || parts[0] != "scrypt") return false;
  const auto cost = parse_cost(parts[1], parts[2], parts[3]);
  const auto salt = parse_hex(parts[4]);
  const auto wanted = parse_hex(parts[5]);
  if (!cost || !salt || !wanted || wanted->size() != kHashSize) return false;
  const auto hash = derive(secret, *salt, *cost);
  return hash && CRYPTO_memcmp(hash->data(), wanted->data(), kHashSize) == 0;
}

bool verify_nothing(std::string_view secret) {
  const auto hash = derive(secret, std::string(kSaltSize, '\0'), Cost{});
  const std::string nothing(kHashSize, '\0');
  if (hash) (void)CRYPTO_memcmp(hash->data(), nothing.data(), kHashSize);
  return false;
}

}  // namespace strongroom::api
