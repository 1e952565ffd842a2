#include "base/digest.hpp"

#include <openssl/evp.h>
#include <algorithm>

#include "base/hex.hpp"

namespace strongroom {
namespace {

struct Facts {
  std::string_view name;
  const char* openssl;
  std::size_t size;
};

constexpr std::array<Facts, 8> kFacts = {{{"md5", "MD5", 16},
                                          {"sha1", "SHA1", 20},
                                          {"sha224", "SHA224", 28},
                                          {"sha256", "SHA256", 32},
                                          {"sha384", "SHA384", 48},
                                          {"sha512", "SHA512", 64},
                                          {"sha3256", "SHA3-256", 32},
                                          {"sha3512", "SHA3-512", 64}}};

const Facts& facts(Algorithm algorithm) { return kFacts[static_cast<std::size_t>(algorithm)]; }

/// Fetched once: an implicit fetch in each init costs more than hashing a small file.
const EVP_MD* method(Algorithm algorithm) {
  static const std::array<EVP_MD*, 8> methods = [] {
    std::array<EVP_MD*, 8> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = EVP_MD_fetch(nullptr, kFacts[i].openssl, nullptr);
    return all;
  }();
  const EVP_MD* found = methods[static_cast<std::size_t>(algorithm)];
  CHECK(found != nullptr);
  return found;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) { return facts(algorithm).name; }

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (Algorithm a : kAlgorithms) {
    if (name_of(a) == name) return a;
  }
  return std::nullopt;
}

std::size_t digest_size(Algorithm algorithm) { return facts(algorithm).size; }

Digest::Digest(Algorithm algorithm, ByteView bytes) : algorithm_(algorithm) {
  CHECK(bytes.size() == digest_size(algorithm));
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

std::optional<Digest> Digest::from_hex(Algorithm algorithm, std::string_view hex) {
  if (hex.size() != 2 * digest_size(algorithm)) return std::nullopt;
  const auto bytes = parse_hex(hex);
  if (!bytes) return std::nullopt;
  return Digest(algorithm, as_bytes(*bytes));
}

std::string Digest::hex() const { return to_hex(bytes()); }

struct Hasher::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(handle); }
};

Hasher::Hasher(Algorithm algorithm) : algorithm_(algorithm), context_(std::make_unique<Context>()) {
  CHECK(EVP_DigestInit_ex(context_->handle, method(algorithm), nullptr) == 1);
}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(ByteView bytes) { CHECK(EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) == 1); }

Digest Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(context_->handle, out.data(), &size) == 1);
  CHECK(EVP_DigestInit_ex(context_->handle, method(algorithm_), nullptr) == 1);
  return Digest(algorithm_, std::as_bytes(std::span(out.data(), size)));
}

Digest digest_of(Algorithm algorithm, std::string_view text) {
  Hasher hasher(algorithm);
  hasher.update(as_bytes(text));
  return hasher.finish();
}

Result<Measured> measure(ByteSource& source, Algorithm algorithm) {
  Hasher hasher(algorithm);
  std::vector<std::byte> buffer(256 << 10);
  std::uint64_t size = 0;
  for (;;) {
    TRY(const std::size_t n, source.read(buffer));
    if (n == 0) return Measured{hasher.finish(), size};
    hasher.update(ByteView(buffer.data(), n));
    size += n;
  }
}

}  // namespace strongroom
