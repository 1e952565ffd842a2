// Goal: a zip package is read as one archive that every reader would see, or refused with its reason (cases G1, G5 to
// G7). Method: packages built byte by byte, each with one oddity.
#include <gtest/gtest.h>

#include "archive/unpacking.hpp"
#include "archive/zip_reader.hpp"
#include "support/zip_builder.hpp"

namespace strongroom::archive {
namespace {

using testing_support::ZipBuilder;
using testing_support::ZipMember;

ZipMember member(std::string name, std::string content = "hello\n") {
  ZipMember made;
  made.name = std::move(name);
  made.content = std::move(content);
  return made;
}

std::string with(const std::function<void(ZipMember&)>& change) {
  ZipMember made = member("b.txt", std::string(5000, 'b'));
  change(made);
  return ZipBuilder().file("a.txt", "a").add(made).file("c.txt", "c", true).build();
}

TEST(ZipTest, G1_StoredDeflatedAndDescribed) {
  ZipBuilder zip;
  zip.file("a.txt", "hello\n")
      .file("dir/b.txt", std::string(100'000, 'b'), true)
      .file("empty", "")
      .add(member("d/", ""));
  for (const char* descriptor : {"plain", "signed", "wide"}) {
    ZipMember described = member(descriptor, std::string(3000, 'd'));
    described.deflated = true;
    described.descriptor = descriptor;
    zip.add(described);
  }
  const Unpacking result = unpack(zip.build());
  ASSERT_EQ(result.text(), "ok");
  EXPECT_EQ(result.sink.files.size(), 6U);
  EXPECT_EQ(result.sink.files.at("dir/b.txt"), std::string(100'000, 'b'));
  EXPECT_EQ(result.sink.files.at("signed"), std::string(3000, 'd'));
  EXPECT_TRUE(result.sink.directories.contains("d"));
}

TEST(ZipTest, NamesAreThoseThatAreMeant) {
  ZipMember marked = member("\xC3\xA9");
  marked.flags = 1 << 11;
  ZipMember told = member("\x82.txt");
  const std::string meant = "\xC3\xA9.txt";
  told.extra = ZipBuilder::number(0x7075, 2) + ZipBuilder::number(5 + meant.size(), 2) + std::string(1, '\1') +
               ZipBuilder::number(ZipBuilder::crc_of("\x82.txt"), 4) + meant;
  const Unpacking result = unpack(ZipBuilder().add(marked).add(told).file("\xC3\xBC", "u").build());
  ASSERT_EQ(result.text(), "ok");
  EXPECT_TRUE(result.sink.files.contains("\xC3\xA9"));
  EXPECT_TRUE(result.sink.files.contains(meant));
  EXPECT_TRUE(result.sink.files.contains("\xC3\xBC"));
  // Neither marked nor told nor valid: whose letter it is nobody knows.
  EXPECT_EQ(unpack(ZipBuilder().add(member("\x82.txt")).build()).problems().substr(0, 14), "P3 unsafe-name");
}

TEST(ZipTest, MoreThan65535Entries) {
  ZipBuilder zip;
  constexpr int kEntries = 65'534;
  for (int i = 0; i < kEntries; ++i) zip.file("f" + std::to_string(i), "");
  EXPECT_EQ(unpack(zip.build()).unpacked()->files, static_cast<std::uint64_t>(kEntries));
}

/// A stored entry of 5 GiB of zeros, made as it is read.
class HugeZip final : public RandomAccess {
 public:
  static constexpr std::uint64_t kSize = std::uint64_t{5} << 30U;
  HugeZip() {
    const auto n = ZipBuilder::number;
    // CRC-32 of that many zeros, folded in pieces of 1 MiB.
    const std::string zeros(1 << 20, '\0');
    uLong crc = 0;
    const uLong piece = ZipBuilder::crc_of(zeros);
    for (std::uint64_t i = 0; i < kSize >> 20U; ++i) crc = crc32_combine(crc, piece, 1 << 20);
    const std::string wide = n(1, 2) + n(16, 2) + n(kSize, 8) + n(kSize, 8);
    front_ = n(0x04034B50, 4) + n(45, 2) + n(0, 2) + n(0, 2) + n(0, 4) + n(crc, 4) + n(0xFFFFFFFF, 4) +
             n(0xFFFFFFFF, 4) + n(4, 2) + n(wide.size(), 2) + "huge" + wide;
    const std::uint64_t begin = front_.size() + kSize;
    const std::string entry = n(0x02014B50, 4) + n(45, 2) + n(45, 2) + n(0, 2) + n(0, 2) + n(0, 4) + n(crc, 4) +
                              n(0xFFFFFFFF, 4) + n(0xFFFFFFFF, 4) + n(4, 2) + n(wide.size(), 2) + n(0, 2) + n(0, 2) +
                              n(0, 2) + n(0, 4) + n(0, 4) + "huge" + wide;
    back_ = entry + n(0x06064B50, 4) + n(44, 8) + n(45, 2) + n(45, 2) + n(0, 4) + n(0, 4) + n(1, 8) + n(1, 8) +
            n(entry.size(), 8) + n(begin, 8) + n(0x07064B50, 4) + n(0, 4) + n(begin + entry.size(), 8) + n(1, 4) +
            n(0x06054B50, 4) + n(0, 2) + n(0, 2) + n(1, 2) + n(1, 2) + n(entry.size(), 4) + n(0xFFFFFFFF, 4) + n(0, 2);
  }
  [[nodiscard]] std::uint64_t size() const override { return front_.size() + kSize + back_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    bytes_read += into.size();
    std::size_t filled = 0;
    for (; filled < into.size() && offset < size(); ++filled, ++offset) {
      char byte = '\0';
      if (offset < front_.size()) {
        byte = front_[offset];
      } else if (offset >= front_.size() + kSize) {
        byte = back_[offset - front_.size() - kSize];
      } else {
        // A stretch of zeros at once.
        const std::uint64_t run = std::min<std::uint64_t>(into.size() - filled, front_.size() + kSize - offset);
        std::fill_n(into.begin() + static_cast<std::ptrdiff_t>(filled), run, std::byte{0});
        filled += run - 1;
        offset += run - 1;
        continue;
      }
      into[filled] = static_cast<std::byte>(byte);
    }
    return filled;
  }
  std::uint64_t bytes_read = 0;

 private:
  std::string front_;
  std::string back_;
};

TEST(ZipTest, Zip64BeyondFourGibibytes) {
  HugeZip package;
  MemorySpillSpace spills;
  ZipReader reader(package, spills);
  const auto entry = reader.next();
  ASSERT_TRUE(entry && *entry) << (reader.fault() ? reader.fault()->detail : "");
  EXPECT_EQ((*entry)->size, HugeZip::kSize);
  std::uint64_t bytes = 0;
  for (;;) {
    const auto piece = reader.body();
    ASSERT_TRUE(piece) << reader.fault()->detail;
    if (piece->empty()) break;
    bytes += piece->size();
  }
  EXPECT_EQ(bytes, HugeZip::kSize);
  const auto end = reader.next();
  ASSERT_TRUE(end) << reader.fault()->detail;
  EXPECT_FALSE(*end);
  // Once, but for the directory at the end and a buffer here and there.
  EXPECT_LT(package.bytes_read, HugeZip::kSize + (4U << 20U));
}

struct Refused {
  std::string name;
  std::string package;
  std::string problems;
};

std::vector<Refused> refused() {
  const auto flagged = [](std::uint16_t flag) { return with([=](ZipMember& m) { m.flags = flag; }); };
  const auto unix_kind = [](std::uint32_t mode) { return with([=](ZipMember& m) { m.attributes = mode << 16U; }); };
  const std::string right = ZipBuilder().file("a", "a").build();
  std::string overlapping = ZipBuilder().file("a", std::string(100, 'a')).file("b", "b").build();
  // The second directory entry points at the first one's local header.
  const std::size_t second = overlapping.rfind("PK\1\2");
  overlapping.replace(second + 42, 4, std::string(4, '\0'));
  return {
      {"G7_Encrypted", flagged(1), "P2 encrypted b.txt"},
      {"G7_StronglyEncrypted", flagged(1 << 6), "P2 encrypted b.txt"},
      {"G7_MaskedHeaders", flagged(1 << 13), "P2 encrypted b.txt"},
      {"G7_OtherMethod", with([](ZipMember& m) { m.method_told = 9; }), "P2 unsupported-method b.txt"},
      {"G7_LocalNameDiffers", with([](ZipMember& m) { m.local_name = "x.txt"; }), "P2 bad-archive b.txt"},
      {"G7_Overlapping", overlapping, "P2 bad-archive a"},
      {"G7_HiddenBetween", with([](ZipMember& m) { m.gap = "hidden"; }), "P2 bad-archive c.txt"},
      {"G7_HiddenBehind",
       ZipBuilder()
           .add([] {
             ZipMember made = member("a");
             made.gap = "hidden";
             return made;
           }())
           .build(),
       "P2 bad-archive"},
      {"G7_PrefixBeforeTheFirst", ZipBuilder().prefix("#!/bin/sh\n").file("a", "a").build(), "P2 bad-archive"},
      {"G4_WrongCrc", with([](ZipMember& m) { m.crc_change = 1; }), "P2 bad-check-value b.txt"},
      {"G4_WrongCrcDeflated", with([](ZipMember& m) {
         m.crc_change = 1;
         m.deflated = true;
       }),
       "P2 bad-check-value b.txt"},
      {"DescriptorMissing", with([](ZipMember& m) { m.descriptor = "none"; }), "P2 bad-archive b.txt"},
      {"FewerEntriesThanTold", ZipBuilder().file("a", "a").count(2).build(), "P2 bad-archive"},
      {"MoreEntriesThanTold", ZipBuilder().file("a", "a").file("b", "b").count(1).build(), "P2 bad-archive"},
      {"TwoEndRecords", ZipBuilder().file("a", "a").comment(ZipBuilder().build()).build(), "P2 bad-archive"},
      {"G4_TrailingData", right + "more", "P2 trailing-data"},
      {"G3_NoEntries", ZipBuilder().build(), "P2 bad-archive"},
      {"G5_Twice", ZipBuilder().file("a", "a").file("./a", "b").build(), "P3 duplicate-entry a"},
      {"G6_Escaping", ZipBuilder().file("../evil", "x").build(), "P3 unsafe-name ../evil"},
      {"G6_Absolute", ZipBuilder().file("/abs", "x").build(), "P3 unsafe-name /abs"},
      {"G6_Link", unix_kind(0120777), "P3 forbidden-entry b.txt"},
      {"G6_Device", unix_kind(0020644), "P3 forbidden-entry b.txt"},
      {"G6_Fifo", unix_kind(0010644), "P3 forbidden-entry b.txt"},
      {"G6_Volume", with([](ZipMember& m) {
         m.made_by = 0;
         m.attributes = 8;
       }),
       "P3 forbidden-entry b.txt"},
  };
}

class RefusedZipTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedZipTest, SaysWhy) {
  const Unpacking result = unpack(GetParam().package);
  ASSERT_TRUE(result.outcome) << result.text();
  const std::string problems = result.problems();
  // The first entry's name stands there where the archive as a whole is at fault while it is read.
  EXPECT_EQ(problems.substr(0, GetParam().problems.size()), GetParam().problems) << result.text();
}

INSTANTIATE_TEST_SUITE_P(All, RefusedZipTest, testing::ValuesIn(refused()),
                         [](const auto& row) { return row.param.name; });

TEST(ZipTest, G7_TextsAreThoseOfTheSpecification) {
  EXPECT_EQ(unpack(with([](ZipMember& m) { m.flags = 1; })).text(), kArchive + "is encrypted");
  EXPECT_EQ(unpack(with([](ZipMember& m) { m.method_told = 12; })).text(),
            kArchive + "uses an unsupported compression method (b.txt)");
  EXPECT_EQ(unpack(ZipBuilder().file("a", "a").build() + "more").text(), kTrailing);
  EXPECT_EQ(unpack(ZipBuilder().file("a", "a").build() + std::string(100, '\0')).text(), "ok W14 zero-padding");
}

TEST(ZipTest, G7_Limits) {
  const std::string bomb = ZipBuilder().file("zeros", std::string(40 << 20, '\0'), true).build();
  const ArchiveLimits limits{.ratio = 100, .ratio_from = 1 << 20};
  EXPECT_EQ(unpack(bomb, 1 << 20, limits).text(), kArchive + "expands more than 100 times");
  ZipBuilder many;
  for (int i = 0; i < 20; ++i) many.file(std::to_string(i), "");
  EXPECT_EQ(unpack(many.build(), 1 << 20, {.entries = 10}).text(), kArchive + "has more than 10 entries");
}

TEST(ZipTest, WithoutRandomAccessItIsTheOperatorsToMend) {
  const std::string package = ZipBuilder().file("a", "a").build();
  testing_support::ChunkedSource source(package, 100);
  testing_support::MemorySink sink;
  const auto outcome = unpack_archive(source, kLoc, sink);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().act, Act::broken);
  EXPECT_EQ(outcome.error().reason, Reason::unsupported);
}

}  // namespace
}  // namespace strongroom::archive
