// Chance, as the core may know it: random bytes, and what is made of them.
// All calls may come from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace strongroom {

class Entropy {
 public:
  virtual ~Entropy() = default;
  /// Fills with bytes fit for secrets. Any thread.
  virtual void fill(ByteSpan bytes) = 0;
};

/// A random UUID, version 4, lower case.
[[nodiscard]] std::string random_uuid(Entropy& entropy);
/// `bytes` random bytes in base64url: 32 give the 43 characters of a token.
[[nodiscard]] std::string random_token(Entropy& entropy, std::size_t bytes);
/// A fraction in [0, 1) for jitter.
[[nodiscard]] double random_fraction(Entropy& entropy);

}  // namespace strongroom
