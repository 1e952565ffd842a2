// Goal: a location that is trusted to compute digests itself is believed where it tells one that agrees, contradicted
// where it tells another, and read where it tells none; a location that is not trusted is read whole (pipeline.md 8.2,
// case N4). Method: one deposit that says of its files what it is told to, and counts who reads them.
#include "ingest/check_copy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/objects/memory/working_storage.hpp"
#include "support/fake_ports.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ServerChecksum of_whole(const std::string& bytes) { return {bytes.size(), digest_of(Algorithm::sha256, bytes), {}}; }

/// As S3 has it of an upload in parts.
ServerChecksum of_parts(const std::string& bytes, std::size_t part_size) {
  Hasher digests(Algorithm::sha256);
  for (std::size_t at = 0; at < bytes.size(); at += part_size) {
    digests.update(digest_of(Algorithm::sha256, bytes.substr(at, part_size)).bytes());
  }
  return {bytes.size(), digests.finish(), part_size};
}

class TellingDeposit final : public Deposit {
 public:
  std::map<std::string, std::string> stored;
  std::map<std::string, ServerChecksum> told;
  std::vector<std::string> read;
  std::optional<Error> trouble;

  Result<std::optional<ServerChecksum>> checksum_of(const std::string& name) override {
    if (trouble) return *trouble;
    if (!stored.contains(name)) return rejected("the file is missing", name, Reason::not_found);
    const auto found = told.find(name);
    return found == told.end() ? std::optional<ServerChecksum>() : found->second;
  }
  Result<void> read_back(const std::string& name, ByteSink& sink) override {
    read.push_back(name);
    if (!stored.contains(name)) return rejected("the file is missing", name, Reason::not_found);
    return sink.write(as_bytes(stored[name]));
  }
  Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) override {
    for (const auto& [name, bytes] : stored) TRY_VOID(found({name, bytes.size()}));
    return {};
  }
  Result<bool> take_in(const std::string&) override { return false; }
  [[nodiscard]] bool already_stored() const override { return true; }
  Result<void> put(const DepositFile&, const ContentOpener&) override { return {}; }
  Result<void> seal() override { return {}; }
  Result<void> commit() override { return {}; }
  Result<void> abandon() override { return {}; }
};

class KeptProblems final : public ProblemSink {
 public:
  std::vector<Problem> all;
  Result<void> add(Problem problem) override {
    all.push_back(std::move(problem));
    return {};
  }
};

class CheckCopyTest : public ::testing::Test {
 protected:
  void package(const std::map<std::string, std::string>& files) {
    const auto blob = area_->create_blob(blobs::kInventory);
    ASSERT_TRUE(blob);
    InventoryWriter writer(**blob);
    for (const auto& [name, bytes] : files) {
      const auto file = area_->create_file("bag/" + name, bytes.size());
      ASSERT_TRUE(file && (*file)->write(as_bytes(bytes)) && (*file)->finish());
      ASSERT_TRUE(writer.add({name, bytes.size(), {digest_of(Algorithm::sha256, bytes)}}));
    }
    inventory_ = writer.finish().value();
    ASSERT_TRUE((*blob)->finish());
    deposit.stored = files;
  }

  /// Names of the files with faults, as an event has them.
  std::string check(bool trusted) {
    CheckCopyNeeds needs{*area_, workers_, problems, progress, stop_};
    if (trusted) needs.package = &package_;
    const auto difference = check_copy(needs, deposit, inventory_);
    EXPECT_TRUE(difference) << difference.error().text();
    EXPECT_TRUE(difference->unexpected.count == 0);
    EXPECT_EQ(difference->faulty.count, problems.all.size()) << "each file counts once";
    return difference->faulty.names;
  }

  test::FakeClock clock_;
  memory::MemoryWorkingStorage storage_;
  std::unique_ptr<WorkArea> area_ =
      storage_.open(*IngestId::parse("7432e81f-a095-424c-875e-eaee798c5d13"), Fence{1}, {}).value();
  PackageFiles package_{*area_, "bag/"};
  InventoryRef inventory_;
  LeaseHorizon horizon_{std::numeric_limits<std::int64_t>::max()};
  Stop stop_{{}, {}, clock_, horizon_};
  test::InlineWorkers workers_;
  TellingDeposit deposit;
  KeptProblems problems;
  ProgressMeter progress{clock_, [](const Progress&) {}};
};

