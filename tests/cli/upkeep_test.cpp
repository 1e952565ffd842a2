// Upkeep on a real catalogue: the write-ahead log is emptied, what has expired goes and what lives stays, and ingests
// that do not move are warned of.
#include "cli/upkeep.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "adapters/objects/memory/sources.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

class CountingLog final : public Log {
 public:
  void write(LogLevel, std::string_view, LogFields) override { ++lines; }
  int lines = 0;
};

class UpkeepTest : public ::testing::Test {
 protected:
  UpkeepTest() {
    auto opened = sqlite::open_sqlite_catalogue(directory_.str("catalogue.sqlite"), clock_, owners_);
    EXPECT_TRUE(opened);
    catalogue_ = std::move(opened).value();
  }
  void add_token(const std::string& sha256, Duration life) {
    const ClientId client = *ClientId::parse("c");
    if (!catalogue_->find_client(client).value()) {
      EXPECT_TRUE(catalogue_->add_client({client, "c", {"hash"}, {}, false, clock_.now()}, Deed{}));
    }
    EXPECT_TRUE(catalogue_->add_token({sha256, client, {}, clock_.now() + life}));
  }

  Ingest post(const std::string& path) {
    IngestRequest asked{IngestType::create,
                        BagId{Space::parse("maps").value(), ExternalIdentifier::parse(path).value()},
                        SourceLocation{Provider::filesystem, "uploads", path},
                        {},
                        {},
                        *ClientId::parse("c")};
    auto accepted = catalogue_->accept({*IngestId::parse(random_uuid(entropy_)), std::move(asked),
                                        *RequestId::parse("r"), clock_.now(), random_uuid(entropy_)});
    EXPECT_TRUE(accepted);
    return accepted->ingest;
  }
  /// An ingest from that path that has succeeded.
  void succeed(const std::string& path) {
    post(path);
    const auto claim = catalogue_->claim({"boot", "worker"});
    ASSERT_TRUE(claim && *claim);
    IngestChange change(catalogue_->find_ingest((*claim)->ingest).value().value());
    change.add_event("Register succeeded (completed)", clock_.now());
    ASSERT_TRUE(change.set_status(Status::succeeded));
    ASSERT_TRUE(catalogue_->settle({.lease = (*claim)->lease,
                                    .ingest = (*claim)->ingest,
                                    .run = 1,
                                    .now = clock_.now(),
                                    .writes = {SaveIngest{change.ingest(), change.events(), random_uuid(entropy_)}},
                                    .afterwards = Afterwards::release,
                                    .due = {}}));
  }

  TemporaryDirectory directory_;
  host::KernelEntropy entropy_;
  host::SystemClock clock_;
  NobodyIsDead owners_;
  CountingLog log_;
  memory::MemorySources uploads_;
  std::unique_ptr<sqlite::SqliteCatalogue> catalogue_;
};

TEST_F(UpkeepTest, OneRound) {
  add_token(std::string(64, 'a'), -std::chrono::hours(1));
  add_token(std::string(64, 'b'), std::chrono::hours(1));
  const auto log = directory_.path() / "catalogue.sqlite-wal";
  ASSERT_GT(std::filesystem::file_size(log), 0U);
  keep_up({*catalogue_, uploads_, clock_, log_}, {});
  EXPECT_FALSE(catalogue_->find_token(std::string(64, 'a')).value().has_value());
  EXPECT_TRUE(catalogue_->find_token(std::string(64, 'b')).value().has_value());
  EXPECT_EQ(std::filesystem::file_size(log), 0U);
  EXPECT_EQ(log_.lines, 0);
}

TEST_F(UpkeepTest, SpentUploadsAreRemovedAndOthersStay) {
  uploads_.add_bucket("uploads");
  for (const char* path : {"spent.tar.gz", "waiting.tar.gz", "copied-in.tar.gz"}) {
    uploads_.place("uploads", path, "bytes");
    const bool over_http = std::string(path) != "copied-in.tar.gz";
    if (over_http) {
      ASSERT_TRUE(catalogue_->enter_upload({"uploads", path}, clock_.now()));
    }
  }
  for (const char* path : {"spent.tar.gz", "copied-in.tar.gz"}) succeed(path);
  const UpkeepSettings settings{.areas = {{"uploads", -std::chrono::seconds(1)}}};
  keep_up({*catalogue_, uploads_, clock_, log_}, settings);
  EXPECT_FALSE(uploads_.content("uploads", "spent.tar.gz"));
  EXPECT_TRUE(uploads_.content("uploads", "waiting.tar.gz"));
  EXPECT_TRUE(uploads_.content("uploads", "copied-in.tar.gz"));
  EXPECT_EQ(log_.lines, 1);
}

TEST_F(UpkeepTest, StuckIngestsAreWarnedOf) {
  post("waiting.tar.gz");
  keep_up({*catalogue_, uploads_, clock_, log_}, {});
  EXPECT_EQ(log_.lines, 0);
  keep_up({*catalogue_, uploads_, clock_, log_}, {.stuck_after = -std::chrono::hours(1)});
  EXPECT_EQ(log_.lines, 1);
}

TEST_F(UpkeepTest, OldUpdatesAreDroppedAndTheirIngestsStay) {
  const Ingest ingest = post("x");
  succeed("y");
  keep_up({*catalogue_, uploads_, clock_, log_}, {});
  EXPECT_EQ(catalogue_->outgoing_after(0, 100)->size(), 3U);
  const std::int64_t last = catalogue_->last_sequence().value();
  keep_up({*catalogue_, uploads_, clock_, log_}, {.updates_kept = -std::chrono::hours(1)});
  EXPECT_TRUE(catalogue_->outgoing_after(0, 100)->empty());
  EXPECT_EQ(catalogue_->last_sequence().value(), last);
  EXPECT_EQ(catalogue_->tally()->last_sequence, last);
  EXPECT_TRUE(catalogue_->find_ingest(ingest.id).value().has_value());
  EXPECT_EQ(log_.lines, 1);
}

TEST_F(UpkeepTest, TheLoopStops) {
  std::jthread loop([&](const std::stop_token& stop) { run_upkeep({*catalogue_, uploads_, clock_, log_}, {}, stop); });
  loop.request_stop();
  loop.join();
  EXPECT_EQ(log_.lines, 0);
}

}  // namespace
}  // namespace strongroom::cli
