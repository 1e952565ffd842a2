// Goal: a sink's place never goes back, and what was refused is known until it is taken. Method: a catalogue in a file.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::sqlite {
namespace {

class SinksTest : public testing::Test {
 protected:
  SinksTest() {
    std::string name = testing::TempDir() + "sinks-XXXXXX";
    directory_ = mkdtemp(name.data());
    catalogue = *open_sqlite_catalogue(directory_ / "catalogue.db", clock_, owners_);
  }
  ~SinksTest() override {
    catalogue.reset();
    std::filesystem::remove_all(directory_);
  }
  static RefusedDocument refused(const std::string& index, const std::string& id, const std::string& reason) {
    return {{index, id}, 3, 17, reason, instant_of(1'714'521'600'000'000)};
  }
  /// `index/id: reason` of all, page by page.
  std::string listed(const std::string& sink, std::size_t page) {
    std::string text;
    DocumentKey after;
    while (true) {
      const auto some = catalogue->refused_documents(sink, after, page).value();
      for (const RefusedDocument& one : some) text += one.key.index + "/" + one.key.id + ": " + one.reason + "\n";
      if (some.size() < page) return text;
      after = some.back().key;
    }
  }

  std::unique_ptr<SqliteCatalogue> catalogue;

 private:
  contracts::CommandedClock clock_;
  contracts::CommandedOwners owners_;
  std::filesystem::path directory_;
};

TEST_F(SinksTest, APlaceGoesOnAndNeverBack) {
  EXPECT_EQ(catalogue->sink_state("one")->position, 0);
  ASSERT_TRUE(catalogue->settle_sink({"one", 7, {}, {}}));
  ASSERT_TRUE(catalogue->settle_sink({"one", 5, {}, {}}));
  EXPECT_EQ(catalogue->sink_state("one")->position, 7);
  EXPECT_EQ(catalogue->sink_state("two")->position, 0);
}

TEST_F(SinksTest, WhatWasRefusedIsKnownUntilItIsTaken) {
  ASSERT_TRUE(
      catalogue->settle_sink({"one", 1, {}, {refused("b", "2", "x"), refused("b", "1", "x"), refused("a", "9", "y")}}));
  ASSERT_TRUE(catalogue->settle_sink({"two", 1, {}, {refused("b", "1", "z")}}));
  for (const std::size_t page : {1U, 2U, 3U, 10U}) EXPECT_EQ(listed("one", page), "a/9: y\nb/1: x\nb/2: x\n");
  EXPECT_EQ(catalogue->sink_state("one")->refused, 3U);
  const RefusedDocument kept = catalogue->refused_documents("one", {}, 1)->front();
  EXPECT_EQ(kept.version, 3);
  EXPECT_EQ(kept.sequence, 17);
  EXPECT_EQ(kept.refused, refused("", "", "").refused);
  ASSERT_TRUE(catalogue->settle_sink({"one", 2, {{"b", "1"}, {"b", "7"}}, {refused("b", "2", "again")}}));
  EXPECT_EQ(listed("one", 10), "a/9: y\nb/2: again\n");
  EXPECT_EQ(listed("two", 10), "b/1: z\n");
}

}  // namespace
}  // namespace strongroom::sqlite
