// Goal: every file of a version is found by its exact name and nothing else is, in small and large descriptions, and a
// damaged copy never hides a file. Method: versions written by the real writers into stores in memory.
#include "retrieve/find_file.hpp"

#include <gtest/gtest.h>

#include "retrieve/stored_version.hpp"

namespace strongroom::retrieve {
namespace {

const BagId kBag{Space::parse("maps").value(), ExternalIdentifier::parse("x").value()};

class FindFile : public ::testing::TestWithParam<int> {
 protected:
  FindFile() {
    for (int i = 0; i < GetParam(); ++i) files[payload_name(i)] = std::to_string(i);
    for (const char* name : {"bag-info.txt", "bagit.txt", "a/notes.txt", "tagmanifest-md5.txt"}) files[name] = name;
    row = archive.store(kBag, 1, files);
  }
  static std::string payload_name(int i) {
    std::string number = std::to_string(i);
    return "data/" + std::string(6 - number.size(), '0') + number;
  }
  Result<std::optional<FoundFile>> find(const std::string& name) {
    return find_file(archive.descriptions(), kBag, row, name);
  }
  std::string& kept() { return archive.records.objects.begin()->second; }

  Archive archive;
  std::map<std::string, std::string> files;
  VersionRow row{Version(1), VersionState::registered, Archive::kIngest, true, {}};
};

TEST_P(FindFile, ByItsExactName) {
  const int step = std::max(1, GetParam() / 97);
  for (int i = 0; i < GetParam(); i += step) {
    const auto found = find(payload_name(i));
    ASSERT_TRUE(found && *found) << payload_name(i);
    EXPECT_EQ((*found)->file.name, payload_name(i));
    EXPECT_EQ((*found)->file.path, "v1/" + payload_name(i));
    EXPECT_EQ((*found)->shown, digest_of(Algorithm::sha512, std::to_string(i)));
  }
  const auto tag = find("bagit.txt");
  ASSERT_TRUE(tag && *tag);
  EXPECT_EQ((*tag)->shown, digest_of(Algorithm::md5, "bagit.txt"));
  for (const char* name : {"", "a", "data/", "data/00000", "data/0000000", "data/999999", "data/000000x", "bagit.txt ",
                           "z", "DATA/000000", "tagmanifest-md5.txtx"}) {
    const auto found = find(name);
    ASSERT_TRUE(found) << name << found.error().text();
    EXPECT_FALSE(*found) << name;
  }
}

TEST_P(FindFile, ReadsOnlyAStretchOfALargeDescription) {
  archive.records.asked.clear();
  ASSERT_TRUE(find(payload_name(GetParam() / 2)).value());
  std::uint64_t bytes = 0;
  for (const ByteRange& range : archive.records.asked) bytes += range.length.value_or(0);
  EXPECT_LT(bytes, std::uint64_t{1} << 20U);
  EXPECT_LE(archive.records.asked.size(), 2U);
}

TEST_P(FindFile, ADamagedCopyHidesNothing) {
  const std::string name = payload_name(GetParam() / 2);
  const auto at = kept().find(name);
  kept()[at] = 'D';
  const auto found = find(name);
  if (row.registration->description_size <= kDescriptionHeldMax) {
    ASSERT_TRUE(found && *found) << found.error().text();
    EXPECT_NE(archive.log.text.find("description.copy_unusable"), std::string::npos);
  } else {
    // Not believed, and told: the whole of it has been read.
    EXPECT_EQ(found.error().reason, Reason::corrupt);
    archive.records.objects.clear();
    EXPECT_TRUE(find(name).value());
  }
}

// The largest is over the size up to which a description is read whole.
INSTANTIATE_TEST_SUITE_P(Sizes, FindFile, ::testing::Values(1, 999, 1000, 1001, 2500, 5000));

}  // namespace
}  // namespace strongroom::retrieve
