// Goal: a file read ahead is the file, whatever its size, the sizes asked for, and what becomes of it meanwhile.
// Method: real files that are out of the page cache; sizes around the pieces; one that is cut while it is read.
#include "adapters/objects/filesystem/ahead_reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "adapters/objects/filesystem/posix.hpp"
#include "adapters/objects/filesystem/ring.hpp"
#include "adapters/objects/support.hpp"

namespace strongroom::filesystem {
namespace {

constexpr std::size_t kMebibyte = 1 << 20;

std::string random_bytes(std::size_t size) {
  std::mt19937_64 chance(size);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance());
  return bytes;
}

/// Written, durable, and out of the page cache.
Fd cold_file(const std::string& path, const std::string& content) {
  test::write_file(path, content);
  Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(::fsync(fd.get()), 0);
  EXPECT_EQ(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED), 0);
  return fd;
}

bool is_to_be_had(const std::string& path) {
  const Fd direct(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  return direct.valid() && ReadRing::of_this_thread() != nullptr;
}

/// Of a file that the page cache may take its time to let go.
std::unique_ptr<AheadReader> open_cold(const Fd& file, std::size_t size) {
  auto reader = AheadReader::open(file.get(), size);
  for (int tries = 0; !reader && tries < 100; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
    reader = AheadReader::open(file.get(), size);
  }
  return reader;
}

std::string read_all(AheadReader& reader, std::size_t at_once) {
  std::string content;
  std::string buffer(at_once, '\0');
  for (;;) {
    std::size_t n = 0;
    EXPECT_EQ(reader.read(std::as_writable_bytes(std::span(buffer)), n), 0);
    if (n == 0) return content;
    content.append(buffer, 0, n);
  }
}

TEST(AheadReader, GivesTheFile) {
  test::TemporaryDirectory directory;
  for (const std::size_t size : {8 * kMebibyte, 8 * kMebibyte + 1, 9 * kMebibyte - 1, 12 * kMebibyte + 4097}) {
    const std::string content = random_bytes(size);
    for (const std::size_t at_once : {kMebibyte, std::size_t{70'001}, 3 * kMebibyte}) {
      const Fd file = cold_file(directory / "package", content);
      const auto reader = open_cold(file, size);
      if (!is_to_be_had(directory / "package")) GTEST_SKIP() << "there is no direct I/O or no io_uring here";
      ASSERT_NE(reader, nullptr);
      EXPECT_EQ(read_all(*reader, at_once), content) << size << " by " << at_once;
    }
  }
}

TEST(AheadReader, IsNotForWhatIsSmallOrCached) {
  test::TemporaryDirectory directory;
  const Fd small = cold_file(directory / "small", random_bytes(kMebibyte));
  EXPECT_EQ(AheadReader::open(small.get(), kMebibyte), nullptr);
  const std::string content = random_bytes(9 * kMebibyte);
  test::write_file(directory / "hot", content);
  const Fd hot(::open((directory / "hot").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(AheadReader::open(hot.get(), content.size()), nullptr);
}

TEST(AheadReader, EndsWhereAFileWasCut) {
  test::TemporaryDirectory directory;
  const std::string content = random_bytes(16 * kMebibyte);
  const Fd file = cold_file(directory / "package", content);
  const auto reader = open_cold(file, content.size());
  if (!is_to_be_had(directory / "package")) GTEST_SKIP() << "there is no direct I/O or no io_uring here";
  ASSERT_NE(reader, nullptr);
  std::string first(kMebibyte, '\0');
  std::size_t n = 0;
  ASSERT_EQ(reader->read(std::as_writable_bytes(std::span(first)), n), 0);
  ASSERT_EQ(::ftruncate(file.get(), 10 * kMebibyte + 5), 0);
  const std::string rest = read_all(*reader, kMebibyte);
  EXPECT_EQ(first.substr(0, n) + rest, content.substr(0, n + rest.size()));
  EXPECT_GE(n + rest.size(), 10 * kMebibyte + 5);
}

TEST(AheadReader, MayBeLeftInTheMiddle) {
  test::TemporaryDirectory directory;
  const std::string content = random_bytes(16 * kMebibyte);
  for (int i = 0; i < 20; ++i) {
    const Fd file = cold_file(directory / "package", content);
    const auto reader = open_cold(file, content.size());
    if (!is_to_be_had(directory / "package")) GTEST_SKIP() << "there is no direct I/O or no io_uring here";
    ASSERT_NE(reader, nullptr);
    std::string some(1000, '\0');
    std::size_t n = 0;
    EXPECT_EQ(reader->read(std::as_writable_bytes(std::span(some)), n), 0);
    EXPECT_EQ(some, content.substr(0, 1000));
  }
}

}  // namespace
}  // namespace strongroom::filesystem
