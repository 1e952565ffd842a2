// Several processes on one file, and processes that die in the middle. Method: fork() while nothing is open, since a
// connection must not cross it; parent and child talk through a pipe, and a child is killed by its pid.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "adapters/catalogue/sqlite/support.hpp"

namespace strongroom::sqlite {
namespace {

class SqliteProcessesTest : public SqliteTest {
 protected:
  /// Runs `work` in a child, which leaves with its value.
  static pid_t in_child(const std::function<int()>& work) {
    const pid_t child = fork();
    if (child == 0) _exit(work());
    return child;
  }
  static int exit_code(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(SqliteProcessesTest, AClientIsAddedBesideARunningService) {
  const ClientAccount account{*ClientId::parse("goobi"), "Goobi", {"hash"}, {}, false, bench_.clock.now()};
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = in_child([&] {
    char go = 0;
    if (read(ends[0], &go, 1) != 1) return 2;
    const auto beside = open();
    return beside && (*beside)->add_client(account, Deed{}) ? 0 : 1;
  });
  auto service = open();
  ASSERT_TRUE(service);
  ASSERT_FALSE((*service)->find_client(account.id)->has_value());
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_EQ(exit_code(child), 0);
  EXPECT_TRUE((*service)->find_client(account.id)->has_value());
  EXPECT_EQ((*service)->add_client(account, Deed{}).error().reason, Reason::already_exists);
}

TEST_F(SqliteProcessesTest, ProcessesThatStartTogetherMakeOneCatalogue) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    children.push_back(in_child([&, i] {
      const auto opened = open();
      return opened && (*opened)->remember("place-" + std::to_string(i), "x") && (*opened)->remember("first", "x") ? 0
                                                                                                                   : 1;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(exit_code(child), 0);
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM fact"), 7);
}

TEST_F(SqliteProcessesTest, WorkOfAnotherProcessIsFoundAndTakenOnce) {
  open_bench();
  auto beside = open();
  ASSERT_TRUE(beside);
  ASSERT_TRUE((*beside)->accept(bench_.request("a")));
  // Nobody rang here: the wait ends by itself.
  bench_.catalogue->wait_for_news(News::bags, bench_.catalogue->news(News::bags),
                                  bench_.clock.since_boot() + std::chrono::hours(1), {});
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  EXPECT_FALSE((*beside)->claim(bench_.bob)->has_value());
  EXPECT_EQ((*beside)
                ->settle(bench_.settle({claim->lease.bag, bench_.bob, claim->lease.fence},
                                       bench_.stored(claim->ingest).value()))
                .error()
                .reason,
            Reason::stale_lease);
}

TEST_F(SqliteProcessesTest, ASlowCommitterHidesNoEvent) {
  open_bench();
  ASSERT_TRUE(bench_.accept("a"));
  // Another process has its sequence number and has not committed yet.
  sqlite3* slow = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &slow), SQLITE_OK);
  sqlite3_db_config(slow, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  ASSERT_EQ(sqlite3_exec(slow,
                         "BEGIN IMMEDIATE; INSERT INTO outgoing (id, time, kind, space, body) VALUES ('slow', 0, "
                         "'other', 'testing', '{}');",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  Result<Ingest> accepted = broken("not run");
  std::jthread writer([&] { accepted = bench_.accept("b"); });
  // Whatever a reader sees now is below what comes later.
  for (int look = 0; look < 50; ++look) {
    EXPECT_EQ(bench_.outgoing()->size(), 1U);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(sqlite3_exec(slow, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(slow);
  writer.join();
  ASSERT_TRUE(accepted);
  const auto all = bench_.outgoing().value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].id, "slow");
  EXPECT_EQ(all[2].ingest, accepted->id);
  EXPECT_LT(all[1].sequence, all[2].sequence);
}

/// Settles for ever, each with one event, one outgoing event and one step attempt more; tells each that was accepted.
int settle_for_ever(SqliteCatalogue& catalogue, contracts::CatalogueBench& bench, const Claim& claim, int pipe) {
  StepRecord step = contracts::CatalogueBench::step(Step::unpack);
  while (true) {
    auto ingest = catalogue.find_ingest(claim.ingest);
    if (!ingest || !*ingest) return 1;
    IngestChange change(**ingest);
    change.add_event("Unpacking retrying", bench.clock.now());
    step.attempts = static_cast<int>((*ingest)->revision);
    Settle settle = bench.settle(claim.lease, **ingest);
    settle.writes = {SaveStep{step}, AppendOutgoing{bench.uuid(), "other", "testing", "{}"},
                     SaveIngest{change.ingest(), change.events(), bench.uuid()}};
    if (!catalogue.settle(settle)) return 2;
    if (write(pipe, "x", 1) != 1) return 3;
  }
}

TEST_F(SqliteProcessesTest, KilledInTheMiddleItIsAllOrNothing) {
  open_bench();
  ASSERT_TRUE(bench_.accept("a"));
  const Claim claim = bench_.claim(bench_.ann).value();
  bench_.catalogue.reset();
  std::int64_t accepted = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = in_child([&] {
      const auto opened = open();
      return opened ? settle_for_ever(**opened, bench_, claim, ends[1]) : 4;
    });
    ::close(ends[1]);
    // A few settles, then the kill: somewhere in the next one.
    char told = 0;
    for (int i = 0; i < 1 + round; ++i) accepted += read(ends[0], &told, 1);
    std::this_thread::sleep_for(std::chrono::microseconds(137 * round));
    kill(child, SIGKILL);
    while (read(ends[0], &told, 1) == 1) ++accepted;
    ::close(ends[0]);
    EXPECT_EQ(exit_code(child), -1) << "the child ended by itself";

    open_bench();
    const Ingest ingest = bench_.stored(claim.ingest).value();
    const RunView view = bench_.catalogue->look(claim.lease, claim.ingest).value();
    EXPECT_GE(ingest.revision - 1, accepted) << "an accepted settle is lost";
    EXPECT_LE(ingest.revision - 1, accepted + round + 1);
    accepted = ingest.revision - 1;
    EXPECT_EQ(view.event_count, static_cast<std::uint64_t>(accepted));
    ASSERT_EQ(view.steps.size(), 1U);
    EXPECT_EQ(view.steps[0].attempts, accepted);
    EXPECT_EQ(bench_.outgoing()->size(), static_cast<std::size_t>(1 + 2 * accepted));
    bench_.catalogue.reset();
  }
  EXPECT_EQ(raw_sql(file_, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

}  // namespace
}  // namespace strongroom::sqlite
