// Goal: each compression comes out the same however its bytes are dealt out, and breaks off where it breaks off.
// Method: streams of zlib, bzip2, xz and zstd dealt out in pieces of every small size, cut everywhere, with bytes
// behind them.
#include <gtest/gtest.h>
#include <zlib.h>

#include "transfers/package/packages.hpp"
#include "transfers/package_inflate.hpp"

namespace strongroom::transfers {
namespace {

using testing_support::ChunkedSource;

constexpr std::size_t kMax = std::size_t{1} << 20;

/// `whole`, `too big` or `broken`, and the content.
std::pair<InflateEnd, std::string> inflate(std::uint16_t method, std::string_view packed, std::size_t chunk = kMax) {
  ChunkedSource source(packed, chunk);
  std::string content;
  const auto end = inflate_member(method, source, kMax, content);
  EXPECT_TRUE(end);
  return {end ? *end : InflateEnd::broken, content};
}

std::string deflated(const std::string& content, int level) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string packed(content.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string filtered(const std::string& content, const std::string& program) {
  const Workshop workshop;
  workshop.write("in", content);
  workshop.run(program + " < in > out");
  return workshop.bytes("out");
}

struct Packed {
  std::string name;
  std::uint16_t method;
  std::string bytes;
  bool ends_by_itself = true;
};
void PrintTo(const Packed& packed, std::ostream* out) { *out << packed.name; }

const std::string& content() {
  static const std::string kContent =
      kGoodCsv + noise(300) + repeated("objects/a.tif,copyright\n", 3000) + noise(40, 2);
  return kContent;
}

std::vector<Packed> all() {
  // The head of zip's LZMA, then xz's .lzma without its own: properties, size.
  const std::string lzma = filtered(content(), "xz --format=lzma -c");
  return {{"Deflate", 8, deflated(content(), 6)},
          {"DeflateStored", 8, deflated(content(), 0)},
          {"Bzip2", 12, filtered(content(), "bzip2 -c")},
          {"Lzma", 14, std::string("\x10\2\5\0", 4) + lzma.substr(0, 5) + lzma.substr(13), false},
          {"Zstd", 93, filtered(content(), "zstd -q -c")}};
}

class InflateTest : public testing::TestWithParam<Packed> {};

TEST_P(InflateTest, InPiecesOfEverySize) {
  for (std::size_t chunk = 1; chunk < 40; ++chunk) {
    for (const std::string behind : {"", "x", "twelve bytes"}) {
      if (!behind.empty() && !GetParam().ends_by_itself) continue;
      const auto [end, out] = inflate(GetParam().method, GetParam().bytes + behind, chunk);
      ASSERT_EQ(end, InflateEnd::whole) << chunk;
      ASSERT_TRUE(out == content()) << chunk;
    }
  }
}

TEST_P(InflateTest, CutAnywhere) {
  const std::string& bytes = GetParam().bytes;
  for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 500) {
    const auto [end, out] = inflate(GetParam().method, std::string_view(bytes).substr(0, size), 100);
    ASSERT_TRUE(content().starts_with(out)) << size;
    // Where there may be no mark of the end, only the size tells.
    if (GetParam().ends_by_itself) {
      ASSERT_EQ(end, InflateEnd::broken) << size;
    } else {
      ASSERT_LE(out.size(), content().size()) << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Compressions, InflateTest, testing::ValuesIn(all()),
                         [](const auto& row) { return row.param.name; });

TEST(InflateMemberTest, HeadsOfLzmaThatAreNone) {
  for (const std::string& head : {std::string("\x10\2\6\0", 4), std::string("\x10\2\5\0", 4) + "\xFF"}) {
    EXPECT_EQ(inflate(14, head + std::string(100, '\0')).first, InflateEnd::broken);
  }
}

TEST(InflateMemberTest, OnlyTheMethodsThatAreUnderstood) {
  for (int method = 0; method <= 0xFFFF; ++method) {
    const bool known = method == 0 || method == 8 || method == 9 || method == 12 || method == 14 || method == 93;
    ASSERT_EQ(is_known_method(static_cast<std::uint16_t>(method)), known) << method;
  }
}

}  // namespace
}  // namespace strongroom::transfers
