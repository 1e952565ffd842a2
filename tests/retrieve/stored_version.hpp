// A stored version in memory: its files in locations, its description in the records store, its row.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/catalogue/memory/damage.hpp"
#include "domain/description.hpp"
#include "domain/layout.hpp"
#include "domain/sparse_index.hpp"
#include "ports/metrics.hpp"
#include "retrieve/bag_export.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::retrieve {

/// Counts what is counted.
class CountingMetrics final : public Metrics {
 public:
  void add(const MetricFamily& family, MetricLabels labels, double by) override {
    std::string series(family.name);
    for (const std::string_view label : labels) series.append(" ").append(label);
    counts[series] += by;
  }
  void set(const MetricFamily&, MetricLabels, double) override {}
  void observe(const MetricFamily&, MetricLabels, double) override {}
  std::string text() override { return {}; }

  std::map<std::string, double> counts;
};

class Archive {
 public:
  Archive() {
    for (const char* name : {"second", "first", "third"}) {
      LocationFacts facts{
          .name = *LocationName::parse(name), .label = name, .uuid = name, .bucket = name, .prefix = {}, .url = {}};
      facts.role = facts.uuid == "first" ? LocationRole::primary : LocationRole::replica;
      locations.push_back(facts);
    }
    for (test::FakeStore& store : stores) open_stores.push_back(&store);
  }

  /// `files`: name -> content; `taken`: name -> path in an earlier version, whose bytes are there already.
  VersionRow store(const BagId& bag, int number, const std::map<std::string, std::string>& files,
                   const std::map<std::string, std::string>& taken = {}) {
    const Version version(number);
    TextSink sink;
    DescriptionWriter writer(sink);
    SparseIndexWriter index;
    EXPECT_TRUE(writer.begin({"http://sr.test/context.json",
                              bag,
                              version,
                              kWhen,
                              kIngest,
                              IngestType::create,
                              kWhen,
                              {},
                              "1.0",
                              {Algorithm::sha256, Algorithm::sha512},
                              {Algorithm::md5}}));
    for (const bool payload : {true, false}) {
      if (!payload) {
        EXPECT_TRUE(writer.begin_tag_files());
      }
      index.begin(payload ? "files" : "tagFiles");
      for (const auto& [name, content] : files) {
        if (name.starts_with("data/") != payload) continue;
        const auto from = taken.find(name);
        const std::string path = from == taken.end() ? version.str() + "/" + name : from->second;
        index.see(name, writer.offset());
        EXPECT_TRUE(writer.add({name, path, content.size(), digests(content)}));
        if (from != taken.end()) continue;
        for (test::FakeStore& one : stores) one.objects[layout::bag_prefix(bag) + path] = content;
      }
    }
    EXPECT_TRUE(writer.finish({{}, files.size(), 0, 0, 0, {}, 0, *ClientId::parse("all"), {}}));
    const std::string text = sink.take();
    VersionRow row{version, VersionState::registered, kIngest, true, Registration{}};
    row.registration->created = kWhen;
    row.registration->description_sha256 = digest_of(Algorithm::sha256, text).hex();
    row.registration->description_size = text.size();
    row.registration->sparse_index = index.finish();
    row.registration->location_uuids = {"first", "second", "third"};
    records.objects[layout::kept_description_key(row.registration->description_sha256)] = text;
    for (test::FakeStore& one : stores) one.objects[layout::description_key(bag, version)] = text;
    return row;
  }
  static std::vector<Digest> digests(const std::string& content) {
    return {digest_of(Algorithm::md5, content), digest_of(Algorithm::sha256, content),
            digest_of(Algorithm::sha512, content)};
  }

  DescriptionNeeds descriptions() { return {records, open_stores, log}; }
  CopyNeeds copies() { return {locations, open_stores, log, metrics, &damage_notes}; }

  inline static const Instant kWhen = instant_of(1'714'555'900'250'000);
  inline static const IngestId kIngest = *IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11");

  std::vector<LocationFacts> locations;
  std::vector<test::FakeStore> stores{3};
  std::vector<ObjectStore*> open_stores;
  test::FakeStore records;
  test::FakeLog log;
  CountingMetrics metrics;
  test::FakeClock clock;
  memory::MemoryDamage damage;
  DamageNotes damage_notes{damage, clock, log};
};

}  // namespace strongroom::retrieve