TEST_F(CheckCopyTest, N4_WhatTheProviderComputedIsBelieved) {
  package({{"data/a", "whole"}, {"data/b", "parts of three"}, {"data/c", ""}, {"data/d", "no digest"}});
  deposit.told = {{"data/a", of_whole("whole")}, {"data/b", of_parts("parts of three", 3)}, {"data/c", of_whole("")}};
  EXPECT_EQ(check(true), "");
  EXPECT_THAT(deposit.read, ElementsAre("data/d"));
  EXPECT_EQ(progress.now().files_done, 4U);
  EXPECT_EQ(progress.now().bytes_done, inventory_.bytes);
}

TEST_F(CheckCopyTest, N4_ALocationThatIsNotTrustedIsReadWhole) {
  package({{"data/a", "whole"}, {"data/b", "other"}});
  deposit.stored["data/b"] = "0ther";
  deposit.told = {{"data/a", of_whole("whole")}, {"data/b", of_whole("other")}};
  EXPECT_EQ(check(false), "data/b");
  EXPECT_THAT(deposit.read, ElementsAre("data/a", "data/b"));
}

TEST_F(CheckCopyTest, N4_AFlippedByteIsFoundWhenTheProviderComputesAnew) {
  package({{"data/a", "whole"}, {"data/b", "parts of three"}});
  deposit.stored = {{"data/a", "who1e"}, {"data/b", "parts 0f three"}};
  deposit.told = {{"data/a", of_whole("who1e")}, {"data/b", of_parts("parts 0f three", 3)}};
  EXPECT_EQ(check(true), "data/a, data/b");
  EXPECT_THAT(deposit.read, ElementsAre("data/b")) << "parts that do not agree are looked at";
  EXPECT_EQ(progress.now().bytes_done, inventory_.bytes) << "what was looked at twice is done once";
  for (const Problem& problem : problems.all) {
    EXPECT_EQ(problem.kind, "wrong-checksum");
    EXPECT_EQ(problem.actual, digest_of(Algorithm::sha256, deposit.stored[problem.path]).hex());
  }
}

TEST_F(CheckCopyTest, PartsAreCutWhereTheyWereCut) {
  const std::string bytes(700'000, 'x');
  for (const std::size_t size : {std::size_t{1}, std::size_t{100'000}, std::size_t{262'144}, std::size_t{262'145},
                                 std::size_t{350'000}, std::size_t{700'000}, std::size_t{800'000}}) {
    SCOPED_TRACE(size);
    package({{"data/a", size == 1 ? "few" : bytes}});
    deposit.told = {{"data/a", of_parts(deposit.stored["data/a"], size)}};
    EXPECT_EQ(check(true), "");
    EXPECT_THAT(deposit.read, IsEmpty());
    ASSERT_TRUE(area_->clear_files());
  }
}

TEST_F(CheckCopyTest, WhatIsMissingOrOfAnotherLengthCountsOnce) {
  package({{"data/a", "whole"}, {"data/b", "longer"}});
  deposit.stored = {{"data/b", "long"}};
  deposit.told = {{"data/a", of_whole("whole")}, {"data/b", of_whole("long")}};
  EXPECT_EQ(check(true), "data/a, data/b");
}

TEST_F(CheckCopyTest, TroubleAtTheProviderIsNoFault) {
  package({{"data/a", "whole"}, {"data/b", "other"}});
  deposit.trouble = temporary("slow down");
  CheckCopyNeeds needs{*area_, workers_, problems, progress, stop_};
  needs.package = &package_;
  const auto difference = check_copy(needs, deposit, inventory_);
  ASSERT_FALSE(difference);
  EXPECT_EQ(difference.error().act, Act::temporary);
  EXPECT_THAT(problems.all, IsEmpty());
}

}  // namespace
}  // namespace strongroom::ingest
