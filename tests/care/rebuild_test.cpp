// Goal: a catalogue is rebuilt from one location's descriptions as pipeline.md 9.3 has it (case K6): what agrees is put
// back whole, what does not is told and never registered, and a rebuild that was cut off goes on. Method: versions
// written into a memory location by the real description writer, rebuilt into a real SQLite catalogue.
#include "care/rebuild.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/objects/memory/location.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "domain/description.hpp"
#include "support/bag_builder.hpp"
#include "support/fake_ports.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::care {
namespace {

using testing_support::BagBuilder;
using testing_support::BagFiles;

/// Remembers what it was told.
class Told final : public RebuildWatcher {
 public:
  void restored(const layout::VersionKey& version, std::uint64_t files) override {
    lines[version.bag.str() + " " + version.version.str()] = "restored " + std::to_string(files);
  }
  void unregistered(const Unregistered& what) override {
    lines[what.version.bag.str() + " " + what.version.version.str()] = what.faults.front();
  }
  void odd_key(const std::string& key) override { lines[key] = "odd"; }

  std::map<std::string, std::string> lines;
};

class RebuildTest : public testing::Test {
 protected:
  RebuildTest() {
    std::string name = testing::TempDir() + "rebuild-XXXXXX";
    directory_ = mkdtemp(name.data());
    open();
  }
  ~RebuildTest() override {
    catalogue.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    catalogue.reset();
    auto opened = sqlite::open_sqlite_catalogue(directory_ / "catalogue.db", clock, owners);
    ASSERT_TRUE(opened) << opened.error().text();
    catalogue = std::move(*opened);
  }

  static BagId bag(const std::string& identifier) {
    return {Space::parse("maps").value(), ExternalIdentifier::parse(identifier).value()};
  }
  void put(const std::string& key, const std::string& text) {
    const auto open = [&]() -> Result<std::unique_ptr<ByteSource>> {
      return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(text));
    };
    ASSERT_TRUE(location.put(key, {text.size(), digest_of(Algorithm::sha256, text)}, open));
  }

  /// A stored version: its files and its description, with what was changed about either.
  void store(const std::string& identifier, int number,
             const std::function<void(BagFiles& stored, std::string& description)>& change = {}) {
    const BagFiles files = BagBuilder(identifier).file("data/b c/é.txt", "b").build();
    BagFiles stored = files;
    std::string text = describe(bag(identifier), Version(number), files);
    if (change) change(stored, text);
    for (const auto& [name, content] : stored) put(layout::file_key(bag(identifier), Version(number), name), content);
    put(layout::description_key(bag(identifier), Version(number)), text);
  }

  std::string describe(const BagId& id, Version version, const BagFiles& files) {
    TextSink sink;
    DescriptionWriter writer(sink);
    const Instant at = clock.now() + std::chrono::seconds(version.number());
    EXPECT_TRUE(writer.begin({"http://sr.test/storage/v1/context.json",
                              id,
                              version,
                              at,
                              ingest_of(id, version),
                              version.number() == 1 ? IngestType::create : IngestType::update,
                              at,
                              {},
                              "0.97",
                              {Algorithm::sha256},
                              {Algorithm::sha256}}));
    std::uint64_t bytes = 0;
    for (const bool payload : {true, false}) {
      if (!payload) {
        EXPECT_TRUE(writer.begin_tag_files());
      }
      for (const auto& [name, content] : files) {
        if (name.starts_with("data/") != payload) continue;
        bytes += content.size();
        EXPECT_TRUE(
            writer.add({name, version.str() + "/" + name, content.size(), {digest_of(Algorithm::sha256, content)}}));
      }
    }
    DescriptionTail tail{{},
                         files.size(),
                         bytes,
                         files.size(),
                         bytes,
                         {Provider::filesystem, "uploads", "x.tar.gz"},
                         1,
                         *ClientId::parse("goobi"),
                         {{at, "Unpacking started"}, {at, "Register started"}}};
    for (const char* uuid : {"uuid-here", "uuid-elsewhere"}) {
      tail.locations.push_back({uuid, Provider::filesystem, "b", "", LocationRole::replica, uuid, "full", at});
    }
    EXPECT_TRUE(writer.finish(tail));
    return sink.take();
  }
  static IngestId ingest_of(const BagId& id, Version version) {
    const std::string hex = digest_of(Algorithm::md5, id.str() + version.str()).hex();
    return *IngestId::parse(hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-8" +
                            hex.substr(17, 3) + "-" + hex.substr(20, 12));
  }

