// Goal: Deflate64 comes out as 7-Zip packed it, and whatever else comes ends in a verdict (B6). Method: streams of
// 7-Zip with every kind of block, length and distance, cut and flipped everywhere; blocks written bit by bit for the
// edges.
#include <gtest/gtest.h>

#include "archive/zip_format.hpp"
#include "transfers/deflate64.hpp"
#include "transfers/package/packages.hpp"

namespace strongroom::transfers {
namespace {

using testing_support::ChunkedSource;

struct Inflated {
  InflateEnd end = InflateEnd::broken;
  std::string content;
};

Inflated inflate(std::string_view packed, std::size_t max = std::size_t{64} << 20, std::size_t chunk = 1 << 20) {
  ChunkedSource source(packed, chunk);
  Inflated inflated;
  const auto end = inflate_deflate64(source, max, inflated.content);
  EXPECT_TRUE(end);
  EXPECT_LE(inflated.content.size(), max);
  inflated.end = end ? *end : InflateEnd::broken;
  return inflated;
}

/// What 7-Zip makes of `content`, without the zip around it.
std::string packed_by_7zip(const std::string& content) {
  const Workshop workshop;
  workshop.write("content", content);
  workshop.run("7zz a -tzip -mm=Deflate64 -mx=5 out.zip content");
  const std::string zip = workshop.bytes("out.zip");
  archive::ZipFields fields(as_bytes(zip));
  EXPECT_EQ(fields.u32(), archive::kZipLocalSignature);
  static_cast<void>(fields.take(4));
  EXPECT_EQ(fields.u16(), archive::kZipDeflated64);
  static_cast<void>(fields.take(8));
  const std::uint32_t packed = fields.u32();
  static_cast<void>(fields.u32());
  const std::size_t name = fields.u16();
  static_cast<void>(fields.take(name + fields.u16()));
  return zip.substr(zip.size() - fields.left(), packed);
}

/// Bits as deflate has them: numbers from their lowest bit on, words of codes from their highest.
class BitWriter {
 public:
  BitWriter& number(std::uint32_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) bit(value >> i & 1U);
    return *this;
  }
  BitWriter& word(std::uint32_t value, unsigned count) {
    while (count-- > 0) bit(value >> count & 1U);
    return *this;
  }
  /// A symbol of literals and lengths in the fixed code.
  BitWriter& fixed(std::uint32_t symbol) {
    if (symbol < 144) return word(0x30 + symbol, 8);
    if (symbol < 256) return word(0x190 + symbol - 144, 9);
    if (symbol < 280) return word(symbol - 256, 7);
    return word(0xC0 + symbol - 280, 8);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void bit(std::uint32_t one) {
    if (used_ % 8 == 0) bytes_.push_back('\0');
    bytes_.back() = static_cast<char>(static_cast<unsigned char>(bytes_.back()) | one << used_ % 8);
    ++used_;
  }
  std::string bytes_;
  std::size_t used_ = 0;
};

/// The last block, in the fixed code.
BitWriter fixed_block() { return std::move(BitWriter().number(1, 1).number(1, 2)); }

/// A stored block of `content`, not the last one.
std::string stored_block(const std::string& content) {
  using testing_support::ZipBuilder;
  return std::string(1, '\0') + ZipBuilder::number(content.size(), 2) + ZipBuilder::number(~content.size(), 2) +
         content;
}

struct Content {
  const char* name;
  std::string bytes;
};
void PrintTo(const Content& content, std::ostream* out) { *out << content.name; }

std::vector<Content> contents() {
  const std::string far = noise(50'000);
  return {{"Text", repeated("objects/,2314_2\nfilename,accession_number\n", 300'000)},
          {"Short", "a,b,c\na,b,c\na,b,c\na,b,c\n"},
          {"LongRuns", std::string(500'000, 'z') + "end" + std::string(65'538, 'y') + std::string(65'539, 'x')},
          {"Incompressible", noise(200'000) + std::string(2000, 'z')},
          {"FartherThanDeflateReaches", far + "between" + far + far},
          {"ManySymbols", noise(3000) + repeated("0123456789abcdefghij,\"\r\n", 5000) + noise(3000, 2)},
          {"MixedOfAll", noise(70'000) + std::string(70'000, '\0') + repeated("row,value\r\n", 70'000) + far + far}};
}

class Deflate64ProgramTest : public testing::TestWithParam<Content> {};

TEST_P(Deflate64ProgramTest, B6_ComesOutAsItWentIn) {
  const std::string packed = packed_by_7zip(GetParam().bytes);
  for (const std::size_t chunk : {std::size_t{1} << 20, std::size_t{7}}) {
    const Inflated inflated = inflate(packed, GetParam().bytes.size(), chunk);
    EXPECT_EQ(inflated.end, InflateEnd::whole);
    EXPECT_TRUE(inflated.content == GetParam().bytes);
  }
  EXPECT_EQ(inflate(packed, GetParam().bytes.size() - 1).end, InflateEnd::too_big);
  EXPECT_EQ(inflate(packed + "behind").end, InflateEnd::whole);
}

INSTANTIATE_TEST_SUITE_P(Contents, Deflate64ProgramTest, testing::ValuesIn(contents()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Deflate64Test, EveryTruncationIsTold) {
  for (const std::string& content :
       {noise(300) + repeated("a,b,c\n", 4000), repeated("a,b,c\n", 30), noise(2000) + std::string(2000, 'z')}) {
    const std::string packed = packed_by_7zip(content);
    for (std::size_t size = 0; size < packed.size(); ++size) {
      const Inflated inflated = inflate(packed.substr(0, size));
      ASSERT_EQ(inflated.end, InflateEnd::broken) << size;
      ASSERT_TRUE(content.starts_with(inflated.content)) << size;
    }
  }
}

TEST(Deflate64Test, EveryFlippedBitEndsInAVerdict) {
  // Nothing in it recurs at equal distances, where another one would come to the same.
  std::string content = noise(200);
  for (std::uint64_t i = 1; i < 200; ++i) content += "row " + std::to_string(i * i * i * 7919) + ",page\n";
  const std::string packed = packed_by_7zip(content);
  std::size_t unchanged = 0;
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    std::string flipped = packed;
    flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ 1U << bit % 8);
    const Inflated inflated = inflate(flipped, 100'000);
    if (inflated.end == InflateEnd::whole && inflated.content == content) ++unchanged;
  }
  // Bits that fill up the last byte mean nothing, nor may a length told in two ways; nearly all make a difference.
  EXPECT_LT(unchanged, 16U);
}

TEST(Deflate64Test, LongestLengthAndFarthestDistance) {
  const std::string window = noise(65'535);
  // One more literal makes the window full; then 65,538 bytes from its very beginning.
  BitWriter block = fixed_block();
  block.fixed('!').fixed(285).number(0xFFFF, 16).word(31, 5).number(0x3FFF, 14).fixed(256);
  const Inflated inflated = inflate(stored_block(window) + block.bytes());
  ASSERT_EQ(inflated.end, InflateEnd::whole);
  const std::string all = window + "!";
  EXPECT_TRUE(inflated.content == all + all + all.substr(0, 2));
}

TEST(Deflate64Test, ShortestOfTheLongLengths) {
  const Inflated inflated = inflate(fixed_block().fixed('a').fixed(285).number(0, 16).word(0, 5).fixed(256).bytes());
  EXPECT_EQ(inflated.end, InflateEnd::whole);
  EXPECT_EQ(inflated.content, "aaaa");
  const Inflated longest = inflate(fixed_block().fixed('a').fixed(284).number(31, 5).word(0, 5).fixed(256).bytes());
  EXPECT_EQ(longest.content, std::string(259, 'a'));
}

TEST(Deflate64Test, ADistanceBeforeTheBeginningIsBroken) {
  EXPECT_EQ(inflate(fixed_block().fixed('a').fixed(257).word(1, 5).fixed(256).bytes()).end, InflateEnd::broken);
  EXPECT_EQ(inflate(fixed_block().fixed(257).word(0, 5).fixed(256).bytes()).end, InflateEnd::broken);
}

TEST(Deflate64Test, WhatHasNoMeaningIsBroken) {
  EXPECT_EQ(inflate(fixed_block().fixed(286).word(0, 5).fixed(256).bytes()).end, InflateEnd::broken);
  EXPECT_EQ(inflate(BitWriter().number(1, 1).number(3, 2).number(0, 30).bytes()).end, InflateEnd::broken) << "block";
  std::string stored = stored_block("abc");
  stored[3] = '\0';
  EXPECT_EQ(inflate(stored).end, InflateEnd::broken) << "stored length and its inverse";
}

/// A block with codes of its own: 257 literals of which the 0th and the 256th have one bit, and `distance_bits`.
std::string dynamic_block(std::uint32_t end_bits, std::uint32_t distance_bits, std::uint32_t zero_bits = 1) {
  BitWriter block;
  block.number(1, 1).number(2, 2).number(0, 5).number(0, 5).number(14, 4);
  // Lengths of the code's own words, in their order: 18 has one bit, 0 and 1 have two.
  for (const int symbol : {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1}) {
    block.number(symbol == 18 ? 1 : symbol == 0 || symbol == 1 ? 2 : 0, 3);
  }
  const auto length = [&](std::uint32_t bits) { block.word(bits == 0 ? 2 : 3, 2); };
  length(zero_bits);
  block.word(0, 1).number(138 - 11, 7).word(0, 1).number(117 - 11, 7);
  length(end_bits);
  length(distance_bits);
  return block.word(0, 1).word(1, 1).number(0, 16).bytes();
}

TEST(Deflate64Test, CodesThatAreNone) {
  const Inflated right = inflate(dynamic_block(1, 0));
  EXPECT_EQ(right.end, InflateEnd::whole);
  EXPECT_EQ(right.content, std::string(1, '\0'));
  EXPECT_EQ(inflate(dynamic_block(1, 1)).end, InflateEnd::whole) << "one distance";
  EXPECT_EQ(inflate(dynamic_block(0, 0)).end, InflateEnd::broken) << "no end of the block";
}

TEST(Deflate64Test, AnErrorOfTheSourceIsItsOwn) {
  const std::string packed = packed_by_7zip(repeated("a,b,c\n", 40'000));
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, packed.size() - 1}) {
    ChunkedSource source(std::string_view(packed).substr(0, size), 3, temporary("the store does not answer"));
    std::string content;
    const auto end = inflate_deflate64(source, 1 << 20, content);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().what, "the store does not answer");
  }
}

}  // namespace
}  // namespace strongroom::transfers
