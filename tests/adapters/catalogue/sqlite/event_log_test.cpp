// The event log as a file: an older one is brought up to date with its events, what must stay cannot be removed by a
// statement, a reindex survives its process. Method: raw SQL beside the adapter, and children killed by their pid.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "adapters/catalogue/sqlite/support.hpp"

namespace strongroom::sqlite {
namespace {

constexpr int kVersions = 120;

class SqliteEventLogTest : public SqliteTest {
 protected:
  /// Bags of one registered version each.
  void fill() {
    open_bench();
    for (int i = 0; i < kVersions; ++i) {
      const auto accepted = bench_.accept("bag-" + std::to_string(i));
      ASSERT_TRUE(accepted);
      const auto claim = bench_.claim(bench_.ann);
      ASSERT_TRUE(claim);
      Settle settle = bench_.settle(claim->lease, *accepted);
      settle.writes = {SaveVersion{bench_.version(1, VersionState::registered, accepted->id)}};
      ASSERT_TRUE(bench_.catalogue->settle(settle));
      ASSERT_TRUE(bench_.end(*claim, Status::succeeded));
    }
    bench_.catalogue.reset();
  }
};

TEST_F(SqliteEventLogTest, OnlyUpdatesCanBeRemovedByAStatement) {
  open_bench();
  ASSERT_TRUE(bench_.accept("a"));
  bench_.catalogue.reset();
  for (const char* kind : {"registered-bag", "transfer-update", "operator-alert"}) {
    raw_sql(file_, "INSERT INTO outgoing (id, time, kind, space, body) VALUES ('x', 0, '" + std::string(kind) +
                       "', 'maps', '{}')");
  }
  raw_sql(file_, "DELETE FROM outgoing");
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM outgoing"), 4);
  raw_sql(file_, "DELETE FROM outgoing WHERE ingest IS NOT NULL OR kind <> 'registered-bag'");
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM outgoing"), 1);
}

TEST_F(SqliteEventLogTest, L4_KilledMidwayEveryVersionIsEmittedOnce) {
  fill();
  {
    auto log = open();
    ASSERT_TRUE(log);
    const auto count = (*log)->begin_reindex({bench_.uuid(), {}, bench_.clock.now(), Deed{}});
    ASSERT_TRUE(count);
    ASSERT_EQ(*count, static_cast<std::uint64_t>(kVersions));
  }
  for (int round = 0; round < 1000; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto log = open();
      if (!log) _exit(1);
      while (true) {
        const auto done = (*log)->continue_reindex(bench_.clock.now(), {bench_.uuid(), bench_.uuid()});
        if (!done || write(ends[1], done->has_value() ? "x" : ".", 1) != 1) _exit(2);
        if (!*done) _exit(0);
      }
    }
    ::close(ends[1]);
    char told = 0;
    for (int i = 0; i < 1 + round % 3 && told != '.'; ++i) ASSERT_EQ(read(ends[0], &told, 1), 1);
    std::this_thread::sleep_for(std::chrono::microseconds(211 * round % 5000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ::close(ends[0]);
    if (told == '.') break;
  }
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM outgoing WHERE reindex = 1"), kVersions);
  EXPECT_EQ(raw_sql(file_, "SELECT count(DISTINCT body) FROM outgoing WHERE reindex = 1"), kVersions);
  EXPECT_EQ(raw_sql(file_, "SELECT emitted FROM reindex WHERE ended = 1"), kVersions);
}

TEST_F(SqliteEventLogTest, AnOlderFileKeepsItsEvents) {
  open_bench();
  const auto accepted = bench_.accept("a");
  ASSERT_TRUE(accepted);
  bench_.catalogue.reset();
  // As 0002 left it.
  for (const char* sql :
       {"DROP TABLE damaged_file", "DROP TABLE transfer", "DROP TABLE mets_name", "DROP TABLE transfer_fact",
        "DROP TABLE operator_problem", "DROP TABLE message_aside", "DROP TABLE restore", "DROP TABLE refused_document",
        "DROP TABLE sink", "DROP TABLE dead_letter", "DROP TABLE subscription", "DROP TABLE reindex",
        "DROP TRIGGER outgoing_is_kept", "DROP INDEX outgoing_updates", "DROP INDEX outgoing_of_transfers",
        "ALTER TABLE outgoing DROP COLUMN reindex", "PRAGMA user_version = 2"}) {
    raw_sql(file_, sql);
  }
  auto log = open();
  ASSERT_TRUE(log) << log.error().text();
  const auto page = (*log)->events_after(0, {}, 10, 10);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->events.size(), 1U);
  EXPECT_EQ(page->events[0].then->ingest.id, accepted->id);
  EXPECT_FALSE(page->events[0].event.reindex);
}

}  // namespace
}  // namespace strongroom::sqlite
