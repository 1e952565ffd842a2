// Goal: a directory is taken for a location only when it is the right one and fit to be one, and nothing in it is ever
// replaced, reached through a link, or half there.
// Method: real directories, tampered with between calls; mounts where a property of a filesystem is the point.
#include "adapters/objects/filesystem/location.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "adapters/objects/filesystem/file_io.hpp"
#include "adapters/objects/filesystem/fixture.hpp"

namespace strongroom::filesystem {
namespace {

using test::CountingEntropy;
using test::new_location;
using test::put_object;
using test::TemporaryDirectory;

TEST(LocationMarker, IsWrittenOnce) {
  TemporaryDirectory directory;
  CountingEntropy entropy;
  const auto uuid = init_location(directory / "root", "", "primary \"location\"", entropy);
  ASSERT_HELD(uuid);
  EXPECT_TRUE(is_uuid(*uuid));
  EXPECT_REASON(init_location(directory / "root", "", "again", entropy), Reason::already_exists);
  const auto marker = read_marker(directory / "root", "");
  ASSERT_HELD(marker);
  EXPECT_EQ(marker->uuid, *uuid);
  EXPECT_EQ(marker->label, "primary \"location\"");
  EXPECT_EQ(test::read_file(directory / "root/_strongroom/location.json"),
            "{\"uuid\":\"" + *uuid + "\",\"label\":\"primary \\\"location\\\"\"}\n");
}

TEST(LocationMarker, OfTwoPrefixesInOneDirectoryIsNotShared) {
  TemporaryDirectory directory;
  CountingEntropy entropy;
  const auto one = init_location(directory / "root", "one/", "one", entropy);
  const auto two = init_location(directory / "root", "two/deep/", "two", entropy);
  ASSERT_HELD(one);
  ASSERT_HELD(two);
  EXPECT_NE(*one, *two);
  auto location = FilesystemLocation::open_location({directory / "root", "two/deep/", *two, {}});
  ASSERT_HELD(location);
  ASSERT_HELD(put_object(**location, "maps/x/v1/a", "a"));
  EXPECT_EQ(test::read_file(directory / "root/two/deep/maps/x/v1/a"), "a");
  auto other = FilesystemLocation::open_location({directory / "root", "one/", *one, {}});
  ASSERT_HELD(other);
  EXPECT_EQ((*location)->device(), (*other)->device());
  EXPECT_FALSE((*other)->stat("maps/x/v1/a")->has_value());
}

// CORRECTNESS 1.9.
TEST(LocationMarker, AMissingOrWrongOneRefusesTheLocation) {
  TemporaryDirectory directory;
  EXPECT_FALSE(FilesystemLocation::open_location({directory / "nothing", "", "", {}}).has_value());
  EXPECT_REASON(FilesystemLocation::open_location({directory.path(), "", "", {}}), Reason::not_found);
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  const std::string uuid = (*location)->uuid();
  ASSERT_HELD(FilesystemLocation::open_location({directory / "root", "", uuid, {}}));
  const auto other =
      FilesystemLocation::open_location({directory / "root", "", "00000000-0000-4000-8000-000000000000", {}});
  EXPECT_REASON(other, Reason::conflict);
  EXPECT_EQ(other.error().act, Act::temporary);
  for (const char* text : {"", "{}", "[]", "{\"uuid\":1,\"label\":\"x\"}", "not JSON"}) {
    test::replace_file(directory / "root/_strongroom/location.json", text);
    EXPECT_REASON(FilesystemLocation::open_location({directory / "root", "", uuid, {}}), Reason::corrupt);
  }
}

// CORRECTNESS 1.9: an unmounted volume shows an empty directory, which must not be taken for an empty archive.
TEST(LocationMarker, IsLookedAtBeforeEveryOperation) {
  TemporaryDirectory directory;
  auto opened = new_location(directory / "root");
  ASSERT_HELD(opened);
  FilesystemLocation& location = **opened;
  ASSERT_HELD(put_object(location, "maps/x/v1/a", "a"));
  auto deposit = test::sealed(location, test::ticket(1, 2), {{"bagit.txt", "b"}});
  ASSERT_HELD(deposit);

  std::filesystem::rename(directory / "root", directory / "aside");
  std::filesystem::create_directory(directory / "root");
  const auto refuse_all = [&] {
    EXPECT_EQ(location.stat("maps/x/v1/a").error().act, Act::temporary);
    EXPECT_FALSE(location.get("maps/x/v1/a", {}).has_value());
    EXPECT_FALSE(location.list("", "", 10).has_value());
    EXPECT_FALSE(put_object(location, "new", "n").has_value());
    EXPECT_FALSE(location.open(test::ticket(2)).has_value());
    EXPECT_FALSE(location.sweep(contracts::ingest_named("ingest 1"), Fence{9}).has_value());
    EXPECT_FALSE((*deposit)->commit().has_value());
    EXPECT_FALSE(std::filesystem::exists(directory / "aside/maps/x/v2"));
  };
  refuse_all();
  CountingEntropy entropy;
  ASSERT_HELD(init_location(directory / "root", "", "another", entropy));
  test::replace_file(directory / "root/_strongroom/location.json",
                     "{\"uuid\":\"00000000-0000-4000-8000-000000000000\",\"label\":\"another\"}");
  refuse_all();

  // A copy has the right marker, but is not where the staged files are.
  std::filesystem::remove_all(directory / "root");
  std::filesystem::copy(directory / "aside", directory / "root", std::filesystem::copy_options::recursive);
  EXPECT_REASON((*deposit)->commit(), Reason::conflict);
  std::filesystem::remove_all(directory / "root");
  std::filesystem::rename(directory / "aside", directory / "root");
  ASSERT_HELD((*deposit)->commit());
  EXPECT_EQ(test::read_file(directory / "root/maps/x/v2/bagit.txt"), "b");
}

TEST(LocationIntake, NothingStaysOpenOfWhatWasSwept) {
  TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = open_files();
  for (int i = 0; i < 100; ++i) {
    const IngestId ingest = contracts::ingest_named("refused " + std::to_string(i));
    const auto intake = (*location)->intake({ingest, Fence{1}, {}});
    ASSERT_HELD(intake);
    // Every other one is refused before its first file.
    if (i % 2 == 0) {
      const auto file = (*intake)->create_file("bag/data/a.txt", 1);
      ASSERT_HELD(file);
      ASSERT_HELD((*file)->finish());
    }
    ASSERT_HELD((*location)->sweep(ingest, Fence{2}));
  }
  EXPECT_EQ(open_files(), before);
}

TEST(LocationProbe, LeavesOnlyItsFixedKey) {
  TemporaryDirectory directory;
  for (int start = 0; start < 3; ++start) {
    auto location = start == 0 ? new_location(directory / "root")
                               : FilesystemLocation::open_location({directory / "root", "", "", {}});
    ASSERT_HELD(location);
  }
  EXPECT_EQ(test::files_below(directory / "root"),
            (std::vector<std::string>{"_strongroom/location.json", "_strongroom/probe"}));
  EXPECT_TRUE(std::filesystem::is_empty(directory / "root/_strongroom/staging"));
  test::replace_file(directory / "root/_strongroom/probe", "overwritten");
  EXPECT_REASON(FilesystemLocation::open_location({directory / "root", "", "", {}}), Reason::unsupported);
}

TEST(LocationProbe, RefusesStagingOnAnotherMount) {
  test::LoopFilesystem disk(16);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  ASSERT_HELD(new_location(root));
  const std::string staging = root + "/_strongroom/staging";
  const std::string elsewhere = disk.path() + "/elsewhere";
  std::filesystem::create_directory(elsewhere);
  for (const std::string& mount : {"mount -t tmpfs none " + staging, "mount --bind " + elsewhere + " " + staging}) {
    ASSERT_TRUE(test::shell(mount));
    EXPECT_REASON(FilesystemLocation::open_location({root, "", "", {}}), Reason::unsupported) << mount;
    ASSERT_TRUE(test::shell("umount " + staging));
  }
  ASSERT_HELD(FilesystemLocation::open_location({root, "", "", {}}));
}

// Few kernels can mount a filesystem that folds names. What such a one would answer is prepared instead: one name of a
// pair exists already when the other is made, or a name comes back in another form.
TEST(LocationProbe, RefusesAFilesystemThatFoldsNames) {
  for (const char* name : {"case", "Case", "\xC3\xA9", "e\xCC\x81", "dot", "dot.", "CASE"}) {
    TemporaryDirectory directory;
    test::write_file(directory / name, "");
    const Fd fd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
    EXPECT_REASON(probe_names(fd.get()), Reason::unsupported) << name;
  }
  TemporaryDirectory directory;
  const Fd fd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_HELD(probe_names(fd.get()));
}

// Cases K2: not rewritten, times unchanged.
TEST(LocationPut, DoesNotTouchWhatIsThere) {
  TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  ASSERT_HELD(put_object(**location, "maps/x/v1/a", "a"));
  struct stat before{};
  ASSERT_EQ(::stat((directory / "root/maps/x/v1/a").c_str(), &before), 0);
  EXPECT_EQ(before.st_mode & 07777, 0444U);
  ASSERT_HELD(put_object(**location, "maps/x/v1/a", "a"));
  EXPECT_REASON(put_object(**location, "maps/x/v1/a", "b"), Reason::content_differs);
  struct stat after{};
  ASSERT_EQ(::stat((directory / "root/maps/x/v1/a").c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
  EXPECT_EQ(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
  EXPECT_EQ(test::files_below(directory / "root/_strongroom/staging").size(), 0U);
}

TEST(LocationPut, KeepsModesWhateverTheUmask) {
  TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  const mode_t before = ::umask(077);
  const auto put = put_object(**location, "maps/x/v1/a", "a");
  auto deposit = test::sealed(**location, test::ticket(1, 2), {{"data/a", "a"}});
  ::umask(before);
  ASSERT_HELD(put);
  ASSERT_HELD(deposit);
  ASSERT_HELD((*deposit)->commit());
  const std::map<std::string, unsigned> modes = {
      {"maps", 0755},      {"maps/x", 0755},         {"maps/x/v1", 0755},       {"maps/x/v1/a", 0444},
      {"maps/x/v2", 0755}, {"maps/x/v2/data", 0755}, {"maps/x/v2/data/a", 0444}};
  for (const auto& [name, mode] : modes) {
    struct stat facts{};
    ASSERT_EQ(::stat((directory / ("root/" + name)).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, mode) << name;
  }
}

TEST(LocationPut, RefusesAKeyThatADirectoryOrAFileStandsInTheWayOf) {
  TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  ASSERT_HELD(put_object(**location, "maps/x/v1/a/b", "b"));
  EXPECT_REASON(put_object(**location, "maps/x/v1/a", "b"), Reason::content_differs);
  EXPECT_REASON(put_object(**location, "maps/x/v1/a/b/c", "b"), Reason::content_differs);
  for (const char* key : {"", "/a", "a/", "a//b", "a/../b", "./a", "_strongroom/staging/a", "_strongroom/staging"}) {
    EXPECT_FALSE(put_object(**location, key, "b").has_value()) << key;
    EXPECT_REASON((*location)->get(key, {}), Reason::not_found);
  }
  EXPECT_FALSE((*location)->stat("_strongroom/staging/a")->has_value());
}

// CORRECTNESS and pipeline.md 4.2: no link is followed, also none that somebody put there.
TEST(LocationLinks, AreNotFollowed) {
  TemporaryDirectory directory;
  auto opened = new_location(directory / "root");
  ASSERT_HELD(opened);
  FilesystemLocation& location = **opened;
  const std::string root = directory / "root/";
  test::write_file(directory / "outside/secret", "secret");
  ASSERT_HELD(put_object(location, "maps/y/v1/a", "a"));
  std::filesystem::create_symlink(directory / "outside", root + "maps/x");
  std::filesystem::create_symlink(directory / "outside/secret", root + "maps/y/v1/link");
  std::filesystem::create_symlink("../y/v1/a", root + "maps/y/inner");

  EXPECT_FALSE(location.get("maps/x/secret", {}).has_value());
  EXPECT_FALSE(location.get("maps/y/v1/link", {}).has_value());
  EXPECT_FALSE(location.get("maps/y/inner", {}).has_value());
  EXPECT_FALSE(location.stat("maps/y/v1/link").has_value());
  EXPECT_FALSE(put_object(location, "maps/x/new", "n").has_value());
  EXPECT_FALSE(put_object(location, "maps/y/v1/link", "secret").has_value());
  EXPECT_FALSE(location.open(test::ticket(1)).has_value());
  // Listed, because it does not belong there; what it leads to is not.
  const auto keys = contracts::keys_below(location, "maps/");
  ASSERT_HELD(keys);
  EXPECT_EQ(*keys, (std::vector<std::string>{"maps/x", "maps/y/inner", "maps/y/v1/a", "maps/y/v1/link"}));
  EXPECT_EQ(test::files_below(directory / "outside"), std::vector<std::string>{"secret"});

  std::filesystem::remove(root + "_strongroom/staging");
  std::filesystem::create_symlink(directory / "outside", root + "_strongroom/staging");
  std::filesystem::remove(root + "maps/x");
  EXPECT_FALSE(location.open(test::ticket(1)).has_value());
  EXPECT_FALSE(location.sweep(contracts::ingest_named("ingest 1"), Fence{9}).has_value());
  EXPECT_EQ(test::files_below(directory / "outside"), std::vector<std::string>{"secret"});
}

TEST(LocationList, GoesThroughDirectoriesLargerThanAPage) {
  TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  std::set<std::string> names;
  for (int i = 0; i < 3500; ++i) {
    const std::string name = "maps/x/v1/data/" + std::to_string(i * 7919 % 10007);
    // Every third is an empty directory, which takes a place in memory but gives no key.
    if (i % 3 == 0) {
      std::filesystem::create_directories(directory / ("root/" + name));
    } else {
      test::write_file(directory / ("root/" + name), "x");
      names.insert(name);
    }
  }
  for (const std::size_t page : {100U, 999U, 1000U, 1001U, 5000U}) {
    const auto keys = contracts::keys_below(**location, "maps/x/v1/", page);
    ASSERT_HELD(keys);
    EXPECT_EQ(*keys, std::vector<std::string>(names.begin(), names.end())) << page;
  }
}

TEST(LocationGet, NoticesAFileCutShortWhileReading) {
  TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  const std::string content = contracts::sample_text(500'000, 1);
  ASSERT_HELD(put_object(**location, "k", content));
  auto source = (*location)->get("k", {});
  ASSERT_HELD(source);
  std::filesystem::resize_file(directory / "root/k", 1000);
  EXPECT_REASON(read_all(**source, content.size()), Reason::truncated);
}

// CORRECTNESS 1.6: two copies that shared blocks would be one copy.
TEST(LocationSources, ShareNoBlocks) {
  const std::filesystem::path folder =
      std::filesystem::path(STRONGROOM_SOURCE_DIR) / "src" / "adapters" / "objects" / "filesystem";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string text = test::read_file(entry.path());
    ++files;
    for (const char* word : {"FICLONE", "copy_file_range", "sendfile", "::splice(", "copy_file(", "FIDEDUPE"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << entry.path() << " has " << word;
    }
  }
  EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace strongroom::filesystem
