// Goal: members are found by exactly their names, the last of several, fast whatever the names are. Method: small lists
// with every oddity, and a large one against std::map.
#include <gtest/gtest.h>

#include "transfers/package/packages.hpp"
#include "transfers/package_listing.hpp"

namespace strongroom::transfers {
namespace {

TEST(PackageListingTest, NamesInTheOrderOfTheDirectory) {
  const auto listing = PackageListing::of({"b.txt", "a/", "", "a/b.txt"});
  ASSERT_EQ(listing.size(), 4U);
  EXPECT_EQ(listing.name(0), "b.txt");
  EXPECT_EQ(listing.name(2), "");
  EXPECT_TRUE(listing.is_directory(1));
  EXPECT_FALSE(listing.is_directory(2));
  EXPECT_FALSE(listing.is_directory(3));
  EXPECT_EQ(listing.find("a/b.txt"), 3U);
  EXPECT_EQ(listing.find("A/b.txt"), std::nullopt);
  EXPECT_EQ(listing.find("a"), std::nullopt);
  EXPECT_EQ(PackageListing::of({}).find("a"), std::nullopt);
}

TEST(PackageListingTest, B10_OfOneNameTheLastCounts) {
  const auto listing = PackageListing::of({"x", "a", "x", "b", "x", "b"});
  EXPECT_EQ(listing.find("x"), 4U);
  EXPECT_EQ(listing.find("a"), 1U);
  std::map<std::string, std::size_t> repeats;
  listing.for_each_repeated([&](std::string_view name, std::size_t count) { repeats.emplace(name, count); });
  EXPECT_EQ(repeats, (std::map<std::string, std::size_t>{{"b", 2}, {"x", 3}}));
}

TEST(PackageListingTest, ThoseThatBeginAlike) {
  const auto listing = PackageListing::of({"metadata/z", "metadat", "metadata/", "metadata0", "metadata/a"});
  std::vector<std::pair<std::size_t, std::string>> found;
  listing.for_each_beginning("metadata/", [&](std::size_t i, std::string_view name) { found.emplace_back(i, name); });
  EXPECT_EQ(found,
            (std::vector<std::pair<std::size_t, std::string>>{{2, "metadata/"}, {4, "metadata/a"}, {0, "metadata/z"}}));
}

TEST(PackageListingTest, EverythingThatIsKnownOfAMember) {
  PackageListing listing;
  const std::uint64_t size = std::uint64_t{5} << 40U;
  ASSERT_TRUE(listing.add({.name = "x", .encrypted = true, .method = 0xFFFF, .packed = size - 1, .size = size}));
  listing.build_index();
  const PackageMember member = listing.member(0);
  EXPECT_TRUE(member.encrypted);
  EXPECT_EQ(member.method, 0xFFFF);
  EXPECT_EQ(member.packed, size - 1);
  EXPECT_EQ(member.size, size);
}

TEST(PackageListingTest, Utf8ReadingOfANameReadAsCodePage437) {
  PackageListing listing;
  ASSERT_TRUE(listing.add({.name = "caf├⌐.txt", .has_utf8_reading = true}));
  ASSERT_TRUE(listing.add({.name = "na├»ve.txt"}));
  ASSERT_TRUE(listing.add({.name = "café.txt"}));
  listing.build_index();
  EXPECT_EQ(listing.utf8_reading(0), "café.txt");
  EXPECT_EQ(listing.utf8_reading(1), std::nullopt);
  EXPECT_EQ(listing.find_utf8_reading("café.txt"), 0U);
  EXPECT_EQ(listing.find_utf8_reading("naïve.txt"), std::nullopt) << "a name that was marked has no other reading";
  EXPECT_EQ(listing.find("café.txt"), 2U);
}

TEST(PackageListingTest, ManyNamesOfEveryLength) {
  PackageListing listing;
  std::map<std::string, std::size_t> expected;
  for (std::size_t i = 0; i < 20'000; ++i) {
    // Blocks of names are filled to the last byte now and then.
    const std::string name = i % 1000 == 0 ? std::string(65'535, 'n') + std::to_string(i) : noise(i % 64, i % 5000);
    ASSERT_TRUE(listing.add({.name = name}));
    expected[name] = i;
  }
  listing.build_index();
  for (const auto& [name, i] : expected) ASSERT_EQ(listing.find(name), i);
  for (const auto& [name, i] : expected) ASSERT_EQ(listing.name(i), name);
  EXPECT_EQ(listing.find("none"), std::nullopt);
}

TEST(PackageListingTest, BlocksFilledToTheLastByte) {
  PackageListing listing;
  for (int i = 0; i < 32; ++i) ASSERT_TRUE(listing.add({.name = std::string(65'536, static_cast<char>('a' + i))}));
  ASSERT_TRUE(listing.add({.name = ""}));
  listing.build_index();
  EXPECT_EQ(listing.name(32), "");
  EXPECT_EQ(listing.name(15), std::string(65'536, 'a' + 15));
  EXPECT_EQ(listing.find(""), 32U);
}

TEST(PackageListingTest, ALongerNameThanAnyZipHasIsRefused) {
  PackageListing listing;
  EXPECT_FALSE(listing.add({.name = std::string(200'000, 'n')}));
  EXPECT_TRUE(listing.add({.name = std::string(3 * 65'535, 'n')}));
}

}  // namespace
}  // namespace strongroom::transfers
