// Goal: versions are found by every filter and by nothing else, in pages, and an index that was cut off while it was
// filled is as good as one that was not. Method: versions of generated files in an index in a file, against a plain
// search through all of them.
#include "adapters/catalogue/sqlite/search_index.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <random>

namespace strongroom::sqlite {
namespace {

using Files = std::map<std::string, int>;  ///< name -> the version that holds it

class SearchIndexTest : public testing::Test {
 protected:
  SearchIndexTest() {
    std::string name = testing::TempDir() + "search-XXXXXX";
    directory_ = mkdtemp(name.data());
    open();
  }
  ~SearchIndexTest() override {
    index.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    index.reset();
    auto opened = open_search_index(directory_ / "search.sqlite");
    ASSERT_TRUE(opened) << opened.error().text();
    index = std::move(*opened);
  }
  static BagId bag(const std::string& identifier, const std::string& space = "maps") {
    return {Space::parse(space).value(), ExternalIdentifier::parse(identifier).value()};
  }
  static Instant day(int number) { return instant_of(1'714'521'600'000'000) + std::chrono::hours(24 * number); }

  /// Takes a version in; `cut_at`: the file at which the description can no longer be read.
  Result<void> add(const BagId& id, int version, const Files& files, const std::string& words = {}, int on_day = 0,
                   std::size_t cut_at = std::string::npos) {
    auto at = files.begin();
    DescribedFile file;
    std::size_t count = 0;
    return index->add({id, Version(version), day(on_day), words}, [&]() -> Result<const DescribedFile*> {
      if (count++ == cut_at) return broken("cut");
      if (at == files.end()) return static_cast<const DescribedFile*>(nullptr);
      file.name = at->first;
      file.path = "v" + std::to_string(at->second) + "/" + at->first;
      file.size = at->first.size();
      ++at;
      return static_cast<const DescribedFile*>(&file);
    });
  }
  /// `x@v1 y@v2 …`, with the number of files when any were asked for.
  std::string found(const SearchQuery& query, std::size_t page = 100) {
    std::string text;
    std::optional<SearchPlace> after;
    for (;;) {
      const auto results = index->search(query, after, page, 20);
      EXPECT_TRUE(results) << results.error().text();
      if (!results || results->empty()) return text;
      for (const SearchResult& result : *results) {
        text += (text.empty() ? "" : " ") + result.bag.external_identifier.str() + "@" + result.version.str();
        if (result.match_count > 0) text += ":" + std::to_string(result.match_count);
        after = result.place;
      }
    }
  }

  std::unique_ptr<SearchIndex> index;

 private:
  std::filesystem::path directory_;
};

TEST_F(SearchIndexTest, ByWords) {
  ASSERT_TRUE(add(bag("a"), 1, {}, "Carta Náutica\nHarbour Map Room", 1));
  ASSERT_TRUE(add(bag("b"), 1, {}, "Chart of the \"northern\" approaches\nHarbour Map Room", 2));
  EXPECT_EQ(found({.words = "harbour"}), "b@v1 a@v1");
  EXPECT_EQ(found({.words = "HARBOUR map"}), "b@v1 a@v1");
  EXPECT_EQ(found({.words = "nautica"}), "a@v1");
  EXPECT_EQ(found({.words = "northern"}), "b@v1");
  EXPECT_EQ(found({.words = "char*"}), "b@v1");
  EXPECT_EQ(found({.words = "char"}), "");
  EXPECT_EQ(found({.words = "harbour pilot"}), "");
  EXPECT_EQ(found({}), "b@v1 a@v1");
  // Nothing in it is syntax.
  for (const char* odd : {"\"", "harbour OR pilot", "NEAR(a b)", "a:b", "-x", "(", "*", "\"a", "^harbour"}) {
    EXPECT_TRUE(index->search({.words = odd}, {}, 10, 10)) << odd;
  }
  EXPECT_EQ(found({.words = "harbour OR pilot"}), "");
}

TEST_F(SearchIndexTest, BySpaceIdentifierAndDate) {
  ASSERT_TRUE(add(bag("PP/MIA 1"), 1, {}, "", 1));
  ASSERT_TRUE(add(bag("PP/MIA 12"), 1, {}, "", 2));
  ASSERT_TRUE(add(bag("PP/MIB"), 1, {}, "", 3));
  ASSERT_TRUE(add(bag("PP/MIA 1"), 2, {}, "", 4));
  ASSERT_TRUE(add(bag("x", "other"), 1, {}, "", 5));
  EXPECT_EQ(found({.space = "other"}), "x@v1");
  EXPECT_EQ(found({.allowed_spaces = std::vector<std::string>{"maps", "none"}, .latest = true}),
            "PP/MIA 1@v2 PP/MIB@v1 PP/MIA 12@v1");
  EXPECT_EQ(found({.allowed_spaces = std::vector<std::string>{}}), "");
  EXPECT_EQ(found({.identifier_prefix = "PP/MIA 1"}), "PP/MIA 1@v2 PP/MIA 12@v1 PP/MIA 1@v1");
  EXPECT_EQ(found({.identifier_prefix = "PP/MIB"}), "PP/MIB@v1");
  EXPECT_EQ(found({.from = day(2), .before = day(4)}), "PP/MIB@v1 PP/MIA 12@v1");
  EXPECT_EQ(found({.latest = true}), "x@v1 PP/MIA 1@v2 PP/MIB@v1 PP/MIA 12@v1");
}

TEST_F(SearchIndexTest, ByFilesAcrossVersions) {
  ASSERT_TRUE(add(bag("a"), 1, {{"data/Chart.TIF", 1}, {"data/notes.txt", 1}, {"data/sub/chart.jp2", 1}}));
  ASSERT_TRUE(add(bag("a"), 2, {{"data/notes.txt", 2}, {"data/sub/chart.jp2", 1}}, "", 1));
  ASSERT_TRUE(add(bag("a"), 3, {{"data/sub/chart.jp2", 1}, {"data/new", 3}}, "", 2));
  EXPECT_EQ(found({.name = "chart"}), "a@v3:1 a@v2:1 a@v1:2");
  EXPECT_EQ(found({.suffix = "tif"}), "a@v1:1");
  EXPECT_EQ(found({.name = "notes"}), "a@v2:1 a@v1:1");
  EXPECT_EQ(found({.name = "notes", .latest = true}), "");
  EXPECT_EQ(found({.name = "chart", .suffix = "jp2", .latest = true}), "a@v3:1");
  EXPECT_EQ(found({.name = "data/sub/CHART"}), "a@v3:1 a@v2:1 a@v1:1");
  EXPECT_EQ(found({.suffix = "pdf"}), "");
  const auto notes = index->search({.name = "notes"}, {}, 10, 20).value();
  EXPECT_EQ(notes[0].matches[0].path, "v2/data/notes.txt");
  EXPECT_EQ(notes[1].matches[0].path, "v1/data/notes.txt");
  EXPECT_EQ(notes[0].matches[0].size, 14U);
}

TEST_F(SearchIndexTest, PagesMissNothingAndShowTheFirstMatches) {
  Files files;
  for (int i = 0; i < 50; ++i) files["data/" + std::to_string(1000 + i) + ".txt"] = 1;
  std::string all;
  for (int i = 0; i < 23; ++i) {
    const std::string name = "b" + std::to_string(i);
    ASSERT_TRUE(add(bag(name), 1, files, "", i / 5));
    all = name + "@v1:50" + (all.empty() ? "" : " ") + all;
  }
  EXPECT_EQ(found({.suffix = "txt"}, 4), all);
  const auto one = index->search({.suffix = "txt"}, {}, 1, 20).value();
  ASSERT_EQ(one[0].matches.size(), 20U);
  EXPECT_EQ(one[0].matches[0].name, "data/1000.txt");
  EXPECT_EQ(one[0].match_count, 50U);
}

TEST_F(SearchIndexTest, TakenInOnceAndNeverBackwards) {
  ASSERT_TRUE(add(bag("a"), 2, {{"data/x.txt", 2}}));
  ASSERT_TRUE(add(bag("a"), 2, {{"data/other.txt", 2}}));
  ASSERT_TRUE(add(bag("a"), 1, {{"data/other.txt", 1}}));
  EXPECT_EQ(found({.suffix = "txt"}), "a@v2:1");
  EXPECT_EQ(index->position().value(), 0);
  ASSERT_TRUE(index->advance(7));
  ASSERT_TRUE(index->advance(5));
  open();
  EXPECT_EQ(index->position().value(), 7);
}

TEST_F(SearchIndexTest, CutOffAnywhereItIsTheSameInTheEnd) {
  std::mt19937_64 random(1);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  Files files;
  std::vector<Files> versions;
  for (int version = 1; version <= 4; ++version) {
    // Some go, some are changed, many come: more than a transaction takes.
    for (auto at = files.begin(); at != files.end();) {
      const std::size_t what = below(10);
      if (what == 1) at->second = version;
      at = what == 0 ? files.erase(at) : std::next(at);
    }
    for (int i = 0; i < 3000; ++i) {
      const std::size_t number = below(100'000);
      files.emplace("data/" + std::to_string(number) + (number % 3 == 0 ? ".tif" : ".xml"), version);
    }
    for (int tries = 0; tries < 5; ++tries) {
      EXPECT_FALSE(add(bag("a"), version, files, "", version, below(files.size())));
      open();
      EXPECT_EQ(index->search({.latest = true}, {}, 10, 1).value().size(), version == 1 ? 0U : 1U);
    }
    ASSERT_TRUE(add(bag("a"), version, files, "", version));
    versions.push_back(files);
  }
  const auto results = index->search({.suffix = "tif"}, {}, 10, 1'000'000).value();
  ASSERT_EQ(results.size(), versions.size());
  for (const SearchResult& result : results) {
    std::vector<std::pair<std::string, std::string>> expected;
    for (const auto& [name, holder] : versions[static_cast<std::size_t>(result.version.number() - 1)]) {
      if (name.ends_with(".tif")) expected.emplace_back(name, "v" + std::to_string(holder) + "/" + name);
    }
    std::vector<std::pair<std::string, std::string>> matches;
    for (const FoundFileName& match : result.matches) matches.emplace_back(match.name, match.path);
    EXPECT_EQ(matches, expected) << result.version.str();
    EXPECT_EQ(result.match_count, expected.size());
  }
}

TEST(SuffixTest, AsSearchIndexSays) {
  EXPECT_EQ(suffix_of("data/foo.JAR"), "jar");
  EXPECT_EQ(suffix_of("data/no..bmp"), "bmp");
  for (const char* none : {".abcdef", "data/.abcdef", "data/ab.jif.", "data/without", "", "data.d/without"}) {
    EXPECT_EQ(suffix_of(none), "") << none;
  }
}

}  // namespace
}  // namespace strongroom::sqlite
