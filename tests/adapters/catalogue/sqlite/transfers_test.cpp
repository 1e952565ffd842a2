// Goal: what a package becomes is told from the catalogue's own bags (transfers.md 7.2).
// Method: versions registered in a real SQLite catalogue; the rest of the promises is held by tests/contracts.
#include "support/stored_versions.hpp"

namespace strongroom::sqlite {
namespace {

class SqliteTransfersTest : public test::StoredVersions {};

TEST_F(SqliteTransfersTest, TheLatestVersionIsTheRegisteredOne) {
  const BagId bag = contracts::CatalogueBench::bag("a");
  EXPECT_FALSE(*catalogue->latest_version(bag));
  store_version("a", "a bag", 1, {});
  EXPECT_EQ(*catalogue->latest_version(bag), Version(1));
  store_version("a", "a bag", 2, {});
  EXPECT_EQ(*catalogue->latest_version(bag), Version(2));
  EXPECT_FALSE(*catalogue->latest_version(contracts::CatalogueBench::bag("b")));
}

}  // namespace
}  // namespace strongroom::sqlite
