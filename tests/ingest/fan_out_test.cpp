// Goal: every place gets every byte and the inventory every file, by threads or without; a place that fails leaves the
// group and nobody else notices; the leading one's failure is everybody's. Method: places in memory that fail as they
// are told, packages of chance, compared with what was given.
#include "ingest/fan_out.hpp"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "adapters/host/thread_workers.hpp"
#include "adapters/objects/memory/location.hpp"
#include "adapters/objects/memory/working_storage.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "domain/layout.hpp"

namespace strongroom::ingest {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;  ///< in the order of the package

/// A location whose writes fail once it has taken so many bytes.
class FailingIntake final : public Intake {
 public:
  FailingIntake(std::unique_ptr<Intake> inner, std::uint64_t bytes) : inner_(std::move(inner)), left_(bytes) {}
  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t size) override {
    TRY(auto file, inner_->create_file(name, size));
    return std::unique_ptr<WorkFile>(std::make_unique<File>(std::move(file), left_));
  }
  Result<void> create_directory(const std::string& name) override { return inner_->create_directory(name); }
  Result<void> finish() override { return inner_->finish(); }
  Result<void> clear() override { return inner_->clear(); }
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& root, const std::string& name) override {
    return inner_->open_file(root, name);
  }

 private:
  class File final : public WorkFile {
   public:
    File(std::unique_ptr<WorkFile> inner, std::uint64_t& left) : inner_(std::move(inner)), left_(left) {}
    Result<void> write(ByteView bytes) override {
      if (bytes.size() > left_) return temporary("the disk is full", {}, Reason::no_space);
      left_ -= bytes.size();
      return inner_->write(bytes);
    }
    Result<void> finish() override { return inner_->finish(); }

   private:
    std::unique_ptr<WorkFile> inner_;
    std::uint64_t& left_;
  };
  std::unique_ptr<Intake> inner_;
  std::uint64_t left_;
};

class FanOutTest : public testing::TestWithParam<bool> {
 protected:
  FanOutTest() {
    for (memory::MemoryLocation& location : locations_) intakes_.push_back(*location.intake(ticket_));
    area_ = *storage_.open(ticket_.ingest, ticket_.fence, {});
  }
  void fail(std::size_t place, std::uint64_t bytes) {
    intakes_[place] = std::make_unique<FailingIntake>(std::move(intakes_[place]), bytes);
  }
  Result<void> send(const Files& files, std::size_t piece = 70'000) {
    InventoryWriter inventory(lines_);
    FanOutNeeds needs{*area_, {}, inventory, progress_, stop_};
    for (const auto& intake : intakes_) needs.intakes.push_back(intake.get());
    FanOut sink(needs, GetParam() ? &workers_ : nullptr);
    for (const auto& [name, content] : files) {
      TRY_VOID(sink.begin(name, content.size()));
      for (std::size_t at = 0; at < content.size(); at += piece) {
        TRY_VOID(sink.data(as_bytes(std::string_view(content).substr(at, piece))));
      }
      TRY_VOID(sink.end());
    }
    TRY_VOID(sink.finish());
    TRY(listed_, inventory.finish());
    return {};
  }
  static Files some_files(std::size_t count) {
    std::mt19937 chance(3);
    Files files = {{"bag/manifest-md5.txt", "nothing yet"}};
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t size = i % 17 == 0 ? 300'000 + chance() % 3'000'000 : chance() % 5000;
      files.emplace_back("bag/data/" + std::to_string(i), std::string(size, static_cast<char>('a' + i % 26)));
    }
    return files;
  }
  /// The place holds all of them, and says so.
  void expect_filled(std::size_t place, const Files& files, bool filled = true) {
    const auto staged = locations_[place].staged();
    const std::string start = layout::staging_directory(ticket_.ingest, ticket_.fence);
    EXPECT_EQ(staged.contains(start + "/filled"), filled) << place;
    if (!filled) return;
    EXPECT_EQ(staged.size(), files.size() + 1) << place;
    for (const auto& [name, content] : files) {
      const auto found = staged.find(start + "/unpacked/" + name);
      EXPECT_TRUE(found != staged.end() && found->second == content) << place << " " << name;
    }
  }
  void expect_listed(const Files& files) {
    TextSource source(lines_.text());
    InventoryReader reader(source, listed_);
    for (const auto& [name, content] : files) {
      const auto entry = reader.next();
      ASSERT_TRUE(entry && *entry);
      EXPECT_EQ((*entry)->name, name);
      EXPECT_EQ((*entry)->size, content.size());
      EXPECT_EQ((*entry)->sha256(), digest_of(Algorithm::sha256, content));
    }
    const auto end = reader.next();
    EXPECT_TRUE(end && *end == nullptr);
  }

  const StagingTicket ticket_{*IngestId::parse("7432e81f-a095-424c-875e-eaee798c5d13"), Fence{1}, {}};
  std::array<memory::MemoryLocation, 3> locations_;
  memory::MemoryWorkingStorage storage_;
  std::vector<std::unique_ptr<Intake>> intakes_;
  std::unique_ptr<WorkArea> area_;
  contracts::CommandedClock clock_;
  LeaseHorizon horizon_{std::numeric_limits<std::int64_t>::max()};
  std::stop_source source_;
  Stop stop_{source_.get_token(), {}, clock_, horizon_};
  ProgressMeter progress_{clock_, [](const Progress&) {}};
  host::ThreadWorkers workers_{2};
  TextSink lines_;
  InventoryRef listed_;
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutThreads, FanOutTest, testing::Bool());

