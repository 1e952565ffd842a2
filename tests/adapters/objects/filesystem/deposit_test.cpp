// Goal: a deposit survives what disks do: power cuts, flipped bits, full and read-only filesystems, failed barriers.
// Method: ext4 filesystems of their own in loop-mounted files, which can be stopped, filled, frozen and changed behind
// the kernel's back. These tests need root and fail without it.
#include "adapters/objects/filesystem/deposit.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "adapters/objects/filesystem/disk_gauge.hpp"
#include "adapters/objects/filesystem/fixture.hpp"

namespace strongroom::filesystem {
namespace {

using test::Files;
using test::LoopFilesystem;
using test::new_location;
using test::put_file;
using test::put_object;
using test::sealed;
using test::ticket;

Files bag() {
  return {{"bagit.txt", "BagIt-Version: 1.0\n"},
          {"data/a.txt", "a"},
          {"data/deep/down/b.txt", "b"},
          {"data/big.bin", contracts::sample_text((3U << 20U) + 100U, 3)}};
}

void expect_files(const std::string& directory, const Files& files) {
  for (const auto& [name, content] : files) EXPECT_TRUE(test::read_file(directory + "/" + name) == content) << name;
  EXPECT_EQ(test::files_below(directory).size(), files.size());
}

std::uint64_t bytes_read_from_disks() {
  std::istringstream lines(test::read_file("/proc/self/io"));
  for (std::string name; lines >> name;) {
    std::uint64_t value = 0;
    lines >> value;
    if (name == "read_bytes:") return value;
  }
  ADD_FAILURE() << "the kernel does not count what is read";
  return 0;
}

class PowerCut : public ::testing::TestWithParam<Barrier> {};

// CORRECTNESS 1.7 and 1.8: what commit, put and init said was stored is there after a power cut, and whole.
TEST_P(PowerCut, LosesNothingThatWasCommitted) {
  LoopFilesystem disk(64);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  {
    auto location = new_location(root, GetParam());
    ASSERT_HELD(location);
    EXPECT_EQ((*location)->barrier(), GetParam());
    auto deposit = sealed(**location, ticket(1), bag());
    ASSERT_HELD(deposit);
    ASSERT_HELD((*deposit)->commit());
    ASSERT_HELD(put_object(**location, "_strongroom/manifests/maps/x/v1.json", "{}"));
  }
  ASSERT_TRUE(test::cut_power(disk.path()));
  disk.unmount();
  ASSERT_TRUE(disk.mount());
  expect_files(root + "/maps/x/v1", bag());
  EXPECT_EQ(test::read_file(root + "/_strongroom/manifests/maps/x/v1.json"), "{}");
  ASSERT_HELD(FilesystemLocation::open_location({root, "", "", {}}));
}

// The other half of the proof: without a barrier the same cut does lose the files, so the test above can fail.
TEST(PowerCutControl, LosesWhatHadNoBarrier) {
  LoopFilesystem disk(64);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  {
    auto location = new_location(root);
    ASSERT_HELD(location);
    auto deposit = (*location)->open(ticket(1));
    ASSERT_HELD(deposit);
    for (const auto& [name, content] : bag()) ASSERT_HELD(put_file(**deposit, name, content));
  }
  ASSERT_TRUE(test::cut_power(disk.path()));
  disk.unmount();
  ASSERT_TRUE(disk.mount());
  EXPECT_NE(test::read_file(root + "/" + test::staged_tree(1) + "data/a.txt"), "a");
}

TEST_P(PowerCut, AFailedBarrierIsNotRepeated) {
  LoopFilesystem disk(64);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  auto location = new_location(root, GetParam());
  ASSERT_HELD(location);
  auto deposit = (*location)->open(ticket(1));
  ASSERT_HELD(deposit);
  for (const auto& [name, content] : bag()) ASSERT_HELD(put_file(**deposit, name, content));
  ASSERT_TRUE(test::cut_power(disk.path()));
  const auto failed = (*deposit)->seal();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().act, Act::temporary);
  EXPECT_FALSE((*deposit)->seal().has_value());
  EXPECT_FALSE((*deposit)->commit().has_value());
  EXPECT_FALSE(put_file(**deposit, "data/more", "m").has_value());
}
INSTANTIATE_TEST_SUITE_P(Both, PowerCut, ::testing::Values(Barrier::whole_filesystem, Barrier::every_file));

// CORRECTNESS 4.4, first proof: a byte changed on the medium, behind the kernel's cache, is what read_back gives.
TEST(ReadBack, ReadsTheMediumAndNotTheCache) {
  LoopFilesystem disk(64);
  ASSERT_TRUE(disk.mounted());
  auto location = new_location(disk.path() + "/root");
  ASSERT_HELD(location);
  const std::string small = "a text that is found nowhere else on this small disk " + contracts::sample_text(64, 77);
  const std::string big = contracts::sample_text((2U << 20U) + 123U, 78);
  auto deposit = sealed(**location, ticket(1), {{"small", small}, {"big", big}});
  ASSERT_HELD(deposit);
  const std::string tree = disk.path() + "/root/" + test::staged_tree(1);
  ASSERT_EQ(test::read_file(tree + "small"), small);
  ASSERT_TRUE(test::read_file(tree + "big") == big);

  const std::string image = test::read_file(disk.image());
  const Fd medium(::open(disk.image().c_str(), O_WRONLY));
  for (const std::string& pattern : {small, big.substr(4096, 4096)}) {
    const std::size_t at = image.find(pattern);
    ASSERT_NE(at, std::string::npos);
    ASSERT_EQ(::pwrite(medium.get(), "#", 1, static_cast<off_t>(at) + 10), 1);
  }
  std::string flipped_small = small;
  flipped_small[10] = '#';
  std::string flipped_big = big;
  flipped_big[4096 + 10] = '#';
  EXPECT_EQ(test::read_file(tree + "small"), small) << "the cache still has the old bytes";
  EXPECT_EQ(*test::read_back(**deposit, "small"), flipped_small);
  EXPECT_TRUE(*test::read_back(**deposit, "big") == flipped_big);
}

// CORRECTNESS 4.4, second proof: as many bytes come from the disk as were confirmed, though all of them are cached.
TEST(ReadBack, ReadsEveryByteFromTheDisk) {
  LoopFilesystem disk(128);
  ASSERT_TRUE(disk.mounted());
  auto location = new_location(disk.path() + "/root");
  ASSERT_HELD(location);
  Files files;
  std::uint64_t bytes = 0;
  for (unsigned i = 0; i < 40; ++i) {
    files["data/" + std::to_string(i)] = contracts::sample_text(i * 40'000U + 1U, i);
    bytes += i * 40'000U + 1U;
  }
  auto deposit = sealed(**location, ticket(1), files);
  ASSERT_HELD(deposit);
  for (const auto& [name, content] : files) {
    EXPECT_TRUE(test::read_file(disk.path() + "/root/" + test::staged_tree(1) + name) == content);
  }
  const std::uint64_t before = bytes_read_from_disks();
  for (const auto& [name, content] : files) EXPECT_TRUE(*test::read_back(**deposit, name) == content);
  EXPECT_GE(bytes_read_from_disks() - before, bytes);
}

TEST(ReadBack, OfTheFinalKeyAfterCommit) {
  test::TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  auto deposit = sealed(**location, ticket(1), bag());
  ASSERT_HELD(deposit);
  ASSERT_HELD((*deposit)->commit());
  test::replace_file(directory / "root/maps/x/v1/data/a.txt", "z");
  EXPECT_EQ(*test::read_back(**deposit, "data/a.txt"), "z");
}

// A link or a directory in place of a file is not the file; it is listed, because it should not be there.
TEST(ReadBack, FollowsNoLink) {
  test::TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  auto deposit = sealed(**location, ticket(1), {{"a", "aaaa"}, {"data/b", "b"}});
  ASSERT_HELD(deposit);
  const std::string tree = directory / ("root/" + test::staged_tree(1));
  test::write_file(directory / "outside/a", "aaaa");
  std::filesystem::remove(tree + "a");
  std::filesystem::create_symlink(directory / "outside/a", tree + "a");
  std::filesystem::create_directory_symlink(directory / "outside", tree + "out");
  EXPECT_REASON(test::read_back(**deposit, "a"), Reason::not_found);
  EXPECT_REASON(test::read_back(**deposit, "data"), Reason::not_found);
  EXPECT_REASON(test::read_back(**deposit, "out/a"), Reason::not_found);
  EXPECT_FALSE(put_file(**deposit, "out/new", "n").has_value());
  std::size_t listed = 0;
  ASSERT_HELD((*deposit)->list([&](const DepositedFile&) -> Result<void> {
    ++listed;
    return {};
  }));
  EXPECT_EQ(listed, 3U);
  EXPECT_EQ(test::files_below(directory / "outside"), std::vector<std::string>{"a"});
  ASSERT_HELD((*deposit)->abandon());
  EXPECT_EQ(test::files_below(directory / "outside"), std::vector<std::string>{"a"});
}

// Case K4: killed at any moment, the version is not there or complete, and the next owner finishes it.
TEST(Killed, LeavesNoVersionOrAWholeOne) {
  LoopFilesystem disk(300);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  ASSERT_HELD(new_location(root));
  Files files = bag();
  for (int i = 0; i < 300; ++i) files["data/many/" + std::to_string(i)] = std::to_string(i);
  int whole = 0;
  for (int round = 1; round <= 25; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto location = FilesystemLocation::open_location({root, "", "", {}});
      if (!location) ::_exit(1);
      auto deposit = sealed(**location, ticket(1, round), files);
      ::_exit(deposit && (*deposit)->commit() ? 0 : 1);
    }
    ::usleep(static_cast<useconds_t>(round) * 1500);
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    const std::string version = root + "/maps/x/v" + std::to_string(round);
    if (std::filesystem::exists(version)) {
      expect_files(version, files);
      ++whole;
    }
    auto location = FilesystemLocation::open_location({root, "", "", {}});
    ASSERT_HELD(location);
    auto next = sealed(**location, ticket(2, round, Fence{1}), files);
    ASSERT_HELD(next);
    for (const auto& [name, content] : files) ASSERT_TRUE(*test::read_back(**next, name) == content) << name;
    ASSERT_HELD((*next)->commit());
    ASSERT_HELD((*location)->sweep(contracts::ingest_named("ingest 1"), Fence{3}));
    expect_files(version, files);
    // A child that was killed while it opened the location leaves its probe: empty files in nobody's way.
    auto left = test::files_below(root + "/_strongroom/staging");
    std::erase_if(left, [](const std::string& name) { return name.starts_with("probe-"); });
    EXPECT_EQ(left, std::vector<std::string>{});
  }
  EXPECT_LT(whole, 25) << "every child was killed too late to prove anything";
}

TEST(Commit, OnAnUnwritableLocationIsTriedAgainLater) {
  LoopFilesystem disk(32);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  auto location = new_location(root);
  ASSERT_HELD(location);
  ASSERT_HELD(put_object(**location, "maps/x/v9/bagit.txt", "b"));
  auto deposit = sealed(**location, ticket(1), bag());
  ASSERT_HELD(deposit);
  ASSERT_TRUE(test::shell("chattr +i " + root + "/maps/x"));
  const auto refused = (*deposit)->commit();
  EXPECT_REASON(refused, Reason::forbidden);
  EXPECT_EQ(refused.error().act, Act::temporary);
  EXPECT_REASON(put_object(**location, "maps/x/v8/bagit.txt", "b"), Reason::forbidden);
  EXPECT_FALSE(std::filesystem::exists(root + "/maps/x/v1"));
  ASSERT_TRUE(test::shell("chattr -i " + root + "/maps/x"));
  ASSERT_HELD((*deposit)->commit());
  expect_files(root + "/maps/x/v1", bag());

  ASSERT_TRUE(test::shell("mount -o remount,ro " + disk.path()));
  EXPECT_REASON(put_object(**location, "maps/x/v8/bagit.txt", "b"), Reason::forbidden);
  EXPECT_EQ((*location)->open(ticket(2, 3)).has_value(), true) << "staging is there; writing to it is what fails";
}

// CORRECTNESS 1.11: a full disk is temporary, named, and leaves nothing half-stored.
TEST(FullDisk, IsNamedAndMended) {
  LoopFilesystem disk(16);
  ASSERT_TRUE(disk.mounted());
  const std::string root = disk.path() + "/root";
  auto location = new_location(root);
  ASSERT_HELD(location);
  FilesystemGauge gauge(disk.path());
  const auto room = gauge.free_bytes();
  ASSERT_HELD(room);
  EXPECT_GT(*room, 1U << 20U);
  EXPECT_LT(*room, 16U << 20U);

  const std::string too_big = contracts::sample_text(20U << 20U, 1);
  auto deposit = (*location)->open(ticket(1));
  ASSERT_HELD(deposit);
  const auto large = put_file(**deposit, "data/large", too_big);
  EXPECT_REASON(large, Reason::no_space);
  EXPECT_EQ(large.error().act, Act::temporary);
  EXPECT_REASON(put_object(**location, "maps/x/v1/large", too_big), Reason::no_space);
  EXPECT_FALSE((*location)->stat("maps/x/v1/large")->has_value());

  Reason last = Reason::other;
  for (int i = 0; i < 500 && last == Reason::other; ++i) {
    const auto put = put_file(**deposit, "data/" + std::to_string(i), contracts::sample_text(100'000, 7));
    if (!put) last = put.error().reason;
  }
  EXPECT_EQ(last, Reason::no_space);
  const auto little = gauge.free_bytes();
  ASSERT_HELD(little);
  EXPECT_LT(*little, 1U << 20U);
  ASSERT_HELD((*deposit)->abandon());
  ASSERT_HELD(put_object(**location, "maps/x/v1/small", contracts::sample_text(5U << 20U, 1)));
}

TEST(ManyFiles, AreDepositedWithFewDescriptors) {
  LoopFilesystem disk(400, "-N 70000");
  ASSERT_TRUE(disk.mounted());
  auto location = new_location(disk.path() + "/root");
  ASSERT_HELD(location);
  constexpr std::size_t kFiles = 50'000;
  const std::size_t before = test::open_descriptors();
  test::ThreadWorkers workers;
  std::atomic<int> failed = 0;
  {
    auto deposit = (*location)->open(ticket(1));
    ASSERT_HELD(deposit);
    const auto name = [](std::size_t i) { return "data/" + std::to_string(i / 100) + "/" + std::to_string(i); };
    workers.for_each(kFiles, 4, [&](std::size_t i) {
      if (!put_file(**deposit, name(i), "content " + std::to_string(i))) ++failed;
    });
    EXPECT_LT(test::open_descriptors(), before + 100);
    ASSERT_HELD((*deposit)->seal());
    workers.for_each(kFiles, 8, [&](std::size_t i) {
      const auto back = test::read_back(**deposit, name(i));
      if (!back || *back != "content " + std::to_string(i)) ++failed;
    });
    ASSERT_HELD((*deposit)->commit());
    std::size_t listed = 0;
    ASSERT_HELD((*deposit)->list([&](const DepositedFile&) -> Result<void> {
      ++listed;
      return {};
    }));
    EXPECT_EQ(listed, kFiles);
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(test::open_descriptors(), before);
  EXPECT_TRUE(std::filesystem::is_empty(disk.path() + "/root/_strongroom/staging"));
}

/// Notes how large a file is when its content is first asked for.
class SizeAtFirst final : public ByteSource {
 public:
  SizeAtFirst(std::string content, std::string path, std::optional<std::uintmax_t>& size)
      : content_(std::move(content)), path_(std::move(path)), size_(size) {}
  Result<std::size_t> read(ByteSpan into) override {
    if (!size_) size_ = std::filesystem::file_size(path_);
    return content_.read(into);
  }

 private:
  TextSource content_;
  std::string path_;
  std::optional<std::uintmax_t>& size_;
};

// CORRECTNESS 1.4: what a dead process left half-written never has its full size, though its room was made beforehand,
// and so is written again.
TEST(Adoption, WritesHalfWrittenLargeFilesAgain) {
  test::TemporaryDirectory directory;
  auto location = new_location(directory / "root");
  ASSERT_HELD(location);
  const std::string content = contracts::sample_text(4U << 20U, 9);
  const DepositFile file{"data/large", content.size(), digest_of(Algorithm::sha256, content)};
  const std::string path = directory / ("root/" + test::staged_tree(1) + file.name);
  {
    auto deposit = (*location)->open(ticket(1));
    ASSERT_HELD(deposit);
    std::optional<std::uintmax_t> size;
    ASSERT_HELD((*deposit)->put(file, [&]() -> Result<std::unique_ptr<ByteSource>> {
      return std::unique_ptr<ByteSource>(std::make_unique<SizeAtFirst>(content, path, size));
    }));
    EXPECT_EQ(size, 0U);
    EXPECT_EQ(std::filesystem::file_size(path), content.size());
    std::filesystem::resize_file(path, 3U << 20U);
  }
  auto deposit = sealed(**location, ticket(2, 1, Fence{1}), {{file.name, content}});
  ASSERT_HELD(deposit);
  EXPECT_TRUE(*test::read_back(**deposit, file.name) == content);
}

}  // namespace
}  // namespace strongroom::filesystem