  static LocationFacts here() {
    LocationFacts facts{.name = *LocationName::parse("here"),
                        .label = "here",
                        .uuid = "uuid-here",
                        .bucket = "here",
                        .prefix = {},
                        .url = {}};
    return facts;
  }
  Result<Rebuilt> run() {
    told.lines.clear();
    return rebuild({location, here(), records, *catalogue, spills, clock, entropy}, told);
  }
  std::string fault_of(const std::string& identifier, int number) {
    return told.lines["maps/" + identifier + " v" + std::to_string(number)];
  }

  static Workers& workers() {
    static test::InlineWorkers all;
    return all;
  }

  contracts::CommandedClock clock;
  contracts::CommandedOwners owners;
  test::FakeEntropy entropy;
  memory::MemoryLocation location;
  memory::MemoryLocation records;
  MemorySpillSpace spills;
  std::unique_ptr<sqlite::SqliteCatalogue> catalogue;
  Told told;

 private:
  std::filesystem::path directory_;
};

TEST_F(RebuildTest, K6_EverythingIsThereAgain) {
  store("a/b 1", 1);
  store("a/b 1", 2);
  store("c", 10);
  const auto rebuilt = run();
  ASSERT_TRUE(rebuilt) << rebuilt.error().text();
  EXPECT_EQ(rebuilt->versions, 3U);
  EXPECT_EQ(rebuilt->files, 18U);
  EXPECT_EQ(rebuilt->unregistered, 0U);
  EXPECT_EQ(rebuilt->context_url, "http://sr.test/storage/v1/context.json");

  const auto row = catalogue->find_registered(bag("a/b 1"), std::nullopt).value();
  ASSERT_TRUE(row && row->registration);
  EXPECT_EQ(row->version, Version(2));
  const Registration& facts = *row->registration;
  EXPECT_EQ(facts.created, clock.now() + std::chrono::seconds(2));
  EXPECT_EQ(facts.location_uuids, (std::vector<std::string>{"uuid-here", "uuid-elsewhere"}));
  EXPECT_EQ(facts.file_count, 6U);
  // The kept copy and its index are those register would have made.
  auto kept = records.get(layout::kept_description_key(facts.description_sha256), {});
  ASSERT_TRUE(kept);
  const std::string text = read_all(**kept, 1 << 20).value();
  EXPECT_EQ(digest_of(Algorithm::sha256, text).hex(), facts.description_sha256);
  const std::string line = R"({"type":"File","name":"data/a.txt")";
  EXPECT_EQ(facts.sparse_index.rfind(R"({"files":[["data/a.txt",)" + std::to_string(text.find(line)) + "]]", 0), 0U)
      << facts.sparse_index;
  EXPECT_TRUE(records.get(layout::kept_index_key(facts.description_sha256), {}));

  const auto ingest = catalogue->find_ingest(row->ingest).value();
  ASSERT_TRUE(ingest);
  EXPECT_EQ(ingest->status, Status::succeeded);
  EXPECT_EQ(ingest->version, Version(2));
  EXPECT_EQ(ingest->request.type, IngestType::update);
  EXPECT_EQ(ingest->request.client.str(), "goobi");
  EXPECT_EQ(ingest->created, clock.now() + std::chrono::seconds(2));
  EXPECT_EQ(catalogue->events_of(row->ingest).value().back().description, "Register started");
  EXPECT_FALSE(ingest->has_work());
  EXPECT_TRUE(catalogue->outgoing_after(0, 10).value().empty());
  EXPECT_EQ(catalogue->audit_after(0, 10).value().size(), 1U);
}

