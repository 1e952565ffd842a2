// Goal: the ground the adapters stand on: paths opened strictly beneath, trees removed whatever their depth, errors
// mapped to who must act.
// Method: both ways of opening on the same table of paths; a file without O_TMPFILE's help; trees no recursion
// survives.
#include "adapters/objects/filesystem/posix.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "adapters/objects/filesystem/durable_names.hpp"
#include "adapters/objects/filesystem/file_io.hpp"
#include "adapters/objects/filesystem/tree.hpp"
#include "adapters/objects/filesystem/working_storage.hpp"
#include "adapters/objects/support.hpp"
#include "contracts/contract.hpp"

namespace strongroom::filesystem {
namespace {

TEST(OpenBeneath, BothWaysAgree) {
  test::TemporaryDirectory directory;
  test::write_file(directory / "root/a/b/file", "x");
  test::write_file(directory / "outside", "x");
  std::filesystem::create_symlink("b", directory / "root/a/link");
  std::filesystem::create_symlink("file", directory / "root/a/b/link");
  std::filesystem::create_symlink(directory.path(), directory / "root/out");
  const Fd root(::open((directory / "root").c_str(), O_RDONLY | O_DIRECTORY));
  const std::vector<std::pair<std::string, bool>> paths = {{"a", true},           {"a/b", true},
                                                           {"a/b/file", true},    {"a/link/file", false},
                                                           {"a/b/link", false},   {"out/outside", false},
                                                           {"../outside", false}, {"a/../a", false},
                                                           {"/etc", false},       {"", false},
                                                           {"a/", false},         {"a//b", false},
                                                           {"a/b/file/x", false}, {"none", false},
                                                           {"./a", false}};
  for (const auto& [path, opens] : paths) {
    Fd one;
    Fd two;
    const int by_kernel = open_beneath(root.get(), path, O_RDONLY, 0, one);
    const int by_walking = open_walking(root.get(), path, O_RDONLY, 0, two);
    EXPECT_EQ(by_kernel == 0, opens) << path;
    EXPECT_EQ(by_walking == 0, opens) << path;
  }
}

TEST(MakeDirectories, StopsAtALink) {
  test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "root");
  std::filesystem::create_directories(directory / "outside");
  std::filesystem::create_directory_symlink(directory / "outside", directory / "root/link");
  const Fd root(::open((directory / "root").c_str(), O_RDONLY | O_DIRECTORY));
  Fd made;
  EXPECT_NE(make_directories(root.get(), "link/new/deep", made), 0);
  EXPECT_NE(make_directories(root.get(), "../new", made), 0);
  EXPECT_NE(make_directories(root.get(), "a/../../new", made), 0);
  EXPECT_EQ(make_directories(root.get(), "a/b/c", made), 0);
  EXPECT_TRUE(std::filesystem::is_directory(directory / "root/a/b/c"));
  EXPECT_TRUE(std::filesystem::is_empty(directory / "outside"));
  EXPECT_FALSE(std::filesystem::exists(directory / "new"));
}

TEST(RenameNoReplace, ReplacesNothing) {
  test::TemporaryDirectory directory;
  test::write_file(directory / "from/x", "new");
  test::write_file(directory / "to/y", "old");
  test::write_file(directory / "file", "old");
  const Fd fd(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(rename_no_replace(fd.get(), "from", fd.get(), "to"), EEXIST);
  EXPECT_EQ(rename_no_replace(fd.get(), "file", fd.get(), "to"), EEXIST);
  EXPECT_EQ(rename_no_replace(fd.get(), "from", fd.get(), "free"), 0);
  EXPECT_EQ(test::read_file(directory / "to/y"), "old");
  EXPECT_EQ(test::read_file(directory / "free/x"), "new");
}

TEST(RemoveTree, RemovesAnyDepthAndWidth) {
  test::TemporaryDirectory directory;
  const Fd top(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
  Fd at;
  ASSERT_EQ(make_directories(top.get(), "tree", at), 0);
  // Far deeper than PATH_MAX, a stack of directory streams or the limit on descriptors would allow.
  for (int depth = 0; depth < 1200; ++depth) {
    ASSERT_EQ(::mkdirat(at.get(), "directory", 0755), 0);
    const Fd file(::openat(at.get(), "file", O_WRONLY | O_CREAT, 0444));
    Fd next(::openat(at.get(), "directory", O_RDONLY | O_DIRECTORY));
    ASSERT_TRUE(next.valid());
    at = std::move(next);
  }
  test::write_file(directory / "outside/file", "x");
  std::filesystem::create_directory_symlink(directory / "outside", directory / "tree/link");
  for (int i = 0; i < 300; ++i) test::write_file(directory / ("tree/wide/" + std::to_string(i) + "/x"), "x");
  EXPECT_EQ(remove_tree(top.get(), "tree"), 0);
  EXPECT_EQ(remove_tree(top.get(), "tree"), 0);
  EXPECT_FALSE(std::filesystem::exists(directory / "tree"));
  EXPECT_EQ(test::read_file(directory / "outside/file"), "x");
}

TEST(SystemErrors, SayWhoMustAct) {
  struct Case {
    Owner owner;
    int code;
    Act act;
    Reason reason;
  };
  const std::vector<Case> cases = {{Owner::location, ENOSPC, Act::temporary, Reason::no_space},
                                   {Owner::location, EDQUOT, Act::temporary, Reason::no_space},
                                   {Owner::working, ENOSPC, Act::temporary, Reason::no_space},
                                   {Owner::location, EIO, Act::temporary, Reason::other},
                                   {Owner::source, EIO, Act::temporary, Reason::other},
                                   {Owner::location, EACCES, Act::temporary, Reason::forbidden},
                                   {Owner::location, EPERM, Act::temporary, Reason::forbidden},
                                   {Owner::location, EROFS, Act::temporary, Reason::forbidden},
                                   {Owner::source, EACCES, Act::rejected, Reason::forbidden},
                                   {Owner::source, EPERM, Act::rejected, Reason::forbidden},
                                   {Owner::working, EMFILE, Act::temporary, Reason::other}};
  for (const Case& one : cases) {
    const Error error = system_error(one.owner, one.code, "cannot do it", "key");
    EXPECT_EQ(error.act, one.act) << one.code;
    EXPECT_EQ(error.reason, one.reason) << one.code;
    EXPECT_EQ(error.where, "key");
  }
}

TEST(WorkingStorage, AFullDiskIsNamed) {
  test::LoopFilesystem disk(16);
  ASSERT_TRUE(disk.mounted());
  auto storage = FilesystemWorkingStorage::open_root(disk.path() + "/work", "boot");
  ASSERT_HELD(storage);
  const IngestId ingest = contracts::ingest_named("full");
  auto area = (*storage)->open(ingest, Fence{1}, {});
  ASSERT_HELD(area);
  const std::string content = contracts::sample_text(20U << 20U, 1);
  const auto write = [&](Result<std::unique_ptr<WorkFile>> file) -> Result<void> {
    TRY(const std::unique_ptr<WorkFile> opened, std::move(file));
    TRY_VOID(opened->write(as_bytes(content)));
    return opened->finish();
  };
  // Also when the header lied about the size, so that nothing was reserved or far too much.
  for (const std::uint64_t promised : {std::uint64_t{0}, std::uint64_t{content.size()}, std::uint64_t{5} << 40U}) {
    const auto full = write((*area)->create_file("data/large", promised));
    EXPECT_REASON(full, Reason::no_space);
    EXPECT_EQ(full.error().act, Act::temporary);
  }
  EXPECT_REASON(write((*area)->create_blob("large")), Reason::no_space);
  auto spill = (*area)->create();
  ASSERT_HELD(spill);
  EXPECT_REASON((*spill)->write(as_bytes(content)), Reason::no_space);
  spill = std::unique_ptr<Spill>();
  // Everything that did not fit is gone again, the spill with its owner.
  auto small = (*area)->create_file("data/large", 5);
  ASSERT_HELD(small);
  ASSERT_HELD((*small)->write(as_bytes(content.substr(0, 8U << 20U))));
  ASSERT_HELD((*small)->finish());
}

// CORRECTNESS 1.1: an area without its boot tag, or with another, is not one to go on with.
TEST(WorkingStorage, WithoutItsBootTagIsNotTrusted) {
  test::TemporaryDirectory directory;
  auto storage = FilesystemWorkingStorage::open_root(directory / "work", "this-boot");
  ASSERT_HELD(storage);
  const IngestId ingest = contracts::ingest_named("boot");
  const std::string area = directory / ("work/" + ingest.str() + "-1");
  for (const char* tag : {"", "this-boo", "this-boot-too", "another"}) {
    test::write_file(area + "/files/data/a", "left over");
    test::write_file(area + "/boot", tag);
    auto opened = (*storage)->open(ingest, Fence{1}, {});
    ASSERT_HELD(opened);
    EXPECT_FALSE((*opened)->resumed()) << tag;
    EXPECT_REASON((*opened)->open_file("data/a"), Reason::not_found);
    auto again = (*storage)->open(ingest, Fence{1}, {});
    ASSERT_HELD(again);
    EXPECT_TRUE((*again)->resumed());
  }
}

// What was synced once is known, by what the directory is and not by its name.
TEST(DurableNames, AreThoseOfTheSameDirectory) {
  test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "root/a/b/c");
  const Fd root(::open((directory / "root").c_str(), O_RDONLY | O_DIRECTORY));
  DurableNames names;
  const auto knows = [&](const std::string& path) {
    const Fd fd(::openat(root.get(), path.c_str(), O_RDONLY | O_DIRECTORY));
    return names.knows(fd.get());
  };
  EXPECT_EQ(names.sync(root.get(), "a/none"), ENOENT);
  EXPECT_FALSE(knows("a"));
  EXPECT_EQ(names.sync(root.get(), "a/b"), 0);
  EXPECT_TRUE(knows("a"));
  EXPECT_TRUE(knows("a/b"));
  EXPECT_FALSE(knows("a/b/c"));
  EXPECT_EQ(names.sync(root.get(), "a/b/c"), 0);
  EXPECT_TRUE(knows("a/b/c"));

  std::filesystem::remove_all(directory / "root/a/b");
  std::filesystem::create_directories(directory / "root/a/b/c");
  EXPECT_TRUE(knows("a"));
  EXPECT_FALSE(knows("a/b"));
  EXPECT_FALSE(knows("a/b/c"));
  EXPECT_EQ(names.sync(root.get(), ""), 0);
  EXPECT_EQ(names.sync(root.get(), "a/b/c"), 0);
  EXPECT_TRUE(knows("a/b/c"));
}

// A link in working storage could only come from outside; it is never followed.
TEST(WorkingStorage, FollowsNoLink) {
  test::TemporaryDirectory directory;
  auto storage = FilesystemWorkingStorage::open_root(directory / "work", "boot");
  ASSERT_HELD(storage);
  const IngestId ingest = contracts::ingest_named("links");
  auto area = (*storage)->open(ingest, Fence{1}, {});
  ASSERT_HELD(area);
  test::write_file(directory / "outside/file", "x");
  const std::string files = directory / ("work/" + ingest.str() + "-1/files");
  std::filesystem::create_directories(files);
  std::filesystem::create_directory_symlink(directory / "outside", files + "/out");
  std::filesystem::create_symlink(directory / "outside/file", files + "/link");
  EXPECT_FALSE((*area)->create_file("out/new", 1).has_value());
  EXPECT_FALSE((*area)->create_file("link", 1).has_value());
  EXPECT_FALSE((*area)->open_file("out/file").has_value());
  EXPECT_FALSE((*area)->open_file("link").has_value());
  for (const char* name : {"../boot", "/etc/passwd", "a/../../boot", "", "a//b", "."}) {
    EXPECT_FALSE((*area)->create_file(name, 1).has_value()) << name;
    EXPECT_FALSE((*area)->open_file(name).has_value()) << name;
  }
  for (const char* name : {"../boot", "a/b", "", ".."}) {
    EXPECT_FALSE((*area)->create_blob(name).has_value()) << name;
  }
  ASSERT_HELD((*area)->clear_files());
  EXPECT_EQ(test::files_below(directory / "outside"), std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace strongroom::filesystem