TEST_P(FanOutTest, EveryPlaceGetsEveryByte) {
  const Files files = some_files(200);
  ASSERT_TRUE(send(files));
  for (std::size_t place = 0; place < 3; ++place) expect_filled(place, files);
  expect_listed(files);
  EXPECT_EQ(progress_.now().files_done, files.size());
  EXPECT_TRUE(storage_.contents().empty()) << "nothing but lists lies in working storage";
}

TEST_P(FanOutTest, APlaceThatFailsLeavesTheGroup) {
  const Files files = some_files(200);
  fail(1, 1'000'000);
  ASSERT_TRUE(send(files));
  expect_filled(0, files);
  expect_filled(1, files, false);
  expect_filled(2, files);
  expect_listed(files);
}

TEST_P(FanOutTest, TheLeadingOnesFailureIsEverybodys) {
  fail(0, 1'000'000);
  const auto sent = send(some_files(200));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().reason, Reason::no_space);
  for (std::size_t place = 0; place < 3; ++place) expect_filled(place, {}, false);
}

TEST_P(FanOutTest, ANameIsMadeOnce) {
  Files files = some_files(20);
  files.emplace_back(files[3].first, "again");
  const auto sent = send(files);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().reason, Reason::already_exists);
}

TEST_P(FanOutTest, ANameThatNoLocationTakesGoesToWorkingStorage) {
  Files files = some_files(5);
  files.emplace_back("bag/data/" + std::string(300, 'n'), "too long a name");
  ASSERT_TRUE(send(files));
  expect_listed(files);
  for (std::size_t place = 0; place < 3; ++place) expect_filled(place, files, false);
  EXPECT_EQ(storage_.contents().size(), 1U);
}

TEST_P(FanOutTest, WithoutPlacesWorkingStorageTakesAll) {
  intakes_.clear();
  const Files files = some_files(50);
  ASSERT_TRUE(send(files));
  expect_listed(files);
  EXPECT_EQ(storage_.contents().size(), files.size());
}

TEST_P(FanOutTest, AStopEndsIt) {
  source_.request_stop();
  const auto sent = send(some_files(5));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().reason, Reason::stopped);
}

TEST_P(FanOutTest, AnOddPieceChangesNothing) {
  const Files files = some_files(30);
  ASSERT_TRUE(send(files, 999));
  for (std::size_t place = 0; place < 3; ++place) expect_filled(place, files);
  expect_listed(files);
}

}  // namespace
}  // namespace strongroom::ingest
