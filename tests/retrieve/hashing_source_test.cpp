// Goal: bytes with another digest or length never end well. Method: texts beside the digest of another text.
#include "retrieve/hashing_source.hpp"

#include <gtest/gtest.h>

#include <array>

namespace strongroom::retrieve {
namespace {

TEST(HashingSourceTest, TheEndStaysTheEnd) {
  const std::string text = "abc";
  HashingSource source(std::make_unique<TextSource>(text), digest_of(Algorithm::sha256, text).hex(), 3, "here");
  EXPECT_EQ(read_all(source, 10).value(), text);
  std::array<std::byte, 4> buffer{};
  EXPECT_EQ(source.read(buffer).value(), 0U);
  HashingSource other(std::make_unique<TextSource>("abd"), digest_of(Algorithm::sha256, text).hex(), 3, "here");
  const auto wrong = read_all(other, 10);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, Reason::corrupt);
  EXPECT_EQ(wrong.error().where, "here");
}

}  // namespace
}  // namespace strongroom::retrieve
