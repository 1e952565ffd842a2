// Goal: names without a mark read as code page 437 has them. Method: bytes whose letters are known, and all of them
// there and back, against Python's table.
#include <gtest/gtest.h>

#include "transfers/code_page_437.hpp"
#include "transfers/package/packages.hpp"

namespace strongroom::transfers {
namespace {

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(CodePage437Test, SaysWhatPythonSays) {
  const Workshop workshop;
  workshop.write("bytes", all_bytes());
  workshop.run(
      "/usr/bin/python3 -c 'open(\"text\", \"wb\").write(open(\"bytes\", \"rb\").read().decode(\"cp437\").encode())'");
  EXPECT_EQ(from_code_page_437(all_bytes()), workshop.bytes("text"));
  EXPECT_EQ(from_code_page_437("caf\x82/\xE1.txt"), "café/ß.txt");
}

TEST(CodePage437Test, ThereAndBack) {
  EXPECT_EQ(to_code_page_437(from_code_page_437(all_bytes())), all_bytes());
  EXPECT_EQ(to_code_page_437("€"), std::nullopt);
  EXPECT_EQ(to_code_page_437("a\xFF"), std::nullopt);
}

}  // namespace
}  // namespace strongroom::transfers
