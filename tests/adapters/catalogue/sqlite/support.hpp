// What the tests of the SQLite catalogue share: a temporary directory, a clock, owners, raw SQL beside the adapter.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::sqlite {

/// One statement on a connection of its own; the first column of the first row, 0 when there is none.
inline std::int64_t raw_sql(const std::string& file, const std::string& sql, int* code = nullptr) {
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_stmt* statement = nullptr;
  int result = sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr);
  std::int64_t value = 0;
  if (result == SQLITE_OK) {
    result = sqlite3_step(statement);
    if (result == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  if (code != nullptr) *code = result;
  return value;
}

class NoWorkers final : public Workers {
 public:
  void for_each(std::size_t count, std::size_t, const std::function<void(std::size_t)>& work) override {
    for (std::size_t i = 0; i < count; ++i) work(i);
  }
};

/// A directory with the file of a catalogue, and the bench of the contract on it.
class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    std::string name = testing::TempDir() + "sqlite-XXXXXX";
    directory_ = mkdtemp(name.data());
    file_ = directory_ / "catalogue.db";
  }
  ~SqliteTest() override {
    bench_.catalogue.reset();
    std::filesystem::remove_all(directory_);
  }

  Result<std::unique_ptr<SqliteCatalogue>> open() {
    return open_sqlite_catalogue(file_, bench_.clock, bench_.owners, bench_.times);
  }
  /// Opens, and makes it the bench's.
  void open_bench() {
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().text();
    bench_.catalogue = std::move(*opened);
  }

  std::filesystem::path directory_;
  std::string file_;
  NoWorkers workers_;
  contracts::CatalogueBench bench_{workers_};
};

}  // namespace strongroom::sqlite
