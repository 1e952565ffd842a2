// Digests: published values of "abc" for every algorithm, hex in both cases, reuse of a Hasher.
#include "base/digest.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace strongroom {
namespace {

TEST(DigestTest, GivesThePublishedValues) {
  const std::vector<std::pair<Algorithm, std::string>> cases = {
      {Algorithm::md5, "900150983cd24fb0d6963f7d28e17f72"},
      {Algorithm::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {Algorithm::sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
      {Algorithm::sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Algorithm::sha384,
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {Algorithm::sha512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80"
       "e"
       "2a9ac94fa54ca49f"},
      {Algorithm::sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
      {Algorithm::sha3_512,
       "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a"
       "5"
       "6592f8274eec53f0"},
  };
  ASSERT_EQ(cases.size(), kAlgorithms.size());
  for (const auto& [algorithm, hex] : cases) {
    EXPECT_EQ(digest_of(algorithm, "abc").hex(), hex) << name_of(algorithm);
    EXPECT_EQ(hex.size(), 2 * digest_size(algorithm));
    std::string upper = hex;
    for (char& c : upper) c = static_cast<char>(toupper(c));
    EXPECT_EQ(Digest::from_hex(algorithm, upper), digest_of(algorithm, "abc"));
    EXPECT_FALSE(Digest::from_hex(algorithm, hex.substr(1)));
    EXPECT_FALSE(Digest::from_hex(algorithm, "g" + hex.substr(1)));
    EXPECT_EQ(parse_algorithm(name_of(algorithm)), algorithm);
  }
}

TEST(DigestTest, OnlyFileNameFormsAreAlgorithms) {
  for (const char* name : {"", "SHA256", "sha-256", "sha3-256", "whirlpool"}) EXPECT_FALSE(parse_algorithm(name));
}

TEST(DigestTest, AHasherStartsAnewAfterFinish) {
  Hasher hasher(Algorithm::sha256);
  hasher.update(as_bytes("a"));
  hasher.update(as_bytes("bc"));
  EXPECT_EQ(hasher.finish(), digest_of(Algorithm::sha256, "abc"));
  EXPECT_EQ(hasher.finish(), digest_of(Algorithm::sha256, ""));
}

TEST(DigestTest, MeasuresASource) {
  TextSource source(std::string(1'000'000, 'x'));
  const auto measured = measure(source, Algorithm::md5);
  ASSERT_TRUE(measured);
  EXPECT_EQ(measured->size, 1'000'000U);
  EXPECT_EQ(measured->digest, digest_of(Algorithm::md5, std::string(1'000'000, 'x')));
}

TEST(DigestTest, SetsOfAlgorithms) {
  const AlgorithmSet some{Algorithm::md5, Algorithm::sha3_512};
  EXPECT_TRUE(some.has(Algorithm::sha3_512));
  EXPECT_FALSE(some.has(Algorithm::sha256));
  EXPECT_TRUE(some.includes({Algorithm::md5}));
  EXPECT_FALSE(some.includes({Algorithm::md5, Algorithm::sha1}));
  EXPECT_TRUE(AlgorithmSet().empty());
}

}  // namespace
}  // namespace strongroom
