// The file: its schema, what is refused, errors by code, checkpoints, a full disk. Method: real files, and a raw
// connection beside the adapter.
#include "adapters/catalogue/sqlite/database.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <latch>
#include <set>
#include <stdexcept>
#include <thread>

#include "adapters/catalogue/sqlite/migrations.hpp"
#include "adapters/catalogue/sqlite/support.hpp"

namespace strongroom::sqlite {
namespace {

using SqliteFileTest = SqliteTest;

TEST_F(SqliteFileTest, ANewFileGetsTheSchema) {
  open_bench();
  EXPECT_EQ(raw_sql(file_, "PRAGMA application_id"), catalogue_schema().application);
  EXPECT_EQ(raw_sql(file_, "PRAGMA user_version"), catalogue_schema().version());
  EXPECT_EQ(raw_sql(file_, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
  EXPECT_GT(raw_sql(file_, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"), 10);
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

TEST_F(SqliteFileTest, WhatIsStoredOutlivesTheProcess) {
  open_bench();
  const auto accepted = bench_.accept("a", true);
  ASSERT_TRUE(accepted);
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  bench_.catalogue.reset();
  open_bench();
  const auto found = bench_.stored(accepted->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->created, accepted->created);
  EXPECT_TRUE(bench_.catalogue->look(claim->lease, claim->ingest));
}

TEST_F(SqliteFileTest, ANewerSchemaIsRefused) {
  open_bench();
  bench_.catalogue.reset();
  raw_sql(file_, "PRAGMA user_version = " + std::to_string(catalogue_schema().version() + 1));
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().act, Act::broken);
  EXPECT_EQ(opened.error().reason, Reason::unsupported);
  EXPECT_NE(opened.error().what.find("newer version of Strongroom"), std::string::npos);
  EXPECT_EQ(opened.error().where, file_);
}

TEST_F(SqliteFileTest, AnotherProgramsDatabaseIsRefused) {
  raw_sql(file_, "CREATE TABLE photo (id INTEGER)");
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, Reason::unsupported);
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(SqliteFileTest, GarbageIsCorrupt) {
  std::ofstream(file_) << std::string(10'000, 'x');
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().act, Act::broken);
  EXPECT_EQ(opened.error().reason, Reason::corrupt);
}

TEST_F(SqliteFileTest, AMissingDirectoryIsAnError) {
  const auto opened =
      open_sqlite_catalogue(directory_ / "absent" / "catalogue.db", bench_.clock, bench_.owners, bench_.times);
  EXPECT_FALSE(opened);
}

TEST_F(SqliteFileTest, TheDatabaseItselfRefusesToChangeARegisteredVersion) {
  open_bench();
  ASSERT_TRUE(bench_.accept("a"));
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  Settle settle = bench_.settle(claim->lease, bench_.stored(claim->ingest).value());
  settle.writes = {SaveVersion{bench_.version(1, VersionState::registered, claim->ingest)}};
  ASSERT_TRUE(bench_.catalogue->settle(settle));
  for (const char* sql : {"UPDATE version SET byte_count = 0", "DELETE FROM version"}) {
    int code = SQLITE_OK;
    raw_sql(file_, sql, &code);
    EXPECT_EQ(code, SQLITE_CONSTRAINT) << sql;
  }
}

TEST_F(SqliteFileTest, EveryRevisionStaysInTheHistory) {
  open_bench();
  ASSERT_TRUE(bench_.accept("a"));
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  Settle settle = bench_.settle(claim->lease, bench_.stored(claim->ingest).value());
  settle.writes = {bench_.change(claim->ingest, "Unpacking started").value()};
  ASSERT_TRUE(bench_.catalogue->settle(settle));
  settle.writes = {bench_.change(claim->ingest, "Unpacking failed", Status::failed).value()};
  ASSERT_TRUE(bench_.catalogue->settle(settle));
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM ingest_revision"), 3);
  EXPECT_EQ(raw_sql(file_, "SELECT event_count FROM ingest_revision WHERE status = 'processing'"), 1);
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM outgoing JOIN ingest_revision USING (ingest, revision)"), 3);
}

// ---- errors ---------------------------------------------------------------------------------------------------------

struct ErrorCase {
  int code;
  Act act;
  Reason reason;
};

class ErrorOfTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(ErrorOfTest, MapsByCode) {
  const Error error = error_of(GetParam().code, "text", "SELECT 1");
  EXPECT_EQ(error.act, GetParam().act);
  EXPECT_EQ(error.reason, GetParam().reason);
  EXPECT_EQ(error.text(), "catalogue: text (SELECT 1)");
}

INSTANTIATE_TEST_SUITE_P(Codes, ErrorOfTest,
                         testing::Values(ErrorCase{SQLITE_FULL, Act::temporary, Reason::no_space},
                                         ErrorCase{SQLITE_BUSY, Act::temporary, Reason::other},
                                         ErrorCase{SQLITE_BUSY_SNAPSHOT, Act::temporary, Reason::other},
                                         ErrorCase{SQLITE_LOCKED, Act::temporary, Reason::other},
                                         ErrorCase{SQLITE_IOERR_FSYNC, Act::temporary, Reason::other},
                                         ErrorCase{SQLITE_CORRUPT_INDEX, Act::broken, Reason::corrupt},
                                         ErrorCase{SQLITE_NOTADB, Act::broken, Reason::corrupt},
                                         ErrorCase{SQLITE_READONLY, Act::broken, Reason::forbidden},
                                         ErrorCase{SQLITE_CONSTRAINT_UNIQUE, Act::broken, Reason::already_exists},
                                         ErrorCase{SQLITE_CONSTRAINT_PRIMARYKEY, Act::broken, Reason::already_exists},
                                         ErrorCase{SQLITE_CONSTRAINT_CHECK, Act::broken, Reason::conflict},
                                         ErrorCase{SQLITE_MISUSE, Act::broken, Reason::other}));

TEST_F(SqliteFileTest, AFullDiskIsTemporaryAndChangesNothing) {
  auto database = Database::open(file_);
  ASSERT_TRUE(database);
  Database& held = **database;
  const auto set_pages = [&held](int pages) {
    return held.write(
        [&](Connection& db) { return db.run_script(("PRAGMA max_page_count = " + std::to_string(pages)).c_str()); });
  };
  bench_.catalogue = std::make_unique<SqliteCatalogue>(std::move(*database), bench_.clock, bench_.owners, bench_.times);
  ASSERT_TRUE(bench_.accept("a"));
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  const Ingest before = bench_.stored(claim->ingest).value();
  ASSERT_TRUE(set_pages(static_cast<int>(raw_sql(file_, "PRAGMA page_count")) + 1));

  Settle settle = bench_.settle(claim->lease, before);
  settle.writes = {bench_.change(claim->ingest, "Unpacking started").value(),
                   AppendOutgoing{bench_.uuid(), "registered-bag", "testing", std::string(100'000, 'x')}};
  const auto refused = bench_.catalogue->settle(settle);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().act, Act::temporary);
  EXPECT_EQ(refused.error().reason, Reason::no_space);
  EXPECT_EQ(bench_.stored(claim->ingest)->revision, before.revision);
  EXPECT_TRUE(bench_.catalogue->events_of(claim->ingest)->empty());
  EXPECT_EQ(bench_.outgoing()->size(), 1U);

  ASSERT_TRUE(set_pages(1'000'000));
  EXPECT_TRUE(bench_.catalogue->settle(settle));
  EXPECT_EQ(bench_.stored(claim->ingest)->revision, before.revision + 1);
}

// ---- writes that come together --------------------------------------------------------------------------------------

/// Writers that all come while an earlier write is being done, so that the next transaction is theirs.
class TogetherTest : public SqliteTest {
 protected:
  using Work = std::function<Result<void>(Connection&)>;

  void SetUp() override {
    SqliteTest::SetUp();
    auto opened = Database::open(file_);
    ASSERT_TRUE(opened);
    database_ = std::move(*opened);
  }

  /// What came of each; `thrown_` says whose work threw.
  std::vector<Result<void>> write_together(const std::vector<Work>& works) {
    std::vector<Result<void>> outcomes(works.size(), ok());
    thrown_.assign(works.size(), false);
    done_by_.assign(works.size(), {});
    std::atomic<std::size_t> coming = 0;
    std::latch begun(1);
    std::jthread first([&] {
      EXPECT_TRUE(database_->write([&](Connection&) -> Result<void> {
        begun.count_down();
        while (coming < works.size()) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return {};
      }));
    });
    begun.wait();
    std::vector<std::jthread> writers;
    for (std::size_t i = 0; i < works.size(); ++i) {
      writers.emplace_back([&, i] {
        ++coming;
        try {
          outcomes[i] = database_->write([&](Connection& db) {
            done_by_[i] = std::this_thread::get_id();
            return works[i](db);
          });
        } catch (const std::runtime_error&) {
          thrown_[i] = true;
        }
      });
    }
    writers.clear();
    return outcomes;
  }
  static Work remember(const std::string& name) {
    return [name](Connection& db) { return db.run("INSERT INTO fact (name, value) VALUES (?, 'x')", name); };
  }
  std::int64_t facts() { return raw_sql(file_, "SELECT count(*) FROM fact WHERE value = 'x'"); }

  std::unique_ptr<Database> database_;
  std::vector<char> thrown_;
  std::vector<std::thread::id> done_by_;
};

TEST_F(TogetherTest, OneDoesTheWorkOfAll) {
  std::vector<Work> works;
  for (int i = 0; i < 20; ++i) works.push_back(remember("name-" + std::to_string(i)));
  for (const auto& outcome : write_together(works)) EXPECT_TRUE(outcome);
  EXPECT_EQ(facts(), 20);
  EXPECT_LT(std::set(done_by_.begin(), done_by_.end()).size(), works.size());
}

TEST_F(TogetherTest, WhatFailsTakesNobodyWithIt) {
  std::vector<Work> works;
  for (int i = 0; i < 12; ++i) {
    const Work good = remember("name-" + std::to_string(i));
    if (i % 3 == 0) works.push_back(good);
    if (i % 3 == 1) {
      works.emplace_back([good](Connection& db) -> Result<void> {
        TRY_VOID(good(db));
        return broken("refused after it has written");
      });
    }
    if (i % 3 == 2) {
      works.emplace_back([good](Connection& db) -> Result<void> {
        TRY_VOID(good(db));
        throw std::runtime_error("thrown after it has written");
      });
    }
  }
  const auto outcomes = write_together(works);
  for (std::size_t i = 0; i < works.size(); ++i) {
    EXPECT_EQ(thrown_[i] != 0, i % 3 == 2);
    if (i % 3 == 1) {
      ASSERT_FALSE(outcomes[i]);
      EXPECT_EQ(outcomes[i].error().what, "refused after it has written");
    } else {
      EXPECT_TRUE(outcomes[i]);
    }
  }
  EXPECT_EQ(facts(), 4);
}

TEST_F(TogetherTest, AnEndedTransactionIsTemporaryForAll) {
  std::vector<Work> works(8, [](Connection& db) { return db.run("ROLLBACK"); });
  for (const auto& outcome : write_together(works)) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().act, Act::temporary);
  }
  EXPECT_TRUE(database_->write(remember("after")));
  EXPECT_EQ(facts(), 1);
}

// ---- checkpoints ----------------------------------------------------------------------------------------------------

class CheckpointTest : public SqliteTest {
 protected:
  void write_mebibytes(int count) {
    for (int i = 0; i < count; ++i) {
      Settle settle = bench_.settle(claim_->lease, bench_.stored(claim_->ingest).value());
      settle.writes = {AppendOutgoing{bench_.uuid(), "other", "testing", std::string(1 << 20, 'x')}};
      ASSERT_TRUE(bench_.catalogue->settle(settle));
    }
  }
  void begin() {
    open_bench();
    ASSERT_TRUE(bench_.accept("a"));
    claim_ = bench_.claim(bench_.ann).value();
  }
  std::uintmax_t log_size() { return std::filesystem::file_size(file_ + "-wal"); }
  std::optional<Claim> claim_;
};

TEST_F(CheckpointTest, OnlyTheCallEmptiesTheLog) {
  begin();
  write_mebibytes(8);
  EXPECT_GT(log_size(), 8U << 20);
  bench_.catalogue.reset();  // closing the last connection moves nothing
  EXPECT_LT(std::filesystem::file_size(file_), 1U << 20);
  open_bench();
  auto beside = open();
  ASSERT_TRUE(beside);
  ASSERT_TRUE((*beside)->checkpoint());
  EXPECT_EQ(log_size(), 0U);
  EXPECT_GT(std::filesystem::file_size(file_), 8U << 20);
  EXPECT_EQ(bench_.outgoing()->size(), 9U);
  EXPECT_TRUE(bench_.accept("b"));
  EXPECT_EQ(raw_sql(file_, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

TEST_F(CheckpointTest, TheLogStaysBounded) {
  begin();
  write_mebibytes(40);
  EXPECT_LT(log_size(), 24U << 20);
  EXPECT_GT(std::filesystem::file_size(file_), 16U << 20);
}

TEST_F(CheckpointTest, NothingIsWrittenDuringACheckpointOfAnotherProcess) {
  begin();
  const int gate = ::open((file_ + "-gate").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(gate, 0);
  ASSERT_EQ(flock(gate, LOCK_EX), 0);
  Result<Ingest> accepted = broken("not run");
  std::jthread writer([&] { accepted = bench_.accept("b"); });
  for (int look = 0; look < 50; ++look) {
    EXPECT_EQ(bench_.outgoing()->size(), 1U);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ::close(gate);
  writer.join();
  EXPECT_TRUE(accepted);
  EXPECT_EQ(bench_.outgoing()->size(), 2U);
}

TEST_F(CheckpointTest, NoCheckpointWhileAnotherProcessWrites) {
  begin();
  const int gate = ::open((file_ + "-gate").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(gate, 0);
  ASSERT_EQ(flock(gate, LOCK_SH), 0);  // as another process in the middle of a commit
  write_mebibytes(20);
  EXPECT_GT(log_size(), 20U << 20);
  EXPECT_LT(std::filesystem::file_size(file_), 1U << 20);
  ::close(gate);
  write_mebibytes(1);
  EXPECT_GT(std::filesystem::file_size(file_), 16U << 20);
}

}  // namespace
}  // namespace strongroom::sqlite
