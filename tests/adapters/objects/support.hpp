// What the tests of storage share: temporary directories, threads, loop-mounted filesystems, and looking past the
// service at what lies on the disk.
#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "ports/entropy.hpp"
#include "ports/workers.hpp"

namespace strongroom::test {

/// A new directory, removed with all it holds.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = ::testing::TempDir() + "/strongroom-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Real threads.
class ThreadWorkers final : public Workers {
 public:
  void for_each(std::size_t count, std::size_t limit, const std::function<void(std::size_t)>& work) override {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < std::min(count, limit); ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
      });
    }
  }
};

/// The same sequence in every run.
class CountingEntropy final : public Entropy {
 public:
  void fill(ByteSpan bytes) override {
    for (std::byte& b : bytes) b = static_cast<std::byte>(state_ = (state_ * 73 + 41) % 251);
  }

 private:
  unsigned state_ = 1;
};

/// True when the command ended with 0.
inline bool shell(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

/// An ext4 filesystem of its own in a file. Needs root: tests that use it fail without, because they are the proof of
/// what is promised about disks.
class LoopFilesystem {
 public:
  explicit LoopFilesystem(int mebibytes, const std::string& mkfs_options = "") {
    image_ = directory_ / "image";
    mount_ = directory_ / "mount";
    std::filesystem::create_directory(mount_);
    mounted_ = shell("truncate -s " + std::to_string(mebibytes) + "M " + image_) &&
               shell("mkfs.ext4 -q -F " + mkfs_options + " " + image_) && mount();
    EXPECT_TRUE(mounted_) << "this test needs root, mkfs.ext4 and loop devices";
  }
  LoopFilesystem(const LoopFilesystem&) = delete;
  LoopFilesystem& operator=(const LoopFilesystem&) = delete;
  ~LoopFilesystem() { unmount(); }

  bool mount() { return mounted_ = shell("mount -o loop " + image_ + " " + mount_); }
  void unmount() {
    if (mounted_ && ::umount2(mount_.c_str(), 0) != 0) ::umount2(mount_.c_str(), MNT_DETACH);
    mounted_ = false;
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::string& path() const { return mount_; }
  [[nodiscard]] const std::string& image() const { return image_; }

 private:
  TemporaryDirectory directory_;
  std::string image_;
  std::string mount_;
  bool mounted_ = false;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Writes a file, its directories too, whatever its mode is.
inline void write_file(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// Replaces a file by another inode, as a depositor's copy and rename would.
inline void replace_file(const std::string& path, const std::string& bytes) {
  write_file(path + ".replacement", bytes);
  std::filesystem::rename(path + ".replacement", path);
}

/// Paths of all files below a directory, relative to it.
inline std::vector<std::string> files_below(const std::string& directory) {
  std::vector<std::string> files;
  if (!std::filesystem::exists(directory)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_directory()) files.push_back(std::filesystem::relative(entry.path(), directory).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::size_t open_descriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++n;
  return n;
}

}  // namespace strongroom::test

#define ASSERT_HELD(expression)                            \
  if (const auto& held = (expression); held.has_value()) { \
  } else                                                   \
    FAIL() << held.error().text()
#define EXPECT_HELD(expression)                            \
  if (const auto& held = (expression); held.has_value()) { \
  } else                                                   \
    ADD_FAILURE() << held.error().text()
/// The result is an Error with this reason.
#define EXPECT_REASON(expression, expected)                                                   \
  if (const auto& outcome = (expression); !outcome && outcome.error().reason == (expected)) { \
  } else                                                                                      \
    ADD_FAILURE() << (outcome ? std::string("it succeeded") : outcome.error().text()) << " "
