// Digests: the checksum algorithms of BagIt (domain-rules.md 2.4), values and the machine that computes them.
//
// Algorithm, AlgorithmSet and Digest are plain values. A Hasher belongs to one thread at a time.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace strongroom {

enum class Algorithm : std::uint8_t { md5, sha1, sha224, sha256, sha384, sha512, sha3_256, sha3_512 };

inline constexpr std::array kAlgorithms = {Algorithm::md5,      Algorithm::sha1,    Algorithm::sha224,
                                           Algorithm::sha256,   Algorithm::sha384,  Algorithm::sha512,
                                           Algorithm::sha3_256, Algorithm::sha3_512};

/// The form used in manifest file names and documents: `md5` … `sha512`, `sha3256`, `sha3512`.
[[nodiscard]] std::string_view name_of(Algorithm algorithm);
/// Reads that form only; the spellings `sha3-256`, `sha3-512` are the BagIt reader's affair (W10).
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view name);
/// Digest length in bytes.
[[nodiscard]] std::size_t digest_size(Algorithm algorithm);

/// A small set of algorithms.
class AlgorithmSet {
 public:
  AlgorithmSet() = default;
  AlgorithmSet(std::initializer_list<Algorithm> algorithms) {
    for (Algorithm a : algorithms) add(a);
  }
  void add(Algorithm a) { bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(a))); }
  [[nodiscard]] bool has(Algorithm a) const { return (bits_ >> static_cast<unsigned>(a)) & 1U; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  [[nodiscard]] bool includes(AlgorithmSet other) const { return (bits_ & other.bits_) == other.bits_; }
  friend bool operator==(const AlgorithmSet&, const AlgorithmSet&) = default;

 private:
  std::uint8_t bits_ = 0;
};

class Digest {
 public:
  /// `bytes.size()` must be digest_size(algorithm).
  Digest(Algorithm algorithm, ByteView bytes);
  /// Hex digits of either case; nothing when the length or a digit is wrong.
  static std::optional<Digest> from_hex(Algorithm algorithm, std::string_view hex);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  [[nodiscard]] ByteView bytes() const { return {bytes_.data(), digest_size(algorithm_)}; }
  /// Lower-case hex.
  [[nodiscard]] std::string hex() const;
  friend bool operator==(const Digest&, const Digest&) = default;

 private:
  Algorithm algorithm_;
  std::array<std::byte, 64> bytes_{};
};

/// Computes one digest; reusable after finish(). Uses the processor's SHA instructions through OpenSSL.
class Hasher {
 public:
  explicit Hasher(Algorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  void update(ByteView bytes);
  /// The digest of everything since construction or the last finish(); starts anew.
  [[nodiscard]] Digest finish();

 private:
  struct Context;
  Algorithm algorithm_;
  std::unique_ptr<Context> context_;
};

/// Digest of a text in one call.
[[nodiscard]] Digest digest_of(Algorithm algorithm, std::string_view text);

/// Digest and length of everything a source gives.
struct Measured {
  Digest digest;
  std::uint64_t size = 0;
};
Result<Measured> measure(ByteSource& source, Algorithm algorithm);

}  // namespace strongroom
