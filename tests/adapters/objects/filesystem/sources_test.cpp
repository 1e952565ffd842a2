// Goal: a depositor's path never leads out of its upload area, and never to anything but a whole file (domain-rules.md
// 2.6, case A9).
// Method: links, pipes, directories and odd paths in a real area; a thread without root's rights for what is forbidden.
#include "adapters/objects/filesystem/sources.hpp"

#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "adapters/objects/support.hpp"

namespace strongroom::filesystem {
namespace {

class Areas : public ::testing::Test {
 protected:
  Areas() : areas({{"uploads", directory / "area"}, {"unmounted", directory / "nowhere"}}) {
    std::filesystem::create_directory(area());
    test::write_file(directory / "outside/secret", "secret");
    test::write_file(area() + "/real/bag", "bag");
  }
  [[nodiscard]] std::string area() const { return directory / "area"; }
  Result<std::unique_ptr<PackageSource>> open(const std::string& path, Provider provider = Provider::filesystem) {
    return areas.open({provider, "uploads", path});
  }

  test::TemporaryDirectory directory;
  UploadAreas areas;
};

TEST_F(Areas, NoPathLeadsOut) {
  namespace fs = std::filesystem;
  fs::create_symlink(directory / "outside/secret", area() + "/link");
  fs::create_symlink("real/bag", area() + "/inner-link");
  fs::create_directory_symlink(directory / "outside", area() + "/out");
  fs::create_directory_symlink("real", area() + "/inner-out");
  fs::create_symlink("link-to-itself", area() + "/link-to-itself");
  ASSERT_EQ(::mkfifo((area() + "/pipe").c_str(), 0666), 0);
  const std::string outside = directory / "outside/secret";
  for (const std::string& path : {std::string("link"),
                                  std::string("inner-link"),
                                  std::string("out/secret"),
                                  std::string("inner-out/bag"),
                                  std::string("link-to-itself"),
                                  std::string("../outside/secret"),
                                  std::string("real/../real/bag"),
                                  outside,
                                  std::string("/real/bag"),
                                  std::string("real//bag"),
                                  std::string("./real/bag"),
                                  std::string("real/bag/"),
                                  std::string("real"),
                                  std::string("pipe"),
                                  std::string(""),
                                  std::string("."),
                                  std::string(".."),
                                  std::string("real/bag\0x", 10),
                                  std::string(300, 'n'),
                                  std::string(5000, 'n'),
                                  std::string(".strongroom-upload/x")}) {
    for (const Provider provider : {Provider::filesystem, Provider::amazon_s3}) {
      const auto opened = open(path, provider);
      EXPECT_REASON(opened, Reason::not_found) << path;
      EXPECT_EQ(opened.error().act, Act::rejected) << path;
    }
  }
  ASSERT_HELD(open("real/bag"));
  for (const char* path : {"out/new", "inner-out/new", "link", "../new", "/new", "real/../new", ".strongroom-upload"}) {
    const auto upload = areas.begin("uploads", path);
    EXPECT_FALSE(upload.has_value() && (*upload)->commit().has_value()) << path;
  }
  EXPECT_EQ(test::files_below(directory / "outside"), std::vector<std::string>{"secret"});
}

TEST_F(Areas, WhatMayNotBeReadIsTheDepositorsToMend) {
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(area() + "/real/bag", std::filesystem::perms::none);
  std::jthread without_rights([&] {
    // Of this thread only: root's power over permissions goes with the user id for files.
    ::setfsuid(65534);
    const auto opened = open("real/bag");
    EXPECT_REASON(opened, Reason::forbidden);
    EXPECT_EQ(opened.error().act, Act::rejected);
  });
}

TEST_F(Areas, AnAreaThatIsNotMountedIsTheOperatorsToMend) {
  const auto opened = areas.open({Provider::filesystem, "unmounted", "bag"});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().act, Act::temporary);
  EXPECT_FALSE(areas.begin("unmounted", "bag").has_value());
}

TEST_F(Areas, TheIdentityTellsSizeTimeAndInode) {
  struct stat facts{};
  ASSERT_EQ(::stat((area() + "/real/bag").c_str(), &facts), 0);
  const auto opened = open("real/bag");
  ASSERT_HELD(opened);
  EXPECT_EQ((*opened)->identity().tag,
            "3:" + std::to_string(facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec) + ":" +
                std::to_string(facts.st_ino));
}

// pipeline.md 3: each way in which a file can change under its reader.
TEST_F(Areas, EveryKindOfChangeIsNoticed) {
  const std::string path = area() + "/real/bag";
  const std::vector<std::pair<const char*, std::function<void()>>> changes = {
      {"grown", [&] { std::filesystem::resize_file(path, 10); }},
      {"cut", [&] { std::filesystem::resize_file(path, 1); }},
      {"rewritten", [&] { test::write_file(path, "gab"); }},
      {"replaced", [&] { test::replace_file(path, "bag"); }},
      {"removed", [&] { std::filesystem::remove(path); }},
      {"replaced by a link to itself",
       [&] {
         std::filesystem::rename(path, area() + "/real/moved");
         std::filesystem::create_symlink("moved", path);
       }},
      {"touched", [&] { std::filesystem::last_write_time(path, std::filesystem::file_time_type::min()); }}};
  for (const auto& [name, change] : changes) {
    std::filesystem::remove_all(area() + "/real");
    test::write_file(path, "bag");
    const auto source = open("real/bag");
    ASSERT_HELD(source);
    change();
    TextSink sink;
    ASSERT_HELD(copy_bytes(**source, sink));
    EXPECT_REASON((*source)->check_unchanged(), Reason::conflict) << name;
  }
}

// What a crash leaves of an upload is nothing that anybody could mistake for a package.
TEST_F(Areas, AnUnfinishedUploadHasNoName) {
  const auto before = test::files_below(area());
  const auto upload = areas.begin("uploads", "new/bag");
  ASSERT_HELD(upload);
  ASSERT_HELD((*upload)->write(as_bytes("half")));
  for (const std::string& file : test::files_below(area())) {
    EXPECT_TRUE(std::find(before.begin(), before.end(), file) != before.end() || file.starts_with(kUnfinishedUploads))
        << file;
  }
  EXPECT_FALSE(std::filesystem::exists(area() + "/new"));
}

}  // namespace
}  // namespace strongroom::filesystem
