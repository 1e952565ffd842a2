// Goal: what is made of random bytes has the right form whatever the bytes are. Method: sources of fixed bytes, the
// extremes among them.
#include "ports/entropy.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <cctype>

#include "domain/identifiers.hpp"

namespace strongroom {
namespace {

/// Gives bytes that count up by `step` from `first`.
class Counting final : public Entropy {
 public:
  explicit Counting(unsigned first, unsigned step = 0) : next_(first), step_(step) {}
  void fill(ByteSpan bytes) override {
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(next_ & 0xFFU);
      next_ += step_;
    }
  }

 private:
  unsigned next_;
  unsigned step_;
};

TEST(Entropy, UuidsAreOfVersionFour) {
  Counting zeros(0);
  EXPECT_EQ(random_uuid(zeros), "00000000-0000-4000-8000-000000000000");
  Counting ones(0xFF);
  EXPECT_EQ(random_uuid(ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  for (unsigned first = 0; first < 256; ++first) {
    Counting entropy(first, 37);
    const std::string uuid = random_uuid(entropy);
    ASSERT_TRUE(is_uuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '4') << uuid;
    EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
    EXPECT_EQ(IngestId::parse(uuid)->str(), uuid) << "not in lower case";
    EXPECT_NE(random_uuid(entropy), uuid);
  }
}

TEST(Entropy, FractionsAreBelowOne) {
  Counting zeros(0);
  EXPECT_EQ(random_fraction(zeros), 0.0);
  Counting ones(0xFF);
  EXPECT_LT(random_fraction(ones), 1.0);
  Counting high(0xFF);
  EXPECT_GT(random_fraction(high), 0.999999);
  for (unsigned first = 0; first < 256; ++first) {
    Counting entropy(first, 91);
    const double fraction = random_fraction(entropy);
    EXPECT_GE(fraction, 0.0);
    EXPECT_LT(fraction, 1.0);
  }
}

TEST(Entropy, TokensAreBase64UrlOfTheirBytes) {
  Counting ones(0xFF);
  EXPECT_EQ(random_token(ones, 3), "____");
  Counting entropy(1, 7);
  const std::string token = random_token(entropy, 32);
  EXPECT_EQ(token.size(), 43U);
  EXPECT_TRUE(std::all_of(token.begin(), token.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  })) << token;
  EXPECT_NE(random_token(entropy, 32), token);
}

}  // namespace
}  // namespace strongroom
