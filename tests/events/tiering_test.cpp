// Goal: every registered version of a location is moved to its archive tier and known to be, none before it was asked
// for and none that is not registered, whatever fails. Method: versions in a real SQLite catalogue, an archiver in
// memory that fails by chance and takes its time; each failure is a death: the tiering begins anew from its places.
#include "events/tiering.hpp"

#include <gmock/gmock.h>

#include "support/chance_archiver.hpp"
#include "support/stored_versions.hpp"

namespace strongroom::events {
namespace {

using testing_support::ChanceArchiver;

class TieringTest : public test::StoredVersions {
 protected:
  using State = ChanceArchiver::State;

  void store_version(const std::string& name, std::size_t files = 3) {
    store(name, "Chart", files);
    for (std::size_t i = 0; i < files; ++i) add(name, "data/" + std::to_string(i));
    add(name, "bagit.txt");
  }
  void add(const std::string& name, const std::string& file, std::int64_t version = 1) {
    archiver.objects[layout::file_key(contracts::CatalogueBench::bag(name), Version(version), file)] = State::readable;
  }
  Result<bool> ask() { return Tiering(needs, facts, source.get_token()).ask_next(); }
  Result<bool> confirm() { return Tiering(needs, facts, source.get_token()).confirm_next(); }
  bool is_known(const std::string& name) {
    const auto fact = catalogue->recall(archived_fact(kLocation, contracts::CatalogueBench::bag(name), Version(1)));
    EXPECT_TRUE(fact);
    return fact->has_value();
  }

  ChanceArchiver archiver;
  NoMetrics metrics;
  LocationFacts facts{*LocationName::parse("cold"),
                      "cold",
                      kLocation,
                      Provider::amazon_s3,
                      LocationRole::replica,
                      "bucket",
                      "",
                      "",
                      AccessTier::hot,
                      false};
  TieringNeeds needs{*catalogue, *catalogue, *catalogue, archiver, bench.clock, metrics, log};
  std::stop_source source;
};

TEST_F(TieringTest, VersionsAreMovedAndKnownToBe) {
  store_version("a");
  store_version("b");
  EXPECT_FALSE(is_known("a"));
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(ask());
    ASSERT_TRUE(confirm());
  }
  EXPECT_TRUE(is_known("a"));
  EXPECT_TRUE(is_known("b"));
  EXPECT_EQ(archiver.count(State::archived), 8U);
  EXPECT_EQ(archiver.asks, 8);
  const auto recorded = catalogue->audit_after(0, 100);
  ASSERT_TRUE(recorded);
  std::vector<std::string> moved;
  for (const AuditRecord& record : *recorded) {
    if (record.line.find("version.archived") != std::string::npos) moved.push_back(record.line);
  }
  EXPECT_EQ(moved.size(), 2U) << "once for each version";
  EXPECT_NE(moved.front().find("testing/a v1"), std::string::npos) << moved.front();
}

TEST_F(TieringTest, NothingElseIsTouched) {
  store_version("a");
  // A later version that is on its way, another bag, and the description.
  add("a", "data/x", 2);
  add("a2", "data/x");
  archiver.objects["_strongroom/manifests/contract/a/v1.json"] = State::readable;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(ask());
    ASSERT_TRUE(confirm());
  }
  EXPECT_EQ(archiver.count(State::readable), 3U);
}

TEST_F(TieringTest, AVersionThatLiesElsewhereIsPassedOver) {
  store_version("a");
  facts.uuid = "another-location";
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(ask());
    ASSERT_TRUE(confirm());
  }
  EXPECT_EQ(archiver.count(State::archived), 0U);
  EXPECT_FALSE(is_known("a"));
}

TEST_F(TieringTest, AProviderThatTakesItsTimeHoldsUpNoOtherVersion) {
  archiver.is_slow = true;
  for (const char* name : {"a", "b", "c"}) store_version(name);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(ask());
  EXPECT_EQ(archiver.count(State::asked), 12U);
  const auto early = confirm();
  ASSERT_TRUE(early);
  EXPECT_FALSE(*early);
  EXPECT_FALSE(is_known("a"));
  archiver.move();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(confirm());
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(is_known(name)) << name;
}

TEST_F(TieringTest, EverythingIsMovedThoughItDiesAgainAndAgain) {
  for (int i = 0; i < 40; ++i) store_version("bag" + std::to_string(i), 1 + static_cast<std::size_t>(i) % 7);
  archiver.fault_rate = 0.3;
  int deaths = 0;
  for (int quiet = 0; quiet < 20;) {
    const auto asked = ask();
    const auto confirmed = confirm();
    deaths += (asked ? 0 : 1) + (confirmed ? 0 : 1);
    quiet = asked && !*asked && confirmed && !*confirmed ? quiet + 1 : 0;
    // Known is only what is so.
    for (int i = 0; i < 40; ++i) {
      const std::string name = "bag" + std::to_string(i);
      if (!is_known(name)) continue;
      const std::string prefix = layout::version_prefix(contracts::CatalogueBench::bag(name), Version(1));
      for (const auto& [key, state] : archiver.objects) {
        const bool is_moved = !key.starts_with(prefix) || state == State::archived;
        ASSERT_TRUE(is_moved) << key;
      }
    }
  }
  EXPECT_GT(deaths, 20);
  EXPECT_EQ(archiver.count(State::readable), 0U);
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(is_known("bag" + std::to_string(i)));
}

}  // namespace
}  // namespace strongroom::events
