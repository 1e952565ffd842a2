// Upkeep on a real catalogue: the write-ahead log is emptied, expired tokens go and living ones stay.
#include "cli/upkeep.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "adapters/host/system_clock.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

class NoOwners final : public Owners {
 public:
  bool proven_dead(const OwnerId&) override { return false; }
};

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

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  NoOwners owners_;
  CountingLog log_;
  std::unique_ptr<sqlite::SqliteCatalogue> catalogue_;
};

TEST_F(UpkeepTest, OneRound) {
  add_token(std::string(64, 'a'), -std::chrono::hours(1));
  add_token(std::string(64, 'b'), std::chrono::hours(1));
  const auto log = directory_.path() / "catalogue.sqlite-wal";
  ASSERT_GT(std::filesystem::file_size(log), 0U);
  keep_up(*catalogue_, clock_, log_);
  EXPECT_FALSE(catalogue_->find_token(std::string(64, 'a')).value().has_value());
  EXPECT_TRUE(catalogue_->find_token(std::string(64, 'b')).value().has_value());
  EXPECT_EQ(std::filesystem::file_size(log), 0U);
  EXPECT_EQ(log_.lines, 0);
}

TEST_F(UpkeepTest, TheLoopStops) {
  std::jthread loop([&](const std::stop_token& stop) { run_upkeep(*catalogue_, clock_, log_, stop); });
  loop.request_stop();
  loop.join();
  EXPECT_EQ(log_.lines, 0);
}

}  // namespace
}  // namespace strongroom::cli
