// Goal: a process removes what the dead left in the shared scratch, nothing of the living, and its own at its end.
// Method: directories as other processes would have left them, owners that a test declares dead.
#include "adapters/objects/filesystem/scratch.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace strongroom::filesystem {
namespace {

namespace fs = std::filesystem;

const std::string kOwn = "11111111-1111-4111-8111-111111111111";
const std::string kAlive = "22222222-2222-4222-8222-222222222222";
const std::string kDead = "33333333-3333-4333-8333-333333333333";

class DeclaredOwners final : public Owners {
 public:
  std::set<std::string> dead = {kDead};
  bool proven_dead(const OwnerId& owner) override {
    EXPECT_EQ(owner.boot, "boot");
    return dead.contains(owner.id);
  }
};

class ScratchTest : public ::testing::Test {
 protected:
  ScratchTest() {
    std::string name = testing::TempDir() + "scratch-XXXXXX";
    root_ = fs::path(mkdtemp(name.data())) / "dry-runs";
  }
  ~ScratchTest() override { fs::remove_all(root_.parent_path()); }

  void leave(const std::string& owner) {
    fs::create_directories(root_ / owner / "area-1/files/data");
    std::ofstream(root_ / owner / "area-1/files/data/a.txt") << "left behind";
  }

  fs::path root_;
  DeclaredOwners owners_;
};

TEST_F(ScratchTest, OnlyTheDeadAreRemoved) {
  leave(kAlive);
  leave(kDead);
  fs::create_directories(root_ / "a directory of somebody");
  const auto scratch = Scratch::open(root_.string(), {"boot", kOwn}, owners_);
  ASSERT_TRUE(scratch) << scratch.error().text();
  EXPECT_FALSE(fs::exists(root_ / kDead));
  EXPECT_TRUE(fs::exists(root_ / kAlive / "area-1/files/data/a.txt"));
  EXPECT_TRUE(fs::exists(root_ / "a directory of somebody"));
}

TEST_F(ScratchTest, ItsOwnGoesWithIt) {
  const IngestId id = *IngestId::parse(kOwn);
  std::unique_ptr<Spill> kept;
  {
    const auto scratch = Scratch::open(root_.string(), {"boot", kOwn}, owners_);
    ASSERT_TRUE(scratch);
    const auto area = scratch.value()->storage().open(id, Fence{1}, std::nullopt);
    ASSERT_TRUE(area);
    auto file = area.value()->create_file("data/a.txt", 5);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file.value()->finish());
    kept = area.value()->create().value();
    ASSERT_TRUE(kept->write(as_bytes(std::string_view("findings"))));
    EXPECT_FALSE(fs::is_empty(root_ / kOwn));
  }
  EXPECT_TRUE(fs::is_empty(root_));
  // A report outlives its area: what is open has no name to be removed by.
  auto source = kept->open();
  ASSERT_TRUE(source);
  EXPECT_EQ(read_all(**source, 100).value(), "findings");
}

}  // namespace
}  // namespace strongroom::filesystem
