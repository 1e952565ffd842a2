// Goal: the package of a stored version is the whole bag, valid by itself, always the same, and never whole when
// anything in it is wrong (case E5). Method: versions in memory, exported and read back by libarchive.
#include "retrieve/bag_export.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <clocale>

#include "retrieve/stored_version.hpp"
#include "support/bag_builder.hpp"

namespace strongroom::retrieve {
namespace {

using Files = std::map<std::string, std::string>;

const BagId kBag{Space::parse("maps").value(), ExternalIdentifier::parse("x").value()};

class Export : public ::testing::Test {
 protected:
  struct Exported {
    std::string bytes;
    std::optional<Error> failed;
  };
  Exported run(const VersionRow& row, const BagId& bag = kBag) {
    Exported result;
    auto opened = BagExport::open({archive.descriptions(), archive.copies()}, bag, row);
    if (!opened) {
      result.failed = opened.error();
      return result;
    }
    for (;;) {
      const std::size_t before = result.bytes.size();
      const auto more = (*opened)->next(result.bytes);
      EXPECT_LT(result.bytes.size() - before, 1U << 20U);
      if (!more) result.failed = more.error();
      if (!more || !*more) return result;
    }
  }

  /// Names and contents in their order; nothing when it is no whole archive.
  static std::optional<std::vector<std::pair<std::string, std::string>>> unpack(const std::string& bytes) {
    std::vector<std::pair<std::string, std::string>> members;
    // Names are converted by way of the locale.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    ::archive* reader = archive_read_new();
    archive_read_support_format_tar(reader);
    archive_read_support_filter_gzip(reader);
    int state = archive_read_open_memory(reader, bytes.data(), bytes.size());
    archive_entry* entry = nullptr;
    while (state == ARCHIVE_OK && (state = archive_read_next_header(reader, &entry)) == ARCHIVE_OK) {
      EXPECT_EQ(archive_entry_mtime(entry), 1'714'555'900);
      std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
      if (archive_read_data(reader, content.data(), content.size()) != static_cast<la_ssize_t>(content.size())) break;
      members.emplace_back(archive_entry_pathname_utf8(entry), content);
    }
    // To the end of the compressed stream, which the tar does not need.
    archive_read_free(reader);
    if (state != ARCHIVE_EOF) return std::nullopt;
    return members;
  }
  static Files as_map(const std::string& bytes, const std::string& top) {
    Files files;
    std::string last;
    const auto members = unpack(bytes);
    EXPECT_TRUE(members);
    for (const auto& [name, content] : members.value_or(std::vector<std::pair<std::string, std::string>>())) {
      EXPECT_TRUE(name.starts_with(top + "/")) << name;
      EXPECT_LT(last, name);
      last = name;
      files[name.substr(top.size() + 1)] = content;
    }
    return files;
  }
  static Files bag(const Files& payload) {
    testing_support::BagBuilder builder("x");
    for (const auto& [name, content] : payload) builder.file(name, content);
    return builder.build();
  }

  Archive archive;
};

TEST_F(Export, E5_UnchangedWithoutFetch) {
  const Files files = bag({{"data/b c/é.txt", "b"}, {"data/empty", ""}, {"data/large", std::string(300'000, 'l')}});
  const VersionRow row = archive.store(kBag, 1, files);
  const Exported exported = run(row);
  EXPECT_FALSE(exported.failed);
  EXPECT_EQ(as_map(exported.bytes, "x-v1"), files);
  EXPECT_EQ(run(row).bytes, exported.bytes);
}

TEST_F(Export, E5_WholeAndValidWithWhatEarlierVersionsHold) {
  const Files first = bag({{"data/a.txt", "from the first"}, {"data/gone", "g"}});
  archive.store(kBag, 1, first);
  Files second = bag({{"data/a.txt", "from the first"}, {"data/b.txt", "new"}, {"data/z.txt", "from the first"}});
  const Files complete = second;
  second["fetch.txt"] = "file:///srv/x/v1/data/a.txt 14 data/a.txt\n";
  testing_support::retag(second);
  ASSERT_NE(second.at("tagmanifest-sha256.txt"), complete.at("tagmanifest-sha256.txt"));
  const VersionRow row =
      archive.store(kBag, 2, second, {{"data/a.txt", "v1/data/a.txt"}, {"data/z.txt", "v1/data/a.txt"}});
  const Exported exported = run(row);
  EXPECT_FALSE(exported.failed) << exported.failed->text();
  EXPECT_EQ(as_map(exported.bytes, "x-v2"), complete);
}

TEST_F(Export, E5_TheTopDirectory) {
  const BagId bag_id{Space::parse("maps").value(), ExternalIdentifier::parse("PP/MIA 1").value()};
  const VersionRow row = archive.store(bag_id, 12, bag({}));
  EXPECT_EQ(as_map(run(row, bag_id).bytes, "PP_MIA 1-v12").size(), bag({}).size());
}

TEST_F(Export, TagFilesStandOnBothSidesOfThePayload) {
  Files files = bag({{"data/a", "a"}});
  files["a/first"] = "1";
  files["zz/last"] = "2";
  testing_support::retag(files);
  const VersionRow row = archive.store(kBag, 1, files);
  EXPECT_EQ(as_map(run(row).bytes, "x-v1"), files);
}

TEST_F(Export, E5_AnyDamageBreaksItOff) {
  const Files files = bag({{"data/b.txt", std::string(100'000, 'b')}});
  const VersionRow row = archive.store(kBag, 1, files);
  for (const auto& [name, content] : files) {
    const std::string key = "maps/x/v1/" + name;
    for (test::FakeStore& store : archive.stores) store.objects.at(key)[content.size() / 2] ^= 1;
    const Exported exported = run(row);
    ASSERT_TRUE(exported.failed) << name;
    EXPECT_EQ(exported.failed->reason, Reason::corrupt);
    EXPECT_FALSE(unpack(exported.bytes)) << name;
    for (test::FakeStore& store : archive.stores) store.objects.erase(key);
    EXPECT_EQ(run(row).failed->reason, Reason::not_found) << name;
    for (test::FakeStore& store : archive.stores) store.objects[key] = content;
  }
  EXPECT_FALSE(run(row).failed);
}

TEST_F(Export, ALargeDescriptionIsCheckedToo) {
  Files payload;
  for (int i = 0; i < 4000; ++i) payload["data/" + std::to_string(i)] = std::to_string(i);
  const Files files = bag(payload);
  const VersionRow row = archive.store(kBag, 1, files);
  ASSERT_GT(row.registration->description_size, kDescriptionHeldMax);
  EXPECT_EQ(as_map(run(row).bytes, "x-v1"), files);
  // An event's text, say: nothing that any file needs.
  std::string& kept = archive.records.objects.begin()->second;
  kept[kept.find("requestedBy")] = 'R';
  const Exported exported = run(row);
  ASSERT_TRUE(exported.failed);
  EXPECT_FALSE(unpack(exported.bytes));
}

}  // namespace
}  // namespace strongroom::retrieve
