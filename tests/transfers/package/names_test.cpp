// Goal: a member's name is what it is meant to be, whichever way the zip says it (spec 6.2). Method: names byte by
// byte, each way of marking them right and wrong.
#include <gtest/gtest.h>

#include "transfers/package/packages.hpp"

namespace strongroom::transfers {
namespace {

using testing_support::ZipBuilder;
using testing_support::ZipMember;

/// A Unicode Path field that says `meant` for `raw`.
std::string unicode_path(const std::string& raw, const std::string& meant, int version = 1,
                         std::uint32_t crc_change = 0) {
  return ZipBuilder::number(0x7075, 2) + ZipBuilder::number(5 + meant.size(), 2) +
         std::string(1, static_cast<char>(version)) + ZipBuilder::number(ZipBuilder::crc_of(raw) ^ crc_change, 4) +
         meant;
}

PackageContents read_name(const std::string& raw, const std::string& extra = {}, std::uint16_t flags = 0) {
  ZipMember member;
  member.name = raw;
  member.extra = extra;
  member.flags = flags;
  return read(ZipBuilder().add(member).build());
}

std::string name_of(const std::string& raw, const std::string& extra = {}, std::uint16_t flags = 0) {
  const PackageContents contents = read_name(raw, extra, flags);
  EXPECT_EQ(told(contents), "");
  return contents.listing.empty() ? "" : std::string(contents.listing.name(0));
}

constexpr std::uint16_t kMarked = 1 << 11;

TEST(PackageNamesTest, Marked) { EXPECT_EQ(name_of("caf\xC3\xA9", "", kMarked), "café"); }

TEST(PackageNamesTest, ToldByAnExtraField) {
  EXPECT_EQ(name_of("caf\x82", unicode_path("caf\x82", "cafe ☕")), "cafe ☕");
  // Info-ZIP escapes what the old name cannot have.
  EXPECT_EQ(name_of("caf#U00e9", unicode_path("caf#U00e9", "café")), "café");
  // Behind another field.
  EXPECT_EQ(name_of("x", ZipBuilder::number(0x5455, 2) + ZipBuilder::number(1, 2) + "\1" + unicode_path("x", "ü")),
            "ü");
}

TEST(PackageNamesTest, AnExtraFieldThatDoesNotBelongIsNotFollowed) {
  EXPECT_EQ(name_of("caf\x82", unicode_path("caf\x82", "other", 1, 1)), "café") << "checksum of another name";
  EXPECT_EQ(name_of("caf\x82", unicode_path("caf\x82", "other", 2)), "café") << "another version";
  EXPECT_EQ(name_of("caf\x82", unicode_path("caf\x82", "\xFF")), "café") << "no UTF-8";
  EXPECT_EQ(name_of("caf\x82", unicode_path("caf\x82", "")), "café") << "empty";
  EXPECT_EQ(name_of("caf\x82", unicode_path("caf\x82", "other").substr(0, 8)), "café") << "cut off";
}

TEST(PackageNamesTest, EndsAtItsFirstNul) {
  const std::string raw("metadata/metadata.csv\0.jpg", 26);
  ZipMember member = csv_member();
  member.name = raw;
  const PackageContents contents = read(ZipBuilder().add(member).build());
  EXPECT_EQ(names_of(contents), std::vector<std::string>{"metadata/metadata.csv"});
  EXPECT_EQ(contents.metadata_csv, kGoodCsv);
  EXPECT_EQ(name_of(std::string("a\0b", 3), "", kMarked), "a");
  const std::string told("ü\0b", 4);
  EXPECT_EQ(name_of("x", unicode_path("x", told)), "ü");
}

TEST(PackageNamesTest, BackslashesSeparateNothing) {
  const PackageContents contents = read_name("metadata\\metadata.csv");
  EXPECT_EQ(names_of(contents), std::vector<std::string>{"metadata\\metadata.csv"});
  EXPECT_EQ(contents.metadata_csv, std::nullopt);
}

TEST(PackageNamesTest, WronglyMarkedIsTold) {
  const PackageContents contents = read_name("a\xFF\xE2\x80\xAEz", "", kMarked);
  EXPECT_EQ(told(contents), "ZIP-CORRUPT a\xFF\xE2\x80\xAEz");
  EXPECT_TRUE(contents.readable);
  EXPECT_NE(contents.findings.at(0).description.find("\"a\\xFF\\u{202E}z\""), std::string::npos)
      << contents.findings.at(0).description;
}

}  // namespace
}  // namespace strongroom::transfers
