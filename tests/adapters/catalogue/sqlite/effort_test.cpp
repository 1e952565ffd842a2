// A long queue must not make a claim slow. Method: no clock; every statement's steps of SQLite's machine are counted
// through a trace that is put on each new connection, with 10,000 ingests waiting.
#include <atomic>

#include "adapters/catalogue/sqlite/database.hpp"
#include "adapters/catalogue/sqlite/support.hpp"

namespace strongroom::sqlite {
namespace {

// The trace is a C callback of every connection in the process.
std::atomic<std::int64_t> machine_steps{0};
std::atomic<std::int64_t> sorts{0};

int count_steps(unsigned, void*, void* statement, void*) {
  auto* handle = static_cast<sqlite3_stmt*>(statement);
  machine_steps += sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_VM_STEP, 1);
  sorts += sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_SORT, 1);
  return 0;
}

int trace_connection(sqlite3* db, char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count_steps, nullptr);
}

class EffortTest : public SqliteTest {
 protected:
  EffortTest() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(trace_connection)); }
  ~EffortTest() override { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(trace_connection)); }

  /// 5,000 bags, some with many ingests; written in one transaction, to be quick.
  void fill() {
    auto database = Database::open(file_);
    ASSERT_TRUE(database);
    const auto filled = (*database)->write([](Connection& db) {
      return db.run_script(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO bag (id, space, "
          "external_identifier, latest_created) SELECT i, 'testing', 'bag-' || i, 20000 FROM n;"
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO ingest (id, "
          "uuid, bag, type, provider, bucket, path, client, created, request_id, run, status, retrying, "
          "location_uuids, has_work, event_count, revision) SELECT i, printf('10000000-0000-4000-8000-%012d', i), "
          "CASE WHEN i > 5000 THEN 1 ELSE i END, 'create', 'filesystem', 'uploads', 'a.tar', 'client', i, 'request', "
          "1, 'accepted', 0, '[]', 1, 0, 1 FROM n;"
          "UPDATE bag SET turn = id, turn_created = id;");
    });
    ASSERT_TRUE(filled) << filled.error().text();
    bench_.catalogue =
        std::make_unique<SqliteCatalogue>(std::move(*database), bench_.clock, bench_.owners, bench_.times);
  }

  template <class Work>
  static std::int64_t steps_of(const Work& work) {
    machine_steps = 0;
    work();
    return machine_steps;
  }
};

TEST_F(EffortTest, AClaimLooksAtAFewRows) {
  fill();
  sorts = 0;
  EXPECT_GT(steps_of([&] { ASSERT_TRUE(bench_.claim(bench_.ann)); }), 50) << "the trace counts nothing";
  EXPECT_LT(steps_of([&] { ASSERT_TRUE(bench_.claim(bench_.ann)); }), 1000);
  // Thousands of bags in back-off change nothing for another worker, alive or dead.
  raw_sql(file_,
          "UPDATE bag SET lease = 2, due = 1000000000000, fence = 1, worker = (SELECT id FROM worker) WHERE lease = 0 "
          "AND id < 2000");
  EXPECT_LT(steps_of([&] { ASSERT_TRUE(bench_.claim(bench_.bob)); }), 1000);
  bench_.owners.kill(bench_.ann);
  std::optional<Claim> taken;
  EXPECT_LT(steps_of([&] { taken = bench_.claim(bench_.bob).value(); }), 1000);
  EXPECT_TRUE(taken->owner_lost);
  EXPECT_EQ(sorts, 0);
}

TEST_F(EffortTest, EndingAnIngestOfALongQueueLooksAtAFewRows) {
  fill();
  const Claim claim = bench_.claim(bench_.ann).value();  // the bag with 5,001 ingests
  const std::int64_t steps = steps_of([&] { ASSERT_TRUE(bench_.end(claim, Status::failed)); });
  EXPECT_LT(steps, 2000);
  EXPECT_LT(steps_of([&] { ASSERT_TRUE(bench_.accept("bag-1")); }), 2000);
  EXPECT_LT(steps_of([&] { ASSERT_TRUE(bench_.catalogue->renew(bench_.ann)); }), 500);
}

}  // namespace
}  // namespace strongroom::sqlite
