// Inventories: entries survive writing and reading whatever their names, and a lost or changed line is noticed.
#include "domain/inventory.hpp"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

InventoryEntry entry(std::string name, std::uint64_t size = 5) {
  return {std::move(name), size, {digest_of(Algorithm::sha256, "hello"), digest_of(Algorithm::md5, "hello")}};
}

struct Written {
  std::string text;
  InventoryRef ref;
};

Written write(const std::vector<InventoryEntry>& entries) {
  TextSink sink;
  InventoryWriter writer(sink);
  for (const InventoryEntry& e : entries) EXPECT_TRUE(writer.add(e));
  auto ref = writer.finish();
  EXPECT_TRUE(ref);
  return {sink.take(), *ref};
}

/// The error of reading it to the end, if any; the names in `names`.
std::optional<Error> read(const Written& written, std::vector<std::string>& names) {
  TextSource source(written.text);
  InventoryReader reader(source, written.ref);
  for (;;) {
    const auto next = reader.next();
    if (!next) return next.error();
    if (*next == nullptr) return std::nullopt;
    names.push_back((*next)->name);
  }
}

TEST(InventoryTest, ALineIsSizeDigestsAndName) {
  EXPECT_EQ(encode_entry({"data/100%\n", 5, {digest_of(Algorithm::sha256, "hello")}}),
            "5\tsha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\tdata/100%25%0A");
}

TEST(InventoryTest, EntriesSurviveWhateverTheirNames) {
  for (const std::string name : {"a", "data/a b", "data/%0A", "data/a\tb\nc\x7F", "\xC3\xA9", "data/a,b:c"}) {
    const auto decoded = decode_entry(encode_entry(entry(name, 9'000'000'000'000'000'000U)));
    ASSERT_TRUE(decoded) << name;
    EXPECT_EQ(decoded->name, name);
    EXPECT_EQ(decoded->size, 9'000'000'000'000'000'000U);
    EXPECT_EQ(decoded->digests, entry(name).digests);
    EXPECT_EQ(decoded->sha256(), digest_of(Algorithm::sha256, "hello"));
    EXPECT_EQ(decoded->digest(Algorithm::sha1), nullptr);
  }
}

TEST(InventoryTest, AFetchedFileHasItsPath) {
  InventoryEntry fetched = entry("data/new\tname", 5);
  fetched.path = "v1/data/old%\n";
  const auto decoded = decode_entry(encode_entry(fetched));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->name, fetched.name);
  EXPECT_EQ(decoded->path, fetched.path);
  EXPECT_EQ(decode_entry(encode_entry(entry("a", 5)))->path, "");
}

TEST(InventoryTest, MalformedLinesAreCorrupt) {
  const std::string sha256 = "sha256:" + digest_of(Algorithm::sha256, "").hex();
  for (const std::string& line :
       {std::string(), std::string("5\ta"), "x\t" + sha256 + "\ta", "5\t" + sha256 + "\ta\tb\tc",
        "5\t" + sha256 + "\ta\t", "5\t" + sha256 + "\ta\t%4", "5\t" + sha256 + "\t%4", std::string("5\tmd5:00\ta"),
        std::string("5\tmd5\ta"), "5\tcrc:" + sha256.substr(7) + "\ta",
        "5\tmd5:" + digest_of(Algorithm::md5, "").hex() + "\ta", "-1\t" + sha256 + "\ta"}) {
    const auto decoded = decode_entry(line);
    ASSERT_FALSE(decoded) << line;
    EXPECT_EQ(decoded.error().reason, Reason::corrupt);
  }
}

TEST(InventoryTest, ReadsWhatWasWritten) {
  std::vector<InventoryEntry> entries;
  std::vector<std::string> expected;
  for (int i = 0; i < 5000; ++i) {
    entries.push_back(entry("data/" + std::to_string(i), 2));
    expected.push_back(entries.back().name);
  }
  const Written written = write(entries);
  EXPECT_EQ(written.ref.entries, 5000U);
  EXPECT_EQ(written.ref.bytes, 10'000U);
  EXPECT_EQ(written.ref.sha256, digest_of(Algorithm::sha256, written.text).hex());
  std::vector<std::string> names;
  EXPECT_FALSE(read(written, names));
  EXPECT_EQ(names, expected);
  EXPECT_EQ(write({}).ref.entries, 0U);
}

TEST(InventoryTest, NoticesLossAndChange) {
  const Written good = write({entry("data/a"), entry("data/b")});
  const auto line = good.text.size() / 2;
  std::vector<Written> damaged(5, good);
  damaged[0].text.resize(line);               // the last line lost
  damaged[1].text.clear();                    // everything lost
  damaged[2].text += good.text.substr(line);  // a line more
  damaged[3].text[line - 2] = 'c';            // another name
  damaged[4].ref.bytes += 1;                  // another inventory
  for (const Written& written : damaged) {
    std::vector<std::string> names;
    const auto error = read(written, names);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->reason, Reason::corrupt);
  }
}

TEST(InventoryDeathTest, AnEntryWithoutSha256IsABug) {
  const InventoryEntry bare{"a", 0, {}};
  EXPECT_DEATH((void)bare.sha256(), "CHECK failed");
}

}  // namespace
}  // namespace strongroom