TEST_F(RebuildTest, K6_NumbersGoOnWhereTheyWere) {
  store("a", 1);
  store("a", 3);
  put("maps/a/v7/data/stray", "?");
  put("maps/b/c/v2/bagit.txt", "?");
  const auto rebuilt = run();
  ASSERT_TRUE(rebuilt) << rebuilt.error().text();
  EXPECT_EQ(rebuilt->versions, 2U);
  EXPECT_EQ(rebuilt->unregistered, 2U);
  EXPECT_EQ(fault_of("a", 7), "there is no description");
  EXPECT_EQ(fault_of("b/c", 2), "there is no description");
  EXPECT_FALSE(catalogue->find_registered(bag("b/c"), std::nullopt).value());
  EXPECT_EQ(catalogue->tally()->left_over_versions, 2U);

  // The next ingests get numbers that nothing has, and dates behind all that were.
  contracts::CatalogueBench bench{workers()};
  for (const auto& [identifier, number] : std::map<std::string, int>{{"a", 8}, {"b/c", 3}, {"d", 1}}) {
    NewIngest asked = bench.request("x");
    asked.request.bag = bag(identifier);
    asked.request.expected_version.reset();
    asked.request.type = identifier == "a" ? IngestType::update : IngestType::create;
    asked.now = clock.now();
    const auto accepted = catalogue->accept(asked);
    ASSERT_TRUE(accepted) << accepted.error().text();
    const auto claim = catalogue->claim(bench.ann);
    ASSERT_TRUE(claim && *claim);
    const auto view = catalogue->look((*claim)->lease, (*claim)->ingest);
    ASSERT_TRUE(view);
    const Assignment assignment = assign_version(view->ingest, view->versions);
    EXPECT_EQ(assignment.version, Version(number)) << identifier << assignment.refusal;
    EXPECT_GT(catalogue->outgoing_after(0, 100).value().front().sequence, 1'700'000'000'000);
  }
}

TEST_F(RebuildTest, K6_WhatDoesNotAgreeIsNotRegistered) {
  const auto edit = [](std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
  };
  store("good", 1);
  store("tagless", 1, [](BagFiles& stored, std::string&) { stored.erase("bag-info.txt"); });
  store("short", 1, [](BagFiles& stored, std::string&) { stored["data/a.txt"] = "hell"; });
  store("lost", 1, [](BagFiles& stored, std::string&) { stored.erase("data/a.txt"); });
  store("more", 1, [](BagFiles& stored, std::string&) { stored["data/z"] = "?"; });
  store("info", 1, [](BagFiles& stored, std::string&) { stored["bag-info.txt"][0] = 'e'; });
  store("cut", 1, [](BagFiles&, std::string& text) { text.resize(text.size() / 2); });
  store("other", 1, [&](BagFiles&, std::string& text) { edit(text, "\"version\":\"v1\"", "\"version\":\"v2\""); });
  store("digest", 1, [&](BagFiles&, std::string& text) {
    edit(text, digest_of(Algorithm::sha256, "hello\n").hex(), std::string(64, '0'));
  });
  store("count", 1, [&](BagFiles&, std::string& text) { edit(text, "\"fileCount\":6", "\"fileCount\":7"); });
  put("_strongroom/manifests/maps/good/notes.txt", "?");
  const auto rebuilt = run();
  ASSERT_TRUE(rebuilt) << rebuilt.error().text();
  EXPECT_EQ(rebuilt->versions, 1U);
  EXPECT_EQ(rebuilt->unregistered, 9U);
  EXPECT_EQ(fault_of("good", 1), "restored 6");
  EXPECT_NE(fault_of("tagless", 1).find("bag-info.txt"), std::string::npos) << fault_of("tagless", 1);
  EXPECT_EQ(fault_of("short", 1), "data/a.txt: has 4 bytes instead of 6");
  EXPECT_EQ(fault_of("lost", 1), "data/a.txt: is missing");
  EXPECT_EQ(fault_of("more", 1), "data/z: is not described");
  EXPECT_NE(fault_of("info", 1).find("bag-info.txt"), std::string::npos) << fault_of("info", 1);
  EXPECT_NE(fault_of("cut", 1).find("JSON"), std::string::npos) << fault_of("cut", 1);
  EXPECT_EQ(fault_of("other", 1), "the description is that of maps/other v2");
  EXPECT_NE(fault_of("digest", 1).find("K1 data/a.txt"), std::string::npos) << fault_of("digest", 1);
  EXPECT_EQ(fault_of("count", 1), "the description counts 7 files and lists 6");
  EXPECT_EQ(told.lines["_strongroom/manifests/maps/good/notes.txt"], "odd");
}

