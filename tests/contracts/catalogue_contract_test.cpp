// The contracts of catalogue, event log and accounts, each check on each adapter. Method: every check of the suites is
// a test with an empty store of its own; SQLite in a temporary directory.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "adapters/catalogue/memory/catalogue.hpp"
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/accounts_contract.hpp"
#include "contracts/catalogue_contract.hpp"
#include "contracts/event_log_contract.hpp"

namespace strongroom {
namespace {

enum class Adapter { memory, sqlite };

/// Real threads: all `count` at once.
class Threads final : public Workers {
 public:
  void for_each(std::size_t count, std::size_t, const std::function<void(std::size_t)>& work) override {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  }
};

/// A clock for stores that do not look at it.
class StoppedClock final : public Clock {
 public:
  Instant now() override { return {}; }
  Duration since_boot() override { return {}; }
  bool wait_until(Duration, std::stop_token) override { return true; }
};

class Directory {
 public:
  Directory() {
    std::string name = testing::TempDir() + "catalogue-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string file() const { return path_ / "catalogue.db"; }

 private:
  std::filesystem::path path_;
};

template <class Check>
std::string test_name(const testing::TestParamInfo<std::tuple<Adapter, Check>>& info) {
  return (std::get<0>(info.param) == Adapter::memory ? "memory_" : "sqlite_") + std::get<1>(info.param).name;
}

class CatalogueContractTest : public testing::TestWithParam<std::tuple<Adapter, contracts::CatalogueCheck>> {};

TEST_P(CatalogueContractTest, Holds) {
  const auto& [adapter, check] = GetParam();
  const Directory directory;
  Threads threads;
  const contracts::MakeCatalogue make = [&, which = adapter](Clock& clock, Owners& owners,
                                                             LeaseTimes times) -> Result<std::unique_ptr<Catalogue>> {
    if (which == Adapter::memory) {
      return std::unique_ptr<Catalogue>(std::make_unique<memory::MemoryCatalogue>(clock, owners, times));
    }
    TRY(auto opened, sqlite::open_sqlite_catalogue(directory.file(), clock, owners, times));
    return std::unique_ptr<Catalogue>(std::move(opened));
  };
  const auto result = contracts::run_catalogue_check(check, make, threads);
  EXPECT_TRUE(result) << result.error().text();
}

INSTANTIATE_TEST_SUITE_P(All, CatalogueContractTest,
                         testing::Combine(testing::Values(Adapter::memory, Adapter::sqlite),
                                          testing::ValuesIn(contracts::catalogue_checks())),
                         test_name<contracts::CatalogueCheck>);

class EventLogContractTest : public testing::TestWithParam<std::tuple<Adapter, contracts::EventLogCheck>> {};

TEST_P(EventLogContractTest, Holds) {
  const auto& [adapter, check] = GetParam();
  const Directory directory;
  Threads threads;
  const contracts::MakeEventLog make = [&, which = adapter](Clock& clock, Owners& owners,
                                                            LeaseTimes times) -> Result<contracts::CatalogueWithLog> {
    if (which == Adapter::memory) {
      auto made = std::make_unique<memory::MemoryCatalogue>(clock, owners, times);
      EventLog* log = made.get();
      return contracts::CatalogueWithLog{std::move(made), log};
    }
    TRY(auto opened, sqlite::open_sqlite_catalogue(directory.file(), clock, owners, times));
    EventLog* log = opened.get();
    return contracts::CatalogueWithLog{std::move(opened), log};
  };
  const auto result = contracts::run_event_log_check(check, make, threads);
  EXPECT_TRUE(result) << result.error().text();
}

INSTANTIATE_TEST_SUITE_P(All, EventLogContractTest,
                         testing::Combine(testing::Values(Adapter::memory, Adapter::sqlite),
                                          testing::ValuesIn(contracts::event_log_checks())),
                         test_name<contracts::EventLogCheck>);

class AccountsContractTest : public testing::TestWithParam<std::tuple<Adapter, contracts::AccountsCheck>> {};

TEST_P(AccountsContractTest, Holds) {
  const auto& [adapter, check] = GetParam();
  const Directory directory;
  StoppedClock clock;
  NobodyIsDead owners;
  const contracts::MakeAccounts make = [&, which = adapter]() -> Result<std::unique_ptr<Accounts>> {
    if (which == Adapter::memory) {
      return std::unique_ptr<Accounts>(std::make_unique<memory::MemoryAccounts>());
    }
    TRY(auto opened, sqlite::open_sqlite_catalogue(directory.file(), clock, owners));
    return std::unique_ptr<Accounts>(std::move(opened));
  };
  const auto result = contracts::run_accounts_check(check, make);
  EXPECT_TRUE(result) << result.error().text();
}

INSTANTIATE_TEST_SUITE_P(All, AccountsContractTest,
                         testing::Combine(testing::Values(Adapter::memory, Adapter::sqlite),
                                          testing::ValuesIn(contracts::accounts_checks())),
                         test_name<contracts::AccountsCheck>);

}  // namespace
}  // namespace strongroom
