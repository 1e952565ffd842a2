// Goal: a transfer is found in the bag that holds its METS file, whenever that was stored (transfers.md 11; case E16).
// Method: versions in a real SQLite catalogue, their descriptions in memory.
#include "events/mets_indexing.hpp"

#include "support/stored_versions.hpp"

namespace strongroom::events {
namespace {

std::string mets(const std::string& transfer) {
  return "data/objects/submissionDocumentation/transfer-" + transfer + "/METS.xml";
}

class MetsIndexingTest : public test::StoredVersions {
 protected:
  void store_mets(const std::string& name, int number, const std::vector<std::string>& files,
                  const std::string& where) {
    std::map<std::string, std::string> paths;
    for (const std::string& file : files) paths[file] = where + "/" + file;
    store_version(name, "a bag", number, paths);
  }
  std::optional<TransferBag> bag_of(const std::string& transfer) {
    return catalogue->find_mets_suffix("-" + transfer + "/METS.xml").value();
  }
  void catch_up() {
    const Result<void> done = MetsIndexing(needs, {}).catch_up();
    ASSERT_TRUE(done) << done.error().text();
  }
  /// A package with that id at Archivematica, which nobody works on.
  std::string add_package(const std::string& transfer_id, TransferState state) {
    Transfer transfer;
    transfer.id = bench.uuid();
    transfer.area = "main";
    transfer.key = "born-digital/" + transfer_id + ".zip";
    transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", transfer.id, std::nullopt, "", "http"};
    transfer.created = bench.clock.now();
    transfer.state = state;
    transfer.archivematica = TransferAtArchivematica{transfer_id};
    EXPECT_TRUE(catalogue->add_transfer({transfer, {bench.uuid(), "", "{}"}}));
    return transfer.id;
  }
  std::optional<Instant> due(const std::string& id) { return catalogue->find_transfer(id)->value().due; }

  MetsIndexingNeeds needs{*catalogue, *catalogue, *catalogue, {*catalogue, records, locations, log}, bench.clock};
};

TEST_F(MetsIndexingTest, E16_TheSuffixDecides) {
  store_mets("a", 1, {mets("pkg-T-1"), mets("pkg-XT-2x"), mets("pkg-T-3") + ".bak", "data/T-4/METS.xml"}, "v1");
  EXPECT_FALSE(bag_of("T-1"));
  catch_up();
  const auto found = bag_of("T-1");
  ASSERT_TRUE(found);
  const BagId bag = contracts::CatalogueBench::bag("a");
  EXPECT_EQ(*found, TransferBag({bag.space.str(), bag.external_identifier.str(), "v1"}));
  EXPECT_FALSE(bag_of("T-2"));
  EXPECT_FALSE(bag_of("T-3"));
  EXPECT_FALSE(bag_of("T-4"));
}

TEST_F(MetsIndexingTest, E16_OfSeveralVersionsTheLowestCounts) {
  store_mets("a", 1, {mets("pkg-T-1")}, "v1");
  catch_up();
  // The second version has the file by reference, and one of its own.
  store_mets("a", 2, {mets("pkg-T-1")}, "v1");
  store_mets("a", 3, {mets("pkg-T-1"), mets("pkg-T-2")}, "v1");
  catch_up();
  EXPECT_EQ(bag_of("T-1")->version, "v1");
  EXPECT_EQ(bag_of("T-2")->version, "v3");
}

TEST_F(MetsIndexingTest, BagsOfBeforeAreKnownToo) {
  for (int i = 0; i < 130; ++i) store_mets("bag" + std::to_string(i), 1, {mets("p-T-" + std::to_string(i))}, "v1");
  catch_up();
  for (const int i : {0, 64, 129}) EXPECT_TRUE(bag_of("T-" + std::to_string(i))) << i;
  const std::int64_t place = needs.sinks.sink_state(kMetsIndexing)->position;
  EXPECT_TRUE(needs.log.events_after(place, {.kinds = {"registered-bag"}}, 1, 10'000)->events.empty());
}

TEST_F(MetsIndexingTest, ThePackageIsWokenAndNoOther) {
  const std::string failed = add_package("0a1b-2c", TransferState::failed);
  const std::string processing = add_package("T-2", TransferState::processing);
  const std::string stored = add_package("T-3", TransferState::stored);
  const std::string other = add_package("2c", TransferState::processing);
  const std::string elsewhere = add_package("c", TransferState::processing);
  store_mets("a", 1, {mets("my-pkg-0a1b-2c"), mets("pkg-T-2"), mets("pkg-T-3")}, "v1");
  catch_up();
  EXPECT_TRUE(due(failed));
  EXPECT_TRUE(due(processing));
  EXPECT_FALSE(due(stored));
  EXPECT_FALSE(due(elsewhere));
  // What is woken in vain looks once: of `…-0a1b-2c` any part behind a hyphen may be an id.
  EXPECT_TRUE(due(other));
}

TEST_F(MetsIndexingTest, AWorkerThatHoldsItIsLeftAlone) {
  const std::string id = add_package("T-1", TransferState::accepted);
  auto claim = catalogue->claim_transfer(id, bench.clock.now(), std::chrono::minutes(5)).value();
  ASSERT_TRUE(claim);
  store_mets("a", 1, {mets("pkg-T-1")}, "v1");
  catch_up();
  EXPECT_TRUE(catalogue->save_transfer({claim->transfer, claim->fence}, bench.clock.now()));
  EXPECT_TRUE(bag_of("T-1"));
}

TEST_F(MetsIndexingTest, OneDescriptionThatCannotBeReadKeepsNoOtherBack) {
  store_mets("a", 1, {mets("pkg-T-1")}, "v1");
  store_mets("b", 1, {mets("pkg-T-2")}, "v1");
  records.objects.erase(records.objects.begin());
  damage("pkg-T-");
  store_mets("c", 1, {mets("pkg-T-3")}, "v1");
  catch_up();
  EXPECT_TRUE(bag_of("T-3"));
  EXPECT_NE(log.text.find("mets_names_unknown"), std::string::npos) << log.text;
}

}  // namespace
}  // namespace strongroom::events
