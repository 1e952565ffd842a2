// Goal: every file of a version that was asked for can be read once the restore says so, as long as it says so, and
// what the location had archived is archived again, whatever fails. Method: versions in a real SQLite catalogue, an
// archive tier in memory that fails by chance and takes its time; each failure is a death: the restoring begins anew.
#include "care/restoring.hpp"

#include <gtest/gtest.h>

#include "support/chance_archiver.hpp"
#include "support/stopping_clock.hpp"
#include "support/stored_versions.hpp"

namespace strongroom::care {
namespace {

using testing_support::ChanceArchiver;
using State = ChanceArchiver::State;

constexpr std::size_t kFiles = 601;  ///< tag file included: more than two batches
constexpr int kDays = 7;

class RestoringTest : public test::StoredVersions {
 protected:
  /// A version that lies in the archive tier, `known` to.
  void archive(const std::string& name, bool known = true) {
    store(name, "Chart", kFiles - 1);
    const BagId bag = contracts::CatalogueBench::bag(name);
    archiver.objects[layout::file_key(bag, Version(1), "bagit.txt")] = State::archived;
    for (std::size_t i = 0; i + 1 < kFiles; ++i) {
      const std::string file = "data/" + name + (i == 0 ? "" : "-" + std::to_string(i)) + ".txt";
      archiver.objects[layout::file_key(bag, Version(1), file)] = State::archived;
    }
    if (known) {
      ASSERT_TRUE(catalogue->remember(archived_fact(kLocation, bag, Version(1)), "archive"));
    }
  }
  Restore ask_for(const std::string& name, int version = 1) {
    const Restore asked{.id = bench.uuid(),
                        .bag = contracts::CatalogueBench::bag(name),
                        .version = Version(version),
                        .location_uuid = kLocation,
                        .created = bench.clock.now(),
                        .client = *ClientId::parse("all"),
                        .files_total = kFiles};
    const auto added = catalogue->add_restore(asked, {"all", "restore.requested", name, "done", "", bench.clock.now()});
    EXPECT_TRUE(added) << added.error().text();
    return *added;
  }
  Restore stored(const Restore& restore) { return **catalogue->find_restore(restore.id); }
  /// As a process that has just begun.
  Result<void> carry_on(const Restore& restore) {
    return Restoring(needs, facts, kDays, source.get_token()).carry_on(stored(restore));
  }
  static std::string outcome(const Result<void>& result) { return result ? "ok" : result.error().text(); }

  ChanceArchiver archiver;
  LocationFacts facts{*LocationName::parse("cold"), "cold",   kLocation, Provider::amazon_s3,
                      LocationRole::replica,        "bucket", "",        ""};
  RestoringNeeds needs{*catalogue, *catalogue, archiver, records, locations, workers_, bench.clock, log};
  std::stop_source source;
};

TEST_F(RestoringTest, CopiesForAWhileAreAskedForAndTakenBackByTheProvider) {
  archiver.is_slow = archiver.gives_copies = true;
  archive("a");
  const Restore restore = ask_for("a");
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(archiver.count(State::coming), kFiles);
  Restore now = stored(restore);
  EXPECT_EQ(now.state, RestoreState::waiting);
  EXPECT_EQ(now.files_asked, kFiles);
  EXPECT_EQ(now.files_ready, 0U);
  EXPECT_EQ(now.ready_by, bench.clock.now() + archiver.restored_within());
  EXPECT_EQ(now.expires, std::nullopt);
  archiver.move();
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  now = stored(restore);
  EXPECT_EQ(now.state, RestoreState::ready);
  EXPECT_EQ(now.files_ready, kFiles);
  EXPECT_EQ(now.expires, archiver.until);
  EXPECT_EQ(archiver.restores, static_cast<int>(kFiles)) << "one request for each file";
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::ready);
  bench.clock.pass(archiver.until - bench.clock.now());
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::ended);
  EXPECT_EQ(archiver.asks, 0);
  EXPECT_TRUE(catalogue->open_restores(kLocation)->empty());
  EXPECT_NE(log.text.find("restore_ready location=cold bag=" + restore.bag.str() + " version=v1 restore=" + restore.id),
            std::string::npos);
  EXPECT_NE(log.text.find("restore_ended"), std::string::npos);
}

