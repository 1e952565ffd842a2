// Goal: a restore is kept as it was saved, and there is one open one for each version and location. Method: a catalogue
// in a file, opened again.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::sqlite {
namespace {

class RestoresTest : public testing::Test {
 protected:
  RestoresTest() {
    std::string name = testing::TempDir() + "restores-XXXXXX";
    directory_ = mkdtemp(name.data());
    open();
  }
  ~RestoresTest() override {
    catalogue.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    catalogue.reset();
    catalogue = *open_sqlite_catalogue(directory_ / "catalogue.db", clock_, owners_);
  }
  Restore restore(const std::string& id, const std::string& location = "here", int version = 1) {
    return {.id = id,
            .bag = contracts::CatalogueBench::bag("a b/c"),
            .version = Version(version),
            .location_uuid = location,
            .created = clock_.now(),
            .client = *ClientId::parse("all"),
            .files_total = 12};
  }
  std::string add(const Restore& restore) {
    const auto added = catalogue->add_restore(restore, {"all", "restore.requested", restore.id, "done", "", {}});
    EXPECT_TRUE(added) << added.error().text();
    return added->id;
  }
  std::string open_ones(const std::string& location) {
    std::string ids;
    for (const Restore& one : *catalogue->open_restores(location)) ids += one.id + " ";
    return ids;
  }

  contracts::CommandedClock clock_;
  contracts::CommandedOwners owners_;
  std::filesystem::path directory_;
  std::unique_ptr<SqliteCatalogue> catalogue;
};

TEST_F(RestoresTest, IsKeptAsItWasSaved) {
  Restore one = restore("1");
  add(one);
  EXPECT_EQ(**catalogue->find_restore("1"), one);
  EXPECT_EQ(*catalogue->find_restore("2"), std::nullopt);
  one.state = RestoreState::waiting;
  one.files_asked = 12;
  one.files_ready = 5;
  one.ready_by = clock_.now() + std::chrono::hours(5);
  one.expires = clock_.now() + std::chrono::hours(170);
  one.detail = "S3 answered 503";
  ASSERT_TRUE(catalogue->save_restore(one));
  open();
  EXPECT_EQ(**catalogue->find_restore("1"), one);
  const auto unknown = catalogue->save_restore(restore("3"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().reason, Reason::not_found);
}

TEST_F(RestoresTest, OneIsOpenForAVersionInALocation) {
  EXPECT_EQ(add(restore("1")), "1");
  EXPECT_EQ(add(restore("2")), "1");
  EXPECT_EQ(add(restore("3", "there")), "3");
  EXPECT_EQ(add(restore("4", "here", 2)), "4");
  EXPECT_EQ(open_ones("here"), "1 4 ");
  EXPECT_EQ(open_ones("there"), "3 ");
  Restore ended = restore("1");
  ended.state = RestoreState::ended;
  ASSERT_TRUE(catalogue->save_restore(ended));
  EXPECT_EQ(open_ones("here"), "4 ");
  EXPECT_EQ(add(restore("5")), "5");
  EXPECT_EQ(open_ones("here"), "4 5 ");
  // What was asked for in vain leaves no deed.
  EXPECT_EQ(catalogue->audit_after(0, 100)->size(), 4U);
}

}  // namespace
}  // namespace strongroom::sqlite
