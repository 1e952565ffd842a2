// Registered versions in a real SQLite catalogue, their descriptions in memory.
// One thread.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <string>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "domain/documents.hpp"
#include "domain/layout.hpp"
#include "support/fake_ports.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::test {

class StoredVersions : public testing::Test {
 protected:
  StoredVersions() : bench(workers_) {
    std::string name = testing::TempDir() + "events-XXXXXX";
    directory = mkdtemp(name.data());
    auto opened = sqlite::open_sqlite_catalogue(directory / "catalogue.db", bench.clock, bench.owners);
    EXPECT_TRUE(opened);
    catalogue = opened->get();
    bench.catalogue = std::move(*opened);
  }
  ~StoredVersions() override {
    bench.catalogue.reset();
    std::filesystem::remove_all(directory);
  }

  /// Registers a bag's first version, as register does; its description goes into the records store.
  void store(const std::string& name, const std::string& title, std::size_t files = 1) {
    std::map<std::string, std::string> paths;
    for (std::size_t i = 0; i < files; ++i) {
      const std::string file = "data/" + name + (i == 0 ? "" : "-" + std::to_string(i)) + ".txt";
      paths[file] = "v1/" + file;
    }
    store_version(name, title, 1, paths);
  }
  /// The same of any version; `paths` says of each payload file where it is.
  void store_version(const std::string& name, const std::string& title, int number,
                     const std::map<std::string, std::string>& paths) {
    const auto ingest = bench.accept(name);
    ASSERT_TRUE(ingest);
    TextSink sink;
    DescriptionWriter writer(sink);
    const BagId bag = contracts::CatalogueBench::bag(name);
    BagInfo info{{{"External-Description", title}}};
    ASSERT_TRUE(writer.begin({"c",
                              bag,
                              Version(number),
                              bench.clock.now(),
                              ingest->id,
                              IngestType::create,
                              bench.clock.now(),
                              info,
                              "1.0",
                              {Algorithm::sha256},
                              {Algorithm::sha256}}));
    const Digest digest = digest_of(Algorithm::sha256, name);
    for (const auto& [file, path] : paths) ASSERT_TRUE(writer.add({file, path, 1, {digest}}));
    ASSERT_TRUE(writer.begin_tag_files());
    ASSERT_TRUE(writer.add({"bagit.txt", "v1/bagit.txt", 1, {digest}}));
    const DescribedLocation primary{"primary", Provider::filesystem, "one", "bags/", LocationRole::primary, kLocation,
                                    "full",    bench.clock.now()};
    ASSERT_TRUE(writer.finish({{primary}, 2, 2, 2, 2, {}, 0, *ClientId::parse("all"), {}}));
    const std::string text = sink.take();
    const std::string sha256 = digest_of(Algorithm::sha256, text).hex();
    records.objects[layout::kept_description_key(sha256)] = text;
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim);
    VersionRow row = bench.version(number, VersionState::registered, ingest->id);
    row.registration->description_sha256 = sha256;
    row.registration->description_size = text.size();
    row.registration->location_uuids = {kLocation};
    Settle settle = bench.settle(claim->lease, *ingest);
    settle.writes = {SaveVersion{row}, AppendOutgoing{bench.uuid(), "registered-bag", bag.space.str(),
                                                      registered_bag_body(bag, Version(number))}};
    ASSERT_TRUE(bench.catalogue->settle(settle));
    ASSERT_TRUE(bench.end(*claim, Status::succeeded));
  }
  /// Damages the descriptions that have `text` in them, far behind their beginning.
  void damage(const std::string& text) {
    for (auto& [key, description] : records.objects) {
      if (description.find(text) != std::string::npos) description[description.find("requestedBy")] = 'R';
    }
  }

  static constexpr const char* kLocation = "6f0e2d11-0000-4000-8000-000000000001";

  InlineWorkers workers_;
  contracts::CatalogueBench bench;
  sqlite::SqliteCatalogue* catalogue = nullptr;
  FakeStore records;
  std::vector<ObjectStore*> locations;
  FakeLog log;
  std::filesystem::path directory;
};

}  // namespace strongroom::test
