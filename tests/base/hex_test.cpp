// Hex and base64: the vectors of RFC 4648 section 10, and texts that are malformed.
#include "base/hex.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(HexTest, WritesLowerCaseAndReadsEither) {
  EXPECT_EQ(to_hex(as_bytes(std::string_view("\x00\xFF\x1a", 3))), "00ff1a");
  EXPECT_EQ(parse_hex("00Ff1A"), std::string("\x00\xFF\x1a", 3));
  EXPECT_EQ(parse_hex(""), "");
  for (const char* text : {"0", "0g", "0x00", " 00"}) EXPECT_FALSE(parse_hex(text)) << text;
}

TEST(HexTest, Base64HasTheVectorsOfTheRfc) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : cases) {
    EXPECT_EQ(to_base64(as_bytes(text)), encoded);
    EXPECT_EQ(parse_base64(encoded), text);
    EXPECT_EQ(to_base64url(as_bytes(text)), encoded.substr(0, encoded.find('=')));
  }
  EXPECT_EQ(to_base64url(as_bytes("\xFB\xFF")), "-_8");
  EXPECT_EQ(parse_base64("+/8="), "\xFB\xFF");
  for (const char* text : {"Zg", "Zg=", "Z===", "Zh==", "Zm9 ", "-_8=", "=Zg="})
    EXPECT_FALSE(parse_base64(text)) << text;
}

}  // namespace
}  // namespace strongroom
