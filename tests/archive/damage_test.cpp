// Damage: every cut and every flipped bit of small packages. A cut is always "Unexpected EOF" (or, where nothing
// recognisable is left, the format text); damage to a tar.gz is refused or leaves the content as it was; and how the
// source deals out its bytes makes no difference to what comes of it.
#include <gtest/gtest.h>

#include <array>

#include "archive/unpacking.hpp"
#include "support/gzip.hpp"
#include "support/sanitized.hpp"
#include "support/tar_builder.hpp"

namespace strongroom::archive {
namespace {

using testing_support::gzip;
using testing_support::gzip_with_fields;
using testing_support::TarBuilder;

/// A few files with every kind of header in front of them.
TarBuilder sample() {
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 900; ++i) {
    state = state * 1664525U + 1013904223U;
    noise.push_back(static_cast<char>(state >> 24U));
  }
  const std::string map = "1\n90\n5\n";
  return TarBuilder()
      .pax({{"comment", "sample"}}, 'g')
      .directory("d/")
      .file("d/bagit.txt", "BagIt-Version: 0.97\n")
      .pax({{"path", "d/data/a long way down/noise.bin"}, {"mtime", "1.5"}})
      .file("noise", noise)
      .long_name("d/data/named by GNU")
      .file("gnu", "hello\n")
      .pax({{"GNU.sparse.major", "1"},
            {"GNU.sparse.minor", "0"},
            {"GNU.sparse.name", "d/sparse"},
            {"GNU.sparse.realsize", "200"}})
      .file("GNUSparseFile/s", map + std::string(512 - map.size(), '\0') + "12345")
      .file("d/empty", "");
}

/// Each cut is a few threads, which cost a sanitizer a lot.
constexpr std::size_t kStep = test::kSanitized ? 11 : 1;

TEST(CutTest, EveryCutOfATarGzIsAnUnexpectedEnd) {
  const std::string tar = sample().end();
  for (const std::string& package :
       {gzip(tar), gzip(tar, 0), gzip_with_fields(tar.substr(0, 1000)) + gzip(tar.substr(1000))}) {
    ASSERT_EQ(unpack(package).text(), "ok");
    for (std::size_t length = 0; length < package.size(); length += kStep) {
      for (const std::size_t chunk : {std::size_t{3}, std::size_t{1} << 20}) {
        const auto result = unpack(std::string_view(package).substr(0, length), chunk);
        ASSERT_EQ(result.text(), length < 2 ? kFormat : kEof) << "cut to " << length << " of " << package.size();
      }
    }
  }
}

TEST(CutTest, EveryCutOfATarIsAnUnexpectedEnd) {
  const std::string tar = sample().end();
  const std::size_t mark = tar.size() - 1024;
  for (std::size_t length = 0; length < tar.size(); length += kStep) {
    const auto result = unpack(std::string_view(tar).substr(0, length));
    // The first header is recognised by its mark, which ends at byte 263; one zero block is end mark enough.
    const std::string expected = length < 263 ? kFormat : length < mark + 512 ? kEof : "ok W14 lone-zero-block";
    ASSERT_EQ(result.text(), expected) << "cut to " << length << " of " << tar.size();
  }
}

TEST(CutTest, EveryCutInsideIntactGzipIsAnUnexpectedEnd) {
  const std::string tar = sample().end();
  for (std::size_t length = 263; length < tar.size() - 512; length += 13) {
    ASSERT_EQ(unpack(gzip(tar.substr(0, length), 1)).text(), kEof) << length;
  }
}

TEST(FlipTest, AFlippedBitOfATarGzIsRefusedOrHarmless) {
  const std::string tar = sample().end();
  for (const std::string& package : {gzip(tar), gzip_with_fields(tar.substr(0, 1000)) + gzip(tar.substr(1000))}) {
    const auto sound = unpack(package);
    ASSERT_EQ(sound.text(), "ok");
    std::size_t refused = 0;
    std::size_t harmless = 0;
    std::string damaged = package;
    for (std::size_t at = 0; at < package.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        damaged[at] = static_cast<char>(static_cast<unsigned char>(package[at]) ^ (1U << bit));
        const auto result = unpack(damaged);
        ASSERT_TRUE(result.outcome) << at << ": " << result.text();
        if (result.refusal() != nullptr) {
          ++refused;
          continue;
        }
        ++harmless;
        ASSERT_EQ(result.sink.files, sound.sink.files) << "byte " << at << ", bit " << bit;
        ASSERT_EQ(result.sink.ended, sound.sink.ended);
      }
      damaged[at] = package[at];
    }
    // Without effect are the time and system of a gzip header that has no check value, the bits that fill up the last
    // byte of a member, and another distance into the same run of zeros: few, and all with the right check value.
    EXPECT_LT(harmless * 50, refused);
  }
}

TEST(FlipTest, AFlippedByteOfATarNeverBreaksTheReader) {
  const std::string tar = sample().end();
  std::string damaged = tar;
  std::size_t refused = 0;
  for (std::size_t at = 0; at < tar.size(); ++at) {
    constexpr std::array<unsigned, 3> kChanges = {1U, 0x80U, 0xFFU};
    damaged[at] = static_cast<char>(static_cast<unsigned char>(tar[at]) ^ kChanges[at % 3]);
    const auto whole = unpack(damaged);
    ASSERT_TRUE(whole.outcome) << at;
    const auto in_bits = unpack(damaged, 61);
    ASSERT_EQ(whole.text(), in_bits.text()) << at;
    ASSERT_EQ(whole.sink.files, in_bits.sink.files) << at;
    if (whole.refusal() != nullptr) ++refused;
    damaged[at] = tar[at];
  }
  EXPECT_GT(refused, 5 * 512U);  // every byte of every header is under a checksum
}

TEST(MemberTest, AnyPlaceToDivideAnyWayToReadGiveTheSame) {
  const std::string tar = sample().end();
  const auto sound = unpack(tar);
  for (std::size_t at = 0; at <= tar.size(); at += 293) {
    const std::string package = gzip(tar.substr(0, at)) + gzip(tar.substr(at), 1) + gzip("");
    for (std::size_t chunk = 1; chunk < 30; ++chunk) {
      const auto result = unpack(package, chunk);
      ASSERT_EQ(result.text(), "ok") << "divided at " << at << ", chunks of " << chunk;
      ASSERT_EQ(result.sink.files, sound.sink.files);
    }
  }
}

}  // namespace
}  // namespace strongroom::archive