TEST_F(RebuildTest, K6_WhatIsTakenFromEarlierVersionsLiesThere) {
  const auto take = [](const std::string& from) {
    return [from](BagFiles& stored, std::string& text) {
      stored.erase("data/a.txt");
      const auto at = text.find(R"("path":"v)");
      ASSERT_NE(at, std::string::npos);
      const auto begin = at + std::string_view(R"("path":")").size();
      text.replace(begin, text.find('"', begin) - begin, from);
    };
  };
  store("a", 1);
  store("a", 2, take("v1/data/a.txt"));
  store("a", 3, take("v1/data/z.txt"));
  store("a", 4, take("v1/data/b c/é.txt"));
  store("a", 5, take("v6/data/a.txt"));
  store("a", 6, take("v6/data/z.txt"));
  const auto rebuilt = run();
  ASSERT_TRUE(rebuilt) << rebuilt.error().text();
  EXPECT_EQ(fault_of("a", 2), "restored 6");
  EXPECT_EQ(fault_of("a", 3), "data/a.txt: is taken from v1/data/z.txt, which is missing");
  EXPECT_EQ(fault_of("a", 4), "v1/data/b c/é.txt: has 1 bytes instead of 6");
  EXPECT_EQ(fault_of("a", 5), "data/a.txt: is taken from v6/data/a.txt, which is no file of an earlier version");
  EXPECT_EQ(fault_of("a", 6), "data/a.txt: is taken from v6/data/z.txt, which is no file of an earlier version");
  EXPECT_EQ(rebuilt->versions, 2U);
}

TEST_F(RebuildTest, ARebuildThatWasCutOffGoesOn) {
  store("a", 1);
  store("b", 1);
  put("maps/c/v1/data/stray", "?");
  ASSERT_TRUE(catalogue->begin_restoration("uuid-here", 5));
  const auto other = catalogue->begin_restoration("uuid-elsewhere", 5);
  EXPECT_FALSE(other);
  ASSERT_TRUE(run());
  open();
  // It is in service from then on.
  const auto again = run();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::conflict);
}

TEST_F(RebuildTest, EveryStepMayBeRepeated) {
  store("a", 1);
  put("maps/c/v1/data/stray", "?");
  class Cut final : public Restoration {
   public:
    Cut(Restoration& inner, int calls) : inner_(inner), left_(calls) {}
    Result<void> begin_restoration(const std::string& uuid, std::int64_t sequence) override {
      return left_-- > 0 ? inner_.begin_restoration(uuid, sequence) : broken("cut");
    }
    Result<void> restore(const RestoredVersion& version) override {
      return left_-- > 0 ? inner_.restore(version) : broken("cut");
    }
    Result<void> end_restoration(const Deed& deed) override {
      return left_-- > 0 ? inner_.end_restoration(deed) : broken("cut");
    }

   private:
    Restoration& inner_;
    int left_;
  };
  for (int calls = 0; calls <= 4; ++calls) {
    Cut cut(*catalogue, calls);
    clock.pass(std::chrono::seconds(1));
    const auto done = rebuild({location, here(), records, cut, spills, clock, entropy}, told);
    EXPECT_EQ(done.has_value(), calls == 4) << (done ? "" : done.error().text());
  }
  EXPECT_TRUE(catalogue->find_registered(bag("a"), Version(1)).value());
  EXPECT_EQ(catalogue->tally()->left_over_versions, 1U);
}

TEST_F(RebuildTest, ACatalogueInUseIsRefused) {
  contracts::CatalogueBench bench{workers()};
  ASSERT_TRUE(catalogue->accept(bench.request("x")));
  store("a", 1);
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::conflict);
  EXPECT_FALSE(catalogue->find_registered(bag("a"), std::nullopt).value());
}

}  // namespace
}  // namespace strongroom::care
