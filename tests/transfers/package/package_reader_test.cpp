// Goal: every package that can be read is, everything that is wrong with one is told by its code (B4, B5, B7, B10).
// Method: packages built byte by byte, each with one oddity.
#include <gtest/gtest.h>

#include <functional>

#include "transfers/package/packages.hpp"

namespace strongroom::transfers {
namespace {

using testing_support::ZipBuilder;
using testing_support::ZipMember;

ZipMember file(std::string name, std::string content = "hello\n") {
  ZipMember made;
  made.name = std::move(name);
  made.content = std::move(content);
  return made;
}

ZipBuilder good() { return ZipBuilder().add(csv_member()).add(file("a.txt")); }

/// The good package with this change of metadata.csv.
std::string with(const std::function<void(ZipMember&)>& change) {
  ZipMember csv = csv_member();
  change(csv);
  return ZipBuilder().add(file("a.txt")).add(csv).build();
}

std::string replaced(std::string package, std::size_t at, const std::string& bytes) {
  return package.replace(at, bytes.size(), bytes);
}

void expect_good(const std::string& package, const std::string& findings = "") {
  const PackageContents contents = read(package);
  EXPECT_TRUE(contents.readable);
  EXPECT_EQ(told(contents), findings);
  EXPECT_EQ(contents.metadata_csv, kGoodCsv);
}

TEST(PackageReaderTest, AGoodPackage) {
  ZipMember rights = file("metadata/rights.csv", "file,basis\n");
  rights.deflated = true;
  const PackageContents contents =
      read(ZipBuilder().add(csv_member()).add(file("a/", "")).add(file("a/b.txt")).add(rights).build());
  EXPECT_TRUE(contents.readable);
  EXPECT_EQ(told(contents), "");
  EXPECT_EQ(contents.metadata_csv, kGoodCsv);
  EXPECT_EQ(contents.rights_csv, "file,basis\n");
  EXPECT_EQ(names_of(contents),
            (std::vector<std::string>{"metadata/metadata.csv", "a/", "a/b.txt", "metadata/rights.csv"}));
}

TEST(PackageReaderTest, NoMembers) {
  const PackageContents contents = read(ZipBuilder().build());
  EXPECT_TRUE(contents.readable);
  EXPECT_TRUE(contents.listing.empty());
  EXPECT_EQ(told(contents), "");
  EXPECT_EQ(contents.metadata_csv, std::nullopt);
}

TEST(PackageReaderTest, AnEmptyCsvIsThere) {
  EXPECT_EQ(read(ZipBuilder().add(csv_member("")).build()).metadata_csv, "");
  ZipMember deflated = csv_member("");
  deflated.deflated = true;
  EXPECT_EQ(read(ZipBuilder().add(deflated).build()).metadata_csv, "");
}

TEST(PackageReaderTest, B10_ForeignDataCommentsAndDescriptors) {
  expect_good(good().prefix(noise(1024)).build());
  expect_good(good().comment(std::string(60'000, 'c')).build());
  expect_good(good().comment("PK\5\6 is how an end record begins, " + std::string(40, '!')).build());
  expect_good(good().prefix(noise(1024)).comment(noise(65'535)).build());
  for (const char* descriptor : {"plain", "signed", "wide"}) {
    expect_good(with([&](ZipMember& csv) { csv.descriptor = descriptor; }));
  }
}

TEST(PackageReaderTest, ForeignDataBehind) {
  expect_good(good().build() + std::string(1000, '\0'));
  expect_good(good().build() + "appended");
}

TEST(PackageReaderTest, WrongNumbersOfEntriesDoNotMatter) {
  expect_good(good().count(7).build());
  expect_good(good().count(0).build());
}

TEST(PackageReaderTest, B10_TheLastOfTwoCounts) {
  const std::string last = ZipBuilder().add(csv_member("bad")).add(file("x")).add(csv_member()).build();
  expect_good(last, "W-DUPLICATE-MEMBER metadata/metadata.csv");
  const PackageContents first = read(ZipBuilder().add(csv_member()).add(csv_member("bad")).build());
  EXPECT_EQ(first.metadata_csv, "bad");
  EXPECT_EQ(first.findings.at(0).severity, Severity::warning);
  // Also when the first could not be read, or the last cannot.
  ZipMember broken = csv_member("bad");
  broken.crc_change = 1;
  expect_good(ZipBuilder().add(broken).add(csv_member()).build(), "W-DUPLICATE-MEMBER metadata/metadata.csv");
  const PackageContents worse = read(ZipBuilder().add(csv_member()).add(broken).build());
  EXPECT_EQ(told(worse), "W-DUPLICATE-MEMBER metadata/metadata.csv; ZIP-CORRUPT metadata/metadata.csv");
  EXPECT_EQ(worse.metadata_csv, std::nullopt);
}

TEST(PackageReaderTest, MoreDuplicatesThanAnybodyReads) {
  ZipBuilder zip;
  for (int i = 0; i < 1000; ++i) zip.file("f" + std::to_string(i % 500), "");
  const PackageContents contents = read(zip.build());
  ASSERT_EQ(contents.findings.size(), 201U);
  EXPECT_TRUE(contents.findings.back().description.starts_with("300 more names occur more than once"));
}

// ---- what is refused
// --------------------------------------------------------------------------------------------------

struct Refused {
  std::string name;
  std::string package;
  std::string findings;
  bool readable;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }

std::vector<Refused> unreadable() {
  const std::string right = good().build();
  const std::size_t end = right.size() - 22;
  const std::size_t directory = right.find("PK\1\2");
  const auto number = ZipBuilder::number;
  return {
      {"B4_NotAZip", "not a ZIP archive", "ZIP-NOT-ZIP", false},
      {"B4_OneByte", "P", "ZIP-NOT-ZIP", false},
      {"B4_SevenZip", "7z\xBC\xAF\x27\x1C" + std::string(100, '\0'), "ZIP-NOT-ZIP", false},
      {"B4_LastTenBytesMissing", right.substr(0, right.size() - 10), "ZIP-TRUNCATED", false},
      {"B4_OnlyTheBeginning", right.substr(0, 40), "ZIP-TRUNCATED", false},
      {"B4_OnlyTheMark", right.substr(0, 4), "ZIP-TRUNCATED", false},
      {"BeginningMissing", right.substr(30), "ZIP-TRUNCATED", false},
      {"DirectoryLongerThanThePackage", replaced(right, end + 12, number(1'000'000, 4)), "ZIP-TRUNCATED", false},
      {"B5_SpanningMark", "PK\7\b" + right, "ZIP-MULTIDISK", false},
      {"B5_EndOnAnotherDisk", replaced(right, end + 4, number(1, 2)), "ZIP-MULTIDISK", false},
      {"B5_DirectoryOnAnotherDisk", replaced(right, end + 6, number(1, 2)), "ZIP-MULTIDISK", false},
      {"B5_MemberOnAnotherDisk", replaced(right, directory + 34, number(2, 2)), "ZIP-MULTIDISK", false},
      {"EncryptedDirectory", replaced(right, directory, "PK\6\b"), "ZIP-ENCRYPTED", false},
      {"EntryIsNone", replaced(right, directory, "XX"), "ZIP-CORRUPT", false},
      {"EntryIsNotWhole", replaced(right, end - 51 + 28, number(500, 2)), "ZIP-CORRUPT", false},
      {"DirectoryBeginsWithinAnEntry", replaced(right, end + 12, number(50, 4)), "ZIP-CORRUPT", false},
  };
}

std::vector<Refused> readable() {
  const auto flags = [](std::uint16_t bits) { return with([=](ZipMember& csv) { csv.flags = bits; }); };
  const auto method = [](std::uint16_t number) { return with([=](ZipMember& csv) { csv.method_told = number; }); };
  ZipMember encrypted = file("a.txt");
  encrypted.flags = 1;
  const std::string csv = " metadata/metadata.csv";
  const std::string right = with([](ZipMember&) {});
  const std::size_t entry = right.rfind("PK\1\2");
  const auto number = ZipBuilder::number;
  const auto packed = [&](std::string data) {
    return with([&](ZipMember& m) {
      m.deflated = true;
      m.packed = std::move(data);
    });
  };
  return {
      {"B5_EncryptedCsv", flags(1), "ZIP-ENCRYPTED" + csv, true},
      {"StronglyEncryptedCsv", flags(1 << 6), "ZIP-ENCRYPTED" + csv, true},
      {"MaskedHeaders", flags(1 << 13), "ZIP-ENCRYPTED" + csv, true},
      {"B7_Method98", method(98), "ZIP-METHOD" + csv, true},
      {"Method95", method(95), "ZIP-METHOD" + csv, true},
      {"PatchedData", flags(1 << 5), "ZIP-METHOD" + csv, true},
      {"B4_WrongCrc", with([](ZipMember& m) { m.crc_change = 1; }), "ZIP-CORRUPT" + csv, true},
      {"SizeTooSmall", with([](ZipMember& m) { m.size_change = 0xFFFFFFFF; }), "ZIP-CORRUPT" + csv, true},
      {"SizeTooLarge", with([](ZipMember& m) { m.size_change = 1; }), "ZIP-CORRUPT" + csv, true},
      {"B5_CorruptStream", packed("\xFF" + std::string(30, 'x')), "ZIP-CORRUPT" + csv, true},
      {"StreamBreaksOff", packed(std::string(1, '\0')), "ZIP-CORRUPT" + csv, true},
      {"NoStream", packed(""), "ZIP-CORRUPT" + csv, true},
      {"StoredCalledDeflated", method(8), "ZIP-CORRUPT" + csv, true},
      {"StoredCalledDeflate64", method(9), "ZIP-CORRUPT" + csv, true},
      {"StoredCalledBzip2", method(12), "ZIP-CORRUPT" + csv, true},
      {"StoredCalledLzma", method(14), "ZIP-CORRUPT" + csv, true},
      {"StoredCalledZstd", method(93), "ZIP-CORRUPT" + csv, true},
      {"LocalNameDiffers", with([](ZipMember& m) { m.local_name = "metadata/metadata.CSV"; }), "ZIP-CORRUPT" + csv,
       true},
      {"LocalNameIsLonger", with([](ZipMember& m) { m.local_name = "metadata/metadata.csv.bak"; }), "ZIP-CORRUPT" + csv,
       true},
      {"NoLocalHeader", replaced(right, entry + 42, number(3, 4)), "ZIP-CORRUPT" + csv, true},
      {"BeyondTheEnd", replaced(right, entry + 42, number(1'000'000, 4)), "ZIP-TRUNCATED" + csv, true},
      {"HeaderReachesBeyondTheEnd", replaced(right, entry + 42, number(right.size() - 10, 4)), "ZIP-TRUNCATED" + csv,
       true},
      {"DataReachBeyondTheEnd", replaced(right, entry + 20, number(1'000'000, 4)), "ZIP-TRUNCATED" + csv, true},
  };
}

class RefusedPackageTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedPackageTest, SaysWhy) {
  const PackageContents contents = read(GetParam().package);
  EXPECT_EQ(told(contents), GetParam().findings);
  EXPECT_EQ(contents.readable, GetParam().readable);
  EXPECT_EQ(contents.listing.empty(), !GetParam().readable);
  EXPECT_EQ(contents.metadata_csv, std::nullopt);
  ASSERT_FALSE(contents.findings.empty());
  EXPECT_EQ(contents.findings[0].severity, Severity::problem);
  // In whole sentences of printable ASCII, with what to do.
  const std::string& text = contents.findings[0].description;
  EXPECT_TRUE(text.ends_with(".")) << text;
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) << text;
  EXPECT_TRUE(text.find("upload") != std::string::npos) << text;
}

const auto kName = [](const auto& row) { return row.param.name; };
INSTANTIATE_TEST_SUITE_P(Unreadable, RefusedPackageTest, testing::ValuesIn(unreadable()), kName);
INSTANTIATE_TEST_SUITE_P(Readable, RefusedPackageTest, testing::ValuesIn(readable()), kName);

TEST(PackageReaderTest, B5_EncryptedPayloadIsNamedAndTheCsvReadAllTheSame) {
  ZipBuilder zip;
  zip.add(csv_member());
  for (int i = 0; i < 12; ++i) {
    ZipMember member = file("a" + std::to_string(i) + ".txt");
    member.flags = 1;
    member.method_told = 99;
    zip.add(member);
  }
  const PackageContents contents = read(zip.build());
  EXPECT_EQ(told(contents), "ZIP-ENCRYPTED");
  EXPECT_EQ(contents.metadata_csv, kGoodCsv);
  const std::string& text = contents.findings.at(0).description;
  EXPECT_NE(text.find("12 members of the zip are encrypted"), std::string::npos) << text;
  EXPECT_NE(text.find("\"a0.txt\", \"a1.txt\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"a9.txt\" and 2 more."), std::string::npos) << text;
  EXPECT_TRUE(contents.listing.member(3).encrypted);
}

TEST(PackageReaderTest, B5_OneEncryptedMember) {
  ZipMember member = file("a.txt");
  member.flags = 1;
  const PackageContents contents = read(ZipBuilder().add(csv_member()).add(member).build());
  EXPECT_EQ(told(contents), "ZIP-ENCRYPTED a.txt");
}

TEST(PackageReaderTest, B7_PayloadMayHaveAnyMethod) {
  ZipMember member = file("a.txt");
  member.method_told = 98;
  expect_good(ZipBuilder().add(csv_member()).add(member).build(), "W-METHOD a.txt");
  const PackageContents contents = read(ZipBuilder().add(csv_member()).add(member).build());
  EXPECT_EQ(contents.findings.at(0).severity, Severity::warning);
  EXPECT_NE(contents.findings.at(0).description.find("\"a.txt\" (method 98, PPMd)"), std::string::npos);
  for (const int known : {0, 8, 9, 12, 14, 93}) {
    member.method_told = static_cast<std::uint16_t>(known);
    expect_good(ZipBuilder().add(csv_member()).add(member).build());
  }
}

TEST(PackageReaderTest, OneCsvDoesNotSpoilTheOther) {
  ZipMember rights = file("metadata/rights.csv", "file,basis\n");
  rights.crc_change = 1;
  expect_good(ZipBuilder().add(csv_member()).add(rights).build(), "ZIP-CORRUPT metadata/rights.csv");
}

TEST(PackageReaderTest, EveryTruncationIsTold) {
  const std::string right = good().build();
  for (std::size_t size = 4; size < right.size(); ++size) {
    const PackageContents contents = read(right.substr(0, size));
    ASSERT_EQ(told(contents), "ZIP-TRUNCATED") << size;
    ASSERT_FALSE(contents.readable);
  }
}

TEST(PackageReaderTest, EveryFlippedBitEndsInAVerdict) {
  ZipMember csv = csv_member();
  csv.deflated = true;
  const std::string right = ZipBuilder().add(csv).build();
  for (std::size_t bit = 0; bit < right.size() * 8; ++bit) {
    std::string flipped = right;
    flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ 1U << bit % 8);
    const PackageContents contents = read(flipped);
    // Never other bytes than were packed.
    if (contents.metadata_csv) {
      ASSERT_EQ(*contents.metadata_csv, kGoodCsv) << bit;
    }
    if (!contents.readable) {
      ASSERT_FALSE(contents.findings.empty()) << bit;
    }
  }
}

}  // namespace
}  // namespace strongroom::transfers
