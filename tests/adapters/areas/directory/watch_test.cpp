// Goal: what changes in a directory is told by its watch: files written and moved in, new directories, floods of
// changes; and a watch that cannot work says so and harms nobody. Method: real inotify on temporary directories.
// Waiting is polling with a bound.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "adapters/areas/directory/watch.hpp"
#include "adapters/objects/support.hpp"
#include "support/fake_ports.hpp"
#include "support/sanitized.hpp"

namespace strongroom {
namespace {

using areas::DirectoryWatch;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DirectoryWatchTest : public testing::Test {
 protected:
  void write(const std::string& key) const { test::write_file(root_ / key, "content"); }
  /// Everything that is reported until there is nothing more.
  static WatchReport collect(DirectoryWatch& watch) {
    WatchReport all;
    for (int quiet = 0; quiet < 2;) {
      auto report = watch.wait(std::chrono::milliseconds(50), {});
      EXPECT_TRUE(report) << report.error().text();
      if (!report) break;
      quiet = report->keys.empty() && !report->everything ? quiet + 1 : 0;
      all.keys.merge(report->keys);
      all.everything = all.everything || report->everything;
    }
    return all;
  }

  test::TemporaryDirectory root_;
  test::FakeLog log_;
};

TEST_F(DirectoryWatchTest, FilesWrittenAndMovedInAreReported) {
  write("born-digital/old.zip");
  DirectoryWatch watch(root_.path(), log_);
  EXPECT_TRUE(watch.is_watching());
  EXPECT_THAT(collect(watch).keys, IsEmpty()) << "what was there before is the sweep's";
  write("born-digital/a b.zip");
  write(".incoming");
  std::filesystem::rename(root_ / ".incoming", root_ / "born-digital/moved.zip");
  write("born-digital/.hidden.zip");
  std::filesystem::remove(root_ / "born-digital/old.zip");
  const WatchReport report = collect(watch);
  EXPECT_THAT(report.keys, ElementsAre("born-digital/a b.zip", "born-digital/moved.zip"));
  EXPECT_FALSE(report.everything);
}

TEST_F(DirectoryWatchTest, AFileIsReportedWhenItIsClosed) {
  DirectoryWatch watch(root_.path(), log_);
  std::ofstream file(root_ / "pkg.zip");
  file << "first half" << std::flush;
  EXPECT_THAT(collect(watch).keys, IsEmpty());
  file.close();
  EXPECT_THAT(collect(watch).keys, ElementsAre("pkg.zip"));
}

TEST_F(DirectoryWatchTest, NewDirectoriesAreWatchedWithAllThatIsInThem) {
  DirectoryWatch watch(root_.path(), log_);
  write("new/deep/er/first.zip");
  EXPECT_THAT(collect(watch).keys, ElementsAre("new/deep/er/first.zip"));
  write("new/deep/er/second.zip");
  EXPECT_THAT(collect(watch).keys, ElementsAre("new/deep/er/second.zip"));
  // A whole tree that is moved in, and one that is moved about.
  test::TemporaryDirectory elsewhere;
  test::write_file(elsewhere / "tree/a/x.zip", "");
  std::filesystem::rename(elsewhere / "tree", root_ / "tree");
  EXPECT_THAT(collect(watch).keys, ElementsAre("tree/a/x.zip"));
  std::filesystem::rename(root_ / "tree", root_ / "other");
  EXPECT_THAT(collect(watch).keys, ElementsAre("other/a/x.zip"));
  write("other/a/y.zip");
  EXPECT_THAT(collect(watch).keys, ElementsAre("other/a/y.zip"));
  // Out of the area: no longer anybody's affair.
  std::filesystem::rename(root_ / "other", elsewhere / "gone");
  test::write_file(elsewhere / "gone/a/z.zip", "");
  EXPECT_THAT(collect(watch).keys, IsEmpty());
}

TEST_F(DirectoryWatchTest, NoLinkIsFollowed) {
  test::TemporaryDirectory elsewhere;
  DirectoryWatch watch(root_.path(), log_);
  std::filesystem::create_directory_symlink(elsewhere.path(), root_ / "linked");
  EXPECT_THAT(collect(watch).keys, IsEmpty());
  test::write_file(elsewhere / "x.zip", "");
  EXPECT_THAT(collect(watch).keys, IsEmpty());
}

TEST_F(DirectoryWatchTest, AFloodMeansEverything) {
  write("a");
  DirectoryWatch watch(root_.path(), log_);
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  std::size_t events = 0;
  ASSERT_TRUE(limit >> events);
  // Each rename is two events.
  for (std::size_t i = 0; i < events / 2 + 10; ++i) {
    std::filesystem::rename(root_ / (i % 2 == 0 ? "a" : "b"), root_ / (i % 2 == 0 ? "b" : "a"));
  }
  const WatchReport report = collect(watch);
  EXPECT_TRUE(report.everything);
  write("unseen/after.zip");
  const WatchReport after = collect(watch);
  EXPECT_THAT(after.keys, ElementsAre("unseen/after.zip")) << "and then it goes on";
  EXPECT_FALSE(after.everything);
}

TEST_F(DirectoryWatchTest, WithoutWatchesItWaitsAndSaysSoOnce) {
  if (test::kSanitized) GTEST_SKIP() << "a sanitizer opens files itself, to see whether memory can be read";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  DirectoryWatch watch(root_.path(), log_);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_FALSE(watch.is_watching());
  EXPECT_THAT(log_.text, HasSubstr("area.watch_incomplete directory=" + root_.path()));
  // It works again, and what came meanwhile was seen by nobody.
  write("meanwhile.zip");
  const auto report = watch.wait(std::chrono::milliseconds(10), {});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->everything);
  EXPECT_TRUE(watch.is_watching());
  write("later.zip");
  EXPECT_THAT(collect(watch).keys, Contains("later.zip"));
}

TEST_F(DirectoryWatchTest, ADirectoryThatGoesAndComesIsWatchedAgain) {
  std::filesystem::create_directory(root_ / "area");
  DirectoryWatch watch(root_ / "area", log_);
  std::filesystem::remove(root_ / "area");
  EXPECT_TRUE(collect(watch).everything);
  EXPECT_FALSE(watch.is_watching());
  const std::string said = log_.text;
  EXPECT_THAT(said, HasSubstr("the area's directory is gone"));
  EXPECT_FALSE(collect(watch).everything);
  EXPECT_EQ(log_.text, said) << "it is said once";
  write("area/pkg.zip");
  EXPECT_TRUE(collect(watch).everything);
  write("area/later.zip");
  EXPECT_THAT(collect(watch).keys, ElementsAre("later.zip"));
}

TEST_F(DirectoryWatchTest, AStopEndsTheWait) {
  DirectoryWatch watch(root_.path(), log_);
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });
  const auto report = watch.wait(std::chrono::hours(1), source.get_token());
  ASSERT_TRUE(report);
  EXPECT_THAT(report->keys, IsEmpty());
  // Asked for before it began.
  EXPECT_TRUE(watch.wait(std::chrono::hours(1), source.get_token()));
}

}  // namespace
}  // namespace strongroom
