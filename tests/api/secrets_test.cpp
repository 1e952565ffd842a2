// Goal: a kept secret is salted, matches only its secret, and hostile kept texts are refused. Method: real scrypt, a
// vector of RFC 7914 12, damaged texts.
#include "api/secrets.hpp"

#include <gtest/gtest.h>

#include "support/fake_ports.hpp"

namespace strongroom::api {
namespace {

TEST(Secrets, MatchOnlyTheirSecret) {
  test::FakeEntropy entropy;
  const std::string kept = hash_secret("open sesame", entropy).value();
  EXPECT_EQ(kept.rfind("scrypt$16384$8$1$", 0), 0U);
  EXPECT_NE(kept, hash_secret("open sesame", entropy).value());
  EXPECT_TRUE(verify_secret("open sesame", kept));
  EXPECT_FALSE(verify_secret("open sesam", kept));
  EXPECT_FALSE(verify_secret("", kept));
  EXPECT_FALSE(verify_nothing(""));
}

TEST(Secrets, FollowTheStandard) {
  // RFC 7914 12, "password" / "NaCl" with N = 1024, r = 8, p = 16; the first 32 of its 64 bytes.
  EXPECT_TRUE(verify_secret("password",
                            "scrypt$1024$8$16$4e61436c$"
                            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"));
}

TEST(Secrets, RefuseOtherTexts) {
  const std::string hash(64, 'a');
  for (const std::string& kept :
       {std::string(), std::string("scrypt"), "plain$16384$8$1$00$" + hash, "scrypt$16384$8$1$00$" + hash.substr(2),
        "scrypt$16384$8$1$0g$" + hash, "scrypt$1000$8$1$00$" + hash, "scrypt$1099511627776$8$1$00$" + hash,
        "scrypt$-1$8$1$00$" + hash, "scrypt$16384$8$1$00$" + hash + "$"}) {
    EXPECT_FALSE(verify_secret("open sesame", kept)) << kept;
  }
}

}  // namespace
}  // namespace strongroom::api
