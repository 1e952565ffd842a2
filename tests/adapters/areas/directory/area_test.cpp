// Goal: what is particular to a directory as an area: fingerprints, names that are no packages, keys that would lead
// out of it, removal that never takes another file, and what a death in the middle leaves. Method: real files in a
// temporary directory, changed at the worst moments.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "adapters/areas/directory/area.hpp"
#include "adapters/areas/directory/files.hpp"
#include "adapters/objects/support.hpp"
#include "base/digest.hpp"
#include "support/fake_ports.hpp"

namespace strongroom {
namespace {

using areas::DirectoryArea;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DirectoryAreaTest : public testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& key) const { return root_ / key; }
  void place(const std::string& key, const std::string& bytes) const { test::replace_file(at(key), bytes); }
  AreaObject seen(const std::string& key) {
    const auto object = area_.stat(key);
    EXPECT_TRUE(object && *object) << key;
    return object && *object ? **object : AreaObject();
  }
  std::vector<std::string> listed(std::size_t limit = 1000) {
    std::vector<std::string> keys;
    const auto page = area_.list("", limit);
    EXPECT_TRUE(page) << page.error().text();
    if (page) std::ranges::transform(*page, std::back_inserter(keys), &AreaObject::key);
    return keys;
  }

  test::TemporaryDirectory root_;
  test::FakeLog log_;
  DirectoryArea area_{root_.path(), log_};
};

