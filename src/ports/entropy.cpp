#include "ports/entropy.hpp"

#include <array>
#include <cstring>

#include "base/hex.hpp"

namespace strongroom {

std::string random_uuid(Entropy& entropy) {
  std::array<std::byte, 16> bytes{};
  entropy.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  std::string hex = to_hex(bytes);
  for (std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, "-");
  return hex;
}

std::string random_token(Entropy& entropy, std::size_t bytes) {
  std::vector<std::byte> random(bytes);
  entropy.fill(random);
  return to_base64url(random);
}

double random_fraction(Entropy& entropy) {
  std::array<std::byte, 8> bytes{};
  entropy.fill(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return static_cast<double>(number >> 11U) * 0x1.0p-53;
}

}  // namespace strongroom
