// Goal: every store of transfers keeps its port's contract. Method: each check of src/contracts is a test, in memory
// and on SQLite in a temporary directory; what was told and recorded is read back through the event log and the audit
// log.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "adapters/catalogue/memory/transfers.hpp"
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/transfers_contract.hpp"

namespace strongroom {
namespace {

using contracts::ToldOfTransfer;
using contracts::TransfersUnderTest;

/// Real threads: all `count` at once.
class Threads final : public Workers {
 public:
  void for_each(std::size_t count, std::size_t, const std::function<void(std::size_t)>& work) override {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  }
};

class StoppedClock final : public Clock {
 public:
  Instant now() override { return {}; }
  Duration since_boot() override { return {}; }
  bool wait_until(Duration, std::stop_token) override { return true; }
};

class TransfersContractTest : public testing::TestWithParam<contracts::TransfersCheck> {};

TEST_P(TransfersContractTest, HoldsInMemory) {
  memory::MemoryTransfers transfers;
  Threads threads;
  TransfersUnderTest under_test{transfers, transfers, threads,
                                [&]() -> Result<std::vector<ToldOfTransfer>> {
                                  std::vector<ToldOfTransfer> told;
                                  for (const auto& [kind, notice, time] : transfers.told()) {
                                    told.push_back({kind, notice.space, notice.body, time});
                                  }
                                  return told;
                                },
                                [&]() -> Result<std::size_t> { return transfers.deeds().size(); }};
  const auto result = GetParam().run(under_test);
  EXPECT_TRUE(result) << result.error().text();
}

TEST_P(TransfersContractTest, HoldsOnSqlite) {
  std::string name = testing::TempDir() + "transfers-XXXXXX";
  const std::filesystem::path directory = mkdtemp(name.data());
  StoppedClock clock;
  NobodyIsDead owners;
  Threads threads;
  {
    const auto opened = sqlite::open_sqlite_catalogue(directory / "catalogue.db", clock, owners);
    ASSERT_TRUE(opened) << opened.error().text();
    sqlite::SqliteCatalogue& catalogue = **opened;
    TransfersUnderTest under_test{catalogue, catalogue, threads,
                                  [&]() -> Result<std::vector<ToldOfTransfer>> {
                                    TRY(const auto events, catalogue.outgoing_after(0, 1000));
                                    std::vector<ToldOfTransfer> told;
                                    for (const OutgoingEvent& event : events)
                                      told.push_back({event.kind, event.space, event.body, event.time});
                                    return told;
                                  },
                                  [&]() -> Result<std::size_t> {
                                    TRY(const auto records, catalogue.audit_after(0, 1000));
                                    return records.size();
                                  }};
    const auto result = GetParam().run(under_test);
    EXPECT_TRUE(result) << result.error().text();
  }
  std::filesystem::remove_all(directory);
}

INSTANTIATE_TEST_SUITE_P(All, TransfersContractTest, testing::ValuesIn(contracts::transfers_checks()),
                         [](const testing::TestParamInfo<contracts::TransfersCheck>& one) { return one.param.name; });

}  // namespace
}  // namespace strongroom