TEST_F(DirectoryAreaTest, TheTagIsTheDigestOfSizeTimeAndInode) {
  place("born-digital/pkg.zip", "content");
  const std::array<timespec, 2> times{{{0, 0}, {1'785'484'800, 123'456'789}}};
  ASSERT_EQ(::utimensat(AT_FDCWD, at("born-digital/pkg.zip").c_str(), times.data(), 0), 0);
  struct stat facts{};
  ASSERT_EQ(::stat(at("born-digital/pkg.zip").c_str(), &facts), 0);
  const AreaObject object = seen("born-digital/pkg.zip");
  const std::string fingerprint = "7:1785484800123456789:" + std::to_string(facts.st_ino);
  EXPECT_EQ(object.etag, digest_of(Algorithm::sha256, fingerprint).hex());
  EXPECT_EQ(object.modified, instant_of(1'785'484'800'123'456));
  EXPECT_FALSE(object.version_id);
}

TEST_F(DirectoryAreaTest, LinksAndNamesWithADotAreNotThere) {
  place("born-digital/pkg.zip", "content");
  place("born-digital/.hidden.zip", "x");
  place(".folder/pkg.zip", "x");
  place("outside", "secret");
  std::filesystem::create_directory(at("born-digital/empty"));
  std::filesystem::create_symlink("pkg.zip", at("born-digital/link.zip"));
  std::filesystem::create_directory_symlink("born-digital", at("linked"));
  ASSERT_EQ(::mkfifo(at("born-digital/pipe.zip").c_str(), 0644), 0);
  EXPECT_THAT(listed(), ElementsAre("born-digital/pkg.zip", "outside"));
  for (const char* key : {"born-digital/.hidden.zip", ".folder/pkg.zip", "born-digital/link.zip", "linked/pkg.zip",
                          "born-digital/pipe.zip", "born-digital/empty", "born-digital/empty/"}) {
    const auto found = area_.stat(key);
    ASSERT_TRUE(found) << key << found.error().text();
    EXPECT_FALSE(*found) << key;
    AreaObject object = seen("born-digital/pkg.zip");
    object.key = key;
    EXPECT_REASON(area_.open(object), Reason::not_found) << key;
  }
}

TEST_F(DirectoryAreaTest, NoKeyLeadsOutOfTheArea) {
  test::write_file(root_ / "area/pkg.zip", "content");
  test::write_file(root_ / "pkg.zip", "outside");
  DirectoryArea inner(root_ / "area", log_);
  const auto object = inner.stat("pkg.zip");
  ASSERT_TRUE(object && *object);
  struct stat facts{};
  ASSERT_EQ(::stat((root_ / "pkg.zip").c_str(), &facts), 0);
  std::filesystem::create_directory_symlink("..", root_ / "area/up");
  for (const std::string& key :
       {std::string("../pkg.zip"), std::string("a/../../pkg.zip"), root_ / "pkg.zip", std::string("./pkg.zip"),
        std::string("pkg.zip/"), std::string("/pkg.zip"), std::string(), std::string("pkg.zip\0x", 9),
        std::string("a//pkg.zip"), std::string("\xFF.zip"), std::string("up/pkg.zip")}) {
    const auto found = inner.stat(key);
    ASSERT_TRUE(found) << key;
    EXPECT_FALSE(*found) << key;
    const AreaObject outside = areas::object_of(key, facts);
    EXPECT_REASON(inner.open(outside), Reason::not_found) << key;
    EXPECT_FALSE(inner.put_log(key, "log", {})) << key;
    EXPECT_FALSE(inner.copy(**object, key, std::nullopt)) << key;
    [[maybe_unused]] const auto erased = inner.erase(outside, false);
  }
  EXPECT_EQ(test::read_file(root_ / "pkg.zip"), "outside");
  EXPECT_THAT(test::files_below(root_.path()), ElementsAre("area/pkg.zip", "pkg.zip"));
}

TEST_F(DirectoryAreaTest, AnAreaThatIsNotThereIsTheOperatorsTrouble) {
  DirectoryArea nowhere(root_ / "nowhere", log_);
  AreaObject object;
  object.key = "pkg.zip";
  for (const Error& error :
       {nowhere.list("", 10).error(), nowhere.stat("pkg.zip").error(), nowhere.open(object).error(),
        nowhere.put_log("a.log", "", {}).error(), nowhere.erase(object, false).error()}) {
    EXPECT_EQ(error.act, Act::broken);
    EXPECT_EQ(error.reason, Reason::no_container);
  }
  ASSERT_HELD(areas::make_directory_area(root_ / "nowhere", {"born-digital", "born-digital-accessions"}));
  EXPECT_TRUE(std::filesystem::is_directory(root_ / "nowhere/born-digital-accessions"));
  EXPECT_TRUE(nowhere.list("", 10));
}

TEST_F(DirectoryAreaTest, ManyNamesAreListedInOrderWhateverThePage) {
  std::vector<std::string> wanted;
  for (int i = 0; i < 2500; ++i) {
    std::string key = "born-digital/" + std::to_string(i % 50) + (i % 3 == 0 ? "/" : "-") + std::to_string(i) + ".zip";
    if (i % 7 == 0) key = "flat-" + std::to_string(i);
    test::write_file(at(key), "");
    wanted.push_back(key);
  }
  std::ranges::sort(wanted);
  for (const std::size_t limit : {97U, 1000U, 5000U}) {
    std::vector<std::string> keys;
    for (std::string after;;) {
      const auto page = area_.list(after, limit);
      ASSERT_TRUE(page);
      if (page->empty()) break;
      std::ranges::transform(*page, std::back_inserter(keys), &AreaObject::key);
      after = keys.back();
    }
    EXPECT_EQ(keys, wanted) << limit;
  }
}

TEST_F(DirectoryAreaTest, WhatCannotBeHandledIsLoggedOnceAndHidesNothing) {
  place("a.zip", "");
  place("bad-\xFF.zip", "");
  place("c.zip", "");
  EXPECT_THAT(listed(), ElementsAre("a.zip", "c.zip"));
  EXPECT_THAT(listed(), ElementsAre("a.zip", "c.zip"));
  EXPECT_EQ(log_.text, "area.left_out key=bad-%FF.zip why=its name is not UTF-8\n");
}

TEST_F(DirectoryAreaTest, ALogReplacesALinkAndNotWhatItLeadsTo) {
  place("elsewhere", "precious");
  std::filesystem::create_symlink("elsewhere", at("a.log"));
  ASSERT_HELD(area_.put_log("a.log", "log", {}));
  EXPECT_EQ(test::read_file(at("elsewhere")), "precious");
  EXPECT_FALSE(std::filesystem::is_symlink(at("a.log")));
  ASSERT_HELD(area_.put_log("feedback/born-digital/a.log", "log", {}));
  EXPECT_THAT(test::files_below(root_.path()), ElementsAre("a.log", "elsewhere", "feedback/born-digital/a.log"));
  struct stat facts{};
  ASSERT_EQ(::stat(at("a.log").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0644U) << "archivists can read it";
}

TEST_F(DirectoryAreaTest, ALogWhoseNameIsTooLongIsToldOf) {
  const auto written = area_.put_log("born-digital/" + std::string(250, 'n') + ".zip.log", "log", {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::limit);
  EXPECT_EQ(written.error().act, Act::broken);
  EXPECT_THAT(test::files_below(root_.path()), IsEmpty());
}

TEST_F(DirectoryAreaTest, AFileThatGrowsIsNotReadOn) {
  place("pkg.zip", "content");
  const auto open = area_.open(seen("pkg.zip"));
  ASSERT_TRUE(open);
  std::ofstream(at("pkg.zip"), std::ios::app) << "more";
  std::array<std::byte, 4> into{};
  const auto read = (*open)->read_at(0, into);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, Reason::conflict);
}

// What an earlier attempt to remove this very object left when it died, as its code has it.
std::string aside_of(const std::string& name, const AreaObject& object) {
  return ".strongroom-aside-" + digest_of(Algorithm::sha256, name + "\n" + object.etag).hex().substr(0, 32);
}

TEST_F(DirectoryAreaTest, ARemovalThatDiedHalfWayIsBroughtToItsEnd) {
  place("f/pkg.zip", "content");
  const AreaObject object = seen("f/pkg.zip");
  std::filesystem::rename(at("f/pkg.zip"), at("f/" + aside_of("pkg.zip", object)));
  EXPECT_THAT(listed(), IsEmpty());
  ASSERT_HELD(area_.erase(object, false));
  EXPECT_THAT(test::files_below(root_.path()), IsEmpty());
}

// F8: another file came between the look and the rename, and then the process died.
TEST_F(DirectoryAreaTest, AnotherFileThatWasPutAsideGetsItsNameBack) {
  place("f/pkg.zip", "content");
  const AreaObject object = seen("f/pkg.zip");
  place("f/pkg.zip", "newer");
  const AreaObject newer = seen("f/pkg.zip");
  std::filesystem::rename(at("f/pkg.zip"), at("f/" + aside_of("pkg.zip", object)));
  EXPECT_REASON(area_.erase(object, false), Reason::conflict);
  EXPECT_EQ(seen("f/pkg.zip"), newer);
  EXPECT_THAT(test::files_below(root_.path()), ElementsAre("f/pkg.zip"));
}

TEST_F(DirectoryAreaTest, OfTwoNewerFilesNoneIsLost) {
  place("f/pkg.zip", "content");
  const AreaObject object = seen("f/pkg.zip");
  const std::string aside = aside_of("pkg.zip", object);
  place("f/pkg.zip", "newer");
  std::filesystem::rename(at("f/pkg.zip"), at("f/" + aside));
  place("f/pkg.zip", "newest");
  EXPECT_REASON(area_.erase(object, false), Reason::conflict);
  EXPECT_EQ(test::read_file(at("f/pkg.zip")), "newest");
  EXPECT_EQ(test::read_file(at("f/" + aside)), "newer");
  EXPECT_THAT(log_.text, HasSubstr("area.kept_aside key=f/pkg.zip file=f/" + aside));
}

// F8, with an archivist who never pauses: what is in the place of the file is never lost.
TEST_F(DirectoryAreaTest, RemovalAndReplacementAtOnceLoseNothing) {
  for (int round = 0; round < 200; ++round) {
    place("pkg.zip", "old");
    const AreaObject old = seen("pkg.zip");
    test::write_file(at(".incoming"), "new " + std::to_string(round));
    std::jthread archivist([&] { std::filesystem::rename(at(".incoming"), at("pkg.zip")); });
    const auto erased = area_.erase(old, false);
    archivist.join();
    EXPECT_TRUE(erased || erased.error().reason == Reason::conflict);
    // Whether it came before, between or after: the newer one is there.
    ASSERT_EQ(test::read_file(at("pkg.zip")), "new " + std::to_string(round)) << round;
    ASSERT_THAT(test::files_below(root_.path()), ElementsAre("pkg.zip")) << round;
  }
}

TEST_F(DirectoryAreaTest, ACopyIsASecondNameAndSurvivesTheFirst) {
  place("PKG.ZIP", "content");
  const AreaObject object = seen("PKG.ZIP");
  const auto twin = area_.copy(object, "PKG.zip", std::nullopt);
  ASSERT_TRUE(twin);
  ASSERT_HELD(area_.erase(object, false));
  EXPECT_EQ(seen("PKG.zip"), *twin);
  EXPECT_EQ(test::read_file(at("PKG.zip")), "content");
}

}  // namespace
}  // namespace strongroom
