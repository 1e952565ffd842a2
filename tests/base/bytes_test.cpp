// Byte streams: reading all, reading in full, copying, and their bounds; errors pass through.
#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/spill.hpp"

namespace strongroom {
namespace {

class BrokenSource final : public ByteSource {
 public:
  Result<std::size_t> read(ByteSpan) override { return temporary("not now"); }
};

TEST(BytesTest, ReadsAllUpToALimit) {
  for (const std::size_t size : {0U, 1U, 1000U, 200'000U}) {
    TextSource source(std::string(size, 'x'));
    EXPECT_EQ(read_all(source, size).value(), std::string(size, 'x'));
    TextSource again(std::string(size + 1, 'x'));
    EXPECT_EQ(read_all(again, size).error().reason, Reason::limit);
  }
  BrokenSource broken_source;
  EXPECT_EQ(read_all(broken_source, 1).error().act, Act::temporary);
}

TEST(BytesTest, ReadsInFullOrToTheEnd) {
  TextSource source("12345");
  std::array<std::byte, 3> into{};
  EXPECT_EQ(read_full(source, into).value(), 3U);
  EXPECT_EQ(as_text(into), "123");
  EXPECT_EQ(read_full(source, into).value(), 2U);
  EXPECT_EQ(read_full(source, into).value(), 0U);
}

TEST(BytesTest, CopiesThroughASmallBuffer) {
  TextSource source("hello, world");
  TextSink sink;
  EXPECT_EQ(copy_bytes(source, sink, 5).value(), 12U);
  EXPECT_EQ(sink.text(), "hello, world");
  BrokenSource broken_source;
  EXPECT_FALSE(copy_bytes(broken_source, sink));
}

TEST(BytesTest, CopiesOfEverySizeAreWhole) {
  for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 16'385U, 300'000U}) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i % 251);
    for (const std::size_t buffer : {5U, 16'384U, 100'000U, 1'048'576U}) {
      TextSource source(text);
      TextSink sink;
      EXPECT_EQ(copy_bytes(source, sink, buffer).value(), size);
      EXPECT_TRUE(sink.text() == text) << size << " bytes through " << buffer;
    }
  }
}

TEST(BytesTest, AMemorySpillIsReadAsOftenAsWanted) {
  MemorySpillSpace space;
  auto spill = space.create();
  ASSERT_TRUE(spill);
  ASSERT_TRUE((*spill)->write(as_bytes("hello, ")));
  ASSERT_TRUE((*spill)->write(as_bytes("world")));
  for (int i = 0; i < 2; ++i) {
    auto source = (*spill)->open();
    ASSERT_TRUE(source);
    EXPECT_EQ(read_all(**source, 100).value(), "hello, world");
  }
}

}  // namespace
}  // namespace strongroom
