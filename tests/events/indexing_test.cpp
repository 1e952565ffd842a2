// Goal: what is registered is found, once its description could be read and not before; nothing is passed over. Method:
// versions in a real SQLite catalogue, descriptions in memory, a real index in a file.
#include "events/indexing.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/search_index.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "domain/documents.hpp"
#include "domain/layout.hpp"
#include "support/fake_ports.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::events {
namespace {

class IndexingTest : public testing::Test {
 protected:
  IndexingTest() : bench(workers_) {
    std::string name = testing::TempDir() + "indexing-XXXXXX";
    directory_ = mkdtemp(name.data());
    auto opened = sqlite::open_sqlite_catalogue(directory_ / "catalogue.db", bench.clock, bench.owners);
    EXPECT_TRUE(opened);
    catalogue = opened->get();
    bench.catalogue = std::move(*opened);
    index = std::move(*sqlite::open_search_index(directory_ / "search.db"));
  }
  ~IndexingTest() override {
    bench.catalogue.reset();
    index.reset();
    std::filesystem::remove_all(directory_);
  }

  /// Registers a bag's first version, as register does; its description goes into the records store.
  void store(const std::string& name, const std::string& title) {
    const auto ingest = bench.accept(name);
    ASSERT_TRUE(ingest);
    TextSink sink;
    DescriptionWriter writer(sink);
    const BagId bag = contracts::CatalogueBench::bag(name);
    BagInfo info{{{"External-Description", title}}};
    ASSERT_TRUE(writer.begin({"c",
                              bag,
                              Version(1),
                              bench.clock.now(),
                              ingest->id,
                              IngestType::create,
                              bench.clock.now(),
                              info,
                              "1.0",
                              {Algorithm::sha256},
                              {Algorithm::sha256}}));
    const Digest digest = digest_of(Algorithm::sha256, name);
    ASSERT_TRUE(writer.add({"data/" + name + ".txt", "v1/data/" + name + ".txt", 1, {digest}}));
    ASSERT_TRUE(writer.begin_tag_files());
    ASSERT_TRUE(writer.add({"bagit.txt", "v1/bagit.txt", 1, {digest}}));
    ASSERT_TRUE(writer.finish({{}, 2, 2, 2, 2, {}, 0, *ClientId::parse("all"), {}}));
    const std::string text = sink.take();
    const std::string sha256 = digest_of(Algorithm::sha256, text).hex();
    records.objects[layout::kept_description_key(sha256)] = text;
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim);
    VersionRow row = bench.version(1, VersionState::registered, ingest->id);
    row.registration->description_sha256 = sha256;
    row.registration->description_size = text.size();
    Settle settle = bench.settle(claim->lease, *ingest);
    settle.writes = {SaveVersion{row}, AppendOutgoing{bench.uuid(), "registered-bag", bag.space.str(),
                                                      registered_bag_body(bag, Version(1))}};
    ASSERT_TRUE(bench.catalogue->settle(settle));
    ASSERT_TRUE(bench.end(*claim, Status::succeeded));
  }
  Result<bool> index_some() {
    return events::index_some({*index, *catalogue, *catalogue, records, locations, bench.clock, log});
  }
  std::size_t found(const SearchQuery& query) { return index->search(query, {}, 1000, 1).value().size(); }

  test::InlineWorkers workers_;
  contracts::CatalogueBench bench;
  sqlite::SqliteCatalogue* catalogue = nullptr;
  std::unique_ptr<SearchIndex> index;
  test::FakeStore records;
  std::vector<ObjectStore*> locations;
  test::FakeLog log;

 private:
  std::filesystem::path directory_;
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
  for (auto& [key, text] : records.objects) {
    // In the middle: the version has begun to be taken in when it shows.
    if (text.find("second") != std::string::npos) text[text.find("requestedBy")] = 'R';
  }
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
