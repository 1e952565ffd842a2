// Goal: every register of known damage keeps its port's contract, and what SQLite knows is still known after a restart.
// Method: each check of src/contracts is a test, in memory and on SQLite in a temporary directory.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "adapters/catalogue/memory/damage.hpp"
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/damage_contract.hpp"

namespace strongroom {
namespace {

class StoppedClock final : public Clock {
 public:
  Instant now() override { return {}; }
  Duration since_boot() override { return {}; }
  bool wait_until(Duration, std::stop_token) override { return true; }
};

/// A directory with a catalogue, opened as often as a test likes.
class Directory {
 public:
  Directory() {
    std::string name = testing::TempDir() + "damage-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  auto open() { return sqlite::open_sqlite_catalogue(path_ / "catalogue.db", clock_, owners_); }

 private:
  std::filesystem::path path_;
  StoppedClock clock_;
  NobodyIsDead owners_;
};

class DamageContractTest : public testing::TestWithParam<contracts::DamageCheck> {};

TEST_P(DamageContractTest, HoldsInMemory) {
  memory::MemoryDamage known;
  const auto result = GetParam().run(known);
  EXPECT_TRUE(result) << result.error().text();
}

TEST_P(DamageContractTest, HoldsOnSqlite) {
  Directory directory;
  const auto opened = directory.open();
  ASSERT_TRUE(opened) << opened.error().text();
  const auto result = GetParam().run(**opened);
  EXPECT_TRUE(result) << result.error().text();
}

INSTANTIATE_TEST_SUITE_P(All, DamageContractTest, testing::ValuesIn(contracts::damage_checks()),
                         [](const testing::TestParamInfo<contracts::DamageCheck>& one) { return one.param.name; });

TEST(SqliteDamageTest, IsKnownAfterARestart) {
  Directory directory;
  const std::string key = "maps/x/v1/data/a";
  {
    const auto opened = directory.open();
    ASSERT_TRUE(opened) << opened.error().text();
    const auto noted =
        (*opened)->note_damage({{"uuid-1", key, 1, digest_of(Algorithm::sha256, "a")}, "it is missing", Instant{}});
    ASSERT_TRUE(noted && *noted);
  }
  const auto opened = directory.open();
  ASSERT_TRUE(opened) << opened.error().text();
  const auto known = (*opened)->is_file_damaged("uuid-1", key);
  ASSERT_TRUE(known);
  EXPECT_TRUE(*known);
}

}  // namespace
}  // namespace strongroom
