// Goal: the search server is told of everything, however often the sink dies and whatever the server does, and of
// nothing that is not so. Method: versions in a real SQLite catalogue, a server in memory that keeps what it takes and
// fails by chance; each failure is a death: the sink begins anew from its durable place.
#include "events/index_sink.hpp"

#include <gmock/gmock.h>

#include <random>

#include "support/stored_versions.hpp"

namespace strongroom::events {
namespace {

using ::testing::HasSubstr;

class ChanceServer final : public IndexServer {
 public:
  std::map<DocumentKey, std::string> stored;
  std::map<DocumentKey, std::int64_t> versions;
  std::set<std::string> missing;  ///< indexes that are not there
  double fault_rate = 0;
  int faults = 0;
  std::mt19937 chance{7};

  std::function<void()> asked = [] {};  ///< whether an index is there

  Result<bool> has_index(const std::string& index) override {
    asked();
    return !missing.contains(index);
  }
  Result<bool> put_index(const std::string&, const std::string&) override { return false; }
  Result<std::vector<DocumentAnswer>> write(const std::vector<IndexDocument>& documents) override {
    const bool fails = std::uniform_real_distribution<>(0, 1)(chance) < fault_rate;
    // Half of the time it has all been taken, and only the answer is lost.
    if (fails) ++faults;
    if (fails && chance() % 2 == 0) return temporary("cut");
    std::vector<DocumentAnswer> answers;
    for (const IndexDocument& one : documents) {
      const auto known = versions.find(one.key);
      const bool older = known != versions.end() && known->second > one.version;
      if (!older) stored[one.key] = one.text;
      if (!older) versions[one.key] = one.version;
      answers.push_back({older ? DocumentOutcome::older : DocumentOutcome::taken, {}});
    }
    if (fails) return temporary("lost");
    return answers;
  }
  std::size_t count(const std::string& index) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(stored, [&](const auto& one) { return one.first.index == index; }));
  }
};

class IndexSinkTest : public test::StoredVersions {
 protected:
  IndexSinkTest() {
    settings.bulk.documents_max = 5;
    settings.bulk.attempts = 1;
  }
  Result<bool> take_some() { return IndexSink(needs, settings, source.get_token()).take_some(); }

  ChanceServer server;
  std::vector<LocationFacts> facts;
  NoMetrics metrics;
  IndexSinkSettings settings{index_sink_name("http://s", "x"), "x", {}};
  IndexSinkNeeds needs{server, *catalogue,  *catalogue, {*catalogue, records, locations, log},
                       facts,  bench.clock, metrics};
  std::stop_source source;
};

TEST_F(IndexSinkTest, EverythingIsToldThoughItDiesAThousandTimes) {
  for (int i = 0; i < 60; ++i) store("bag" + std::to_string(i), "Chart", 1 + static_cast<std::size_t>(i) % 13);
  server.fault_rate = 0.6;
  int deaths = 0;
  while (server.faults < 1000) {
    const auto done = take_some();
    if (!done) ++deaths;
    // Once it has everything it is filled anew, as another sink would be.
    if (done && !*done) settings.name += "'";
  }
  EXPECT_GE(deaths, 1000);
  server.fault_rate = 0;
  while (take_some().value()) {
  }
  EXPECT_EQ(server.count("x_bags"), 60U);
  EXPECT_EQ(server.count("x_ingests"), 60U);
  std::size_t files = 0;
  for (std::size_t i = 0; i < 60; ++i) files += 1 + i % 13;
  EXPECT_EQ(server.count("x_files"), files);
  for (const auto& [key, text] : server.stored) {
    if (key.index == "x_ingests") {
      EXPECT_THAT(text, HasSubstr(R"("id":"succeeded")"));
    }
  }
  EXPECT_EQ(catalogue->sink_state(settings.name)->position, catalogue->last_sequence().value());
}

TEST_F(IndexSinkTest, WhatCannotBeReadIsNotPassedOver) {
  store("a", "first");
  store("b", "second");
  store("c", "third");
  const auto kept = records.objects;
  damage("second");
  const auto behind = take_some();
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().reason, Reason::corrupt);
  EXPECT_FALSE(take_some());
  EXPECT_FALSE(server.stored.contains({"x_bags", "testing/b"}));
  records.objects = kept;
  while (take_some().value()) {
  }
  EXPECT_EQ(server.count("x_bags"), 3U);
}

TEST_F(IndexSinkTest, ALocationThatIsNoLongerConfiguredStillHasAnAddress) {
  store("a b", "first");
  while (take_some().value()) {
  }
  const BagId bag = contracts::CatalogueBench::bag("a b");
  const std::string path = bag.space.str() + "/a%20b/v1/data/a%20b.txt";
  EXPECT_TRUE(server.stored.contains({"x_files", "file://one/bags/" + path})) << server.stored.rbegin()->first.id;
  facts.push_back({*LocationName::parse("one"), "one", kLocation, Provider::filesystem, LocationRole::primary, "one",
                   "bags/", "https://files.example.org"});
  settings.name = "another";
  while (take_some().value()) {
  }
  EXPECT_TRUE(server.stored.contains({"x_files", "https://files.example.org/bags/" + path}));
}

TEST_F(IndexSinkTest, AMissingIndexIsWaitedFor) {
  store("a", "first");
  server.missing = {"x_files"};
  server.asked = [this, looks = 0]() mutable {
    if (++looks == 10) source.request_stop();
  };
  IndexSink(needs, settings, source.get_token()).run();
  EXPECT_TRUE(server.stored.empty());
  EXPECT_THAT(log.text, HasSubstr("index_behind error=the search server has no index x_files"));
  EXPECT_EQ(log.text.find("index_behind"), log.text.rfind("index_behind")) << "told once";
}

}  // namespace
}  // namespace strongroom::events
