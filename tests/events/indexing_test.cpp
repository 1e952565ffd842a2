// Goal: what is registered is found, once its description could be read and not before; nothing is passed over. Method:
// versions in a real SQLite catalogue, descriptions in memory, a real index in a file.
#include "events/indexing.hpp"

#include "adapters/catalogue/sqlite/search_index.hpp"
#include "support/stored_versions.hpp"

namespace strongroom::events {
namespace {

class IndexingTest : public test::StoredVersions {
 protected:
  IndexingTest() { index = *sqlite::open_search_index(directory / "search.db"); }

  Result<bool> index_some() {
    return events::index_some({*index, *catalogue, *catalogue, records, locations, bench.clock, log});
  }
  std::size_t found(const SearchQuery& query) { return index->search(query, {}, 1000, 1).value().size(); }

  std::unique_ptr<SearchIndex> index;
};

TEST_F(IndexingTest, WhatIsRegisteredIsFound) {
  EXPECT_FALSE(index_some().value());
  for (int i = 0; i < 120; ++i) store("bag" + std::to_string(i), "Chart " + std::to_string(i));
  while (index_some().value()) {
  }
  EXPECT_EQ(found({}), 120U);
  EXPECT_EQ(found({.words = "chart 7"}), 1U);
  EXPECT_EQ(found({.name = "bag11"}), 11U);
  EXPECT_EQ(index->position().value(), catalogue->last_sequence().value());
  EXPECT_FALSE(index_some().value());
}

TEST_F(IndexingTest, NothingIsPassedOver) {
  store("a", "first");
  store("b", "second");
  store("c", "third");
  auto kept = records.objects;
  // In the middle: the version has begun to be taken in when it shows.
  damage("second");
  const auto behind = index_some();
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().reason, Reason::corrupt);
  EXPECT_EQ(found({}), 1U);
  EXPECT_FALSE(index_some());
  records.objects = kept;
  while (index_some().value()) {
  }
  EXPECT_EQ(found({}), 3U);
  EXPECT_EQ(found({.words = "second"}), 1U);
}

}  // namespace
}  // namespace strongroom::events