TEST_F(RestoringTest, WhatWasBroughtBackForGoodIsArchivedAgain) {
  archive("a");
  const Restore restore = ask_for("a");
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::ready);
  EXPECT_EQ(stored(restore).expires, bench.clock.now() + std::chrono::hours(24 * kDays));
  EXPECT_EQ(archiver.count(State::readable), kFiles);
  bench.clock.pass(std::chrono::hours(24 * kDays));
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::ended);
  EXPECT_EQ(archiver.count(State::archived), kFiles);
}

TEST_F(RestoringTest, WhatWasNeverArchivedForGoodIsLeftToTheTiering) {
  archive("a", false);
  const Restore restore = ask_for("a");
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  bench.clock.pass(std::chrono::hours(24 * kDays));
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::ended);
  EXPECT_EQ(archiver.asks, 0);
}

TEST_F(RestoringTest, FilesThatAnotherRestoreNeedsStayReadable) {
  archive("a");
  const Restore restore = ask_for("a");
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  Restore other = ask_for("a", 2);
  bench.clock.pass(std::chrono::hours(24 * kDays));
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(archiver.count(State::readable), kFiles);
  EXPECT_EQ(stored(restore).state, RestoreState::ready);
  other.state = RestoreState::ended;
  ASSERT_TRUE(catalogue->save_restore(other));
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(archiver.count(State::archived), kFiles);
}

TEST_F(RestoringTest, ReadyIsCountedFromTheFirstFile) {
  archiver.is_slow = archiver.gives_copies = true;
  archive("a");
  const Restore restore = ask_for("a");
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  archiver.move();
  std::size_t i = 0;
  std::string missing;
  for (auto& [key, state] : archiver.objects) {
    // Keys and names are in one order; the tag file is behind the payload.
    if (key.ends_with("bagit.txt")) continue;
    if (i++ == 300) {
      state = State::archived;
      missing = key;
    }
  }
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::waiting);
  EXPECT_EQ(stored(restore).files_ready, 300U);
  EXPECT_EQ(archiver.objects[missing], State::coming) << "what was lost meanwhile is asked for again";
  const int looks = archiver.looks;
  archiver.move();
  ASSERT_EQ(outcome(carry_on(restore)), "ok");
  EXPECT_EQ(stored(restore).state, RestoreState::ready);
  EXPECT_EQ(archiver.looks - looks, static_cast<int>(kFiles) - 300) << "those before are not looked at again";
}

TEST_F(RestoringTest, EverythingComesThoughItDiesAgainAndAgain) {
  archiver.is_slow = true;
  archive("a");
  const Restore restore = ask_for("a");
  archiver.fault_rate = 0.004;
  int deaths = 0;
  for (int i = 0; i < 10'000 && stored(restore).state != RestoreState::ready; ++i) {
    deaths += carry_on(restore) ? 0 : 1;
    if (i % 3 == 0) archiver.move();
    ASSERT_LE(stored(restore).files_ready, archiver.count(State::readable));
  }
  ASSERT_EQ(stored(restore).state, RestoreState::ready);
  EXPECT_EQ(archiver.count(State::readable), kFiles);
  bench.clock.pass(std::chrono::hours(24 * kDays));
  for (int i = 0; i < 10'000 && stored(restore).state != RestoreState::ended; ++i) deaths += carry_on(restore) ? 0 : 1;
  archiver.move();
  EXPECT_EQ(archiver.count(State::archived), kFiles);
  EXPECT_GT(deaths, 5);
}

TEST_F(RestoringTest, TroubleIsToldOnceAndGoesAway) {
  archive("a");
  const Restore restore = ask_for("a");
  archiver.fault_rate = 1;
  {
    test::StoppingClock clock(bench.clock, source, 40);
    RestoringNeeds stopping{*catalogue, *catalogue, archiver, records, locations, workers_, clock, log};
    Restoring(stopping, facts, kDays, source.get_token()).run();
  }
  const std::string detail = stored(restore).detail;
  EXPECT_TRUE(detail == "cut" || detail == "lost") << detail;
  EXPECT_NE(log.text.find("restore_behind location=cold restore=" + restore.id), std::string::npos);
  EXPECT_LE(archiver.restores, 8 * 256) << "its pauses grow";
  archiver.fault_rate = 0;
  source = {};
  test::StoppingClock clock(bench.clock, source, 40);
  RestoringNeeds stopping{*catalogue, *catalogue, archiver, records, locations, workers_, clock, log};
  Restoring(stopping, facts, kDays, source.get_token()).run();
  EXPECT_EQ(stored(restore).state, RestoreState::ready);
  EXPECT_EQ(stored(restore).detail, "");
}

}  // namespace
}  // namespace strongroom::care
