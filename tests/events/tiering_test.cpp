// Goal: every registered version of a location is moved to its archive tier and known to be, none before it was asked
// for and none that is not registered, whatever fails. Method: versions in a real SQLite catalogue, an archiver in
// memory that fails by chance and takes its time; each failure is a death: the tiering begins anew from its places.
#include "events/tiering.hpp"

#include <gmock/gmock.h>

#include <random>

#include "events/stored_versions.hpp"

namespace strongroom::events {
namespace {

class ChanceArchiver final : public Archiver {
 public:
  enum class State : std::uint8_t { readable, asked, archived };
  std::map<std::string, State> objects;
  double fault_rate = 0;
  bool is_slow = false;  ///< what is asked for is moved by move()
  int asks = 0;
  std::mt19937 chance{3};

  Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override {
    if (fails()) return temporary("cut");
    std::vector<TieredObject> page;
    for (const auto& [key, state] : objects) {
      if (key.starts_with(prefix) && key > after && page.size() < limit)
        page.push_back({key, state == State::archived});
    }
    return page;
  }
  Result<void> archive(const std::string& key) override {
    ++asks;
    const bool is_lost = fails();
    // Half of the time it has been done, and only the answer is lost.
    if (is_lost && chance() % 2 == 0) return temporary("cut");
    if (objects.at(key) == State::readable) objects[key] = is_slow ? State::asked : State::archived;
    if (is_lost) return temporary("lost");
    return {};
  }
  void move() {
    for (auto& [key, state] : objects) {
      if (state == State::asked) state = State::archived;
    }
  }
  std::size_t count(State state) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(objects, [&](const auto& one) { return one.second == state; }));
  }

 private:
  bool fails() { return std::uniform_real_distribution<>(0, 1)(chance) < fault_rate; }
};

class TieringTest : public StoredVersions {
 protected:
  using State = ChanceArchiver::State;

  void store_version(const std::string& name, std::size_t files = 3) {
    store(name, "Chart", files);
    for (std::size_t i = 0; i < files; ++i) add(name, "data/" + std::to_string(i));
    add(name, "bagit.txt");
  }
  void add(const std::string& name, const std::string& file, std::uint64_t version = 1) {
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
