// What the tests of reading packages share: packages that count their requests, a workshop for other programs' zips,
// and findings as short texts.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/chunked_source.hpp"
#include "support/zip_builder.hpp"
#include "transfers/package_reader.hpp"

namespace strongroom::transfers {

/// Another RandomAccess, every request of which is remembered; may fail at one of them.
class CountedAccess final : public RandomAccess {
 public:
  struct Request {
    std::uint64_t offset;
    std::uint64_t count;
  };
  explicit CountedAccess(RandomAccess& inner) : inner_(inner) {}

  [[nodiscard]] std::uint64_t size() const override { return inner_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    if (requests.size() == fail_at) return temporary("the store does not answer", "here");
    requests.push_back({offset, into.size()});
    return inner_.read_at(offset, into);
  }
  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const Request& request : requests) sum += request.count;
    return sum;
  }

  std::vector<Request> requests;
  std::size_t fail_at = SIZE_MAX;

 private:
  RandomAccess& inner_;
};

/// A file that can be read anywhere.
class FileAccess final : public RandomAccess {
 public:
  explicit FileAccess(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), size_(std::filesystem::file_size(path)) {}
  ~FileAccess() override { ::close(file_); }
  FileAccess(const FileAccess&) = delete;
  FileAccess& operator=(const FileAccess&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    const ssize_t count = ::pread(file_, into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0) return broken("cannot read the file");
    return static_cast<std::size_t>(count);
  }

 private:
  int file_;
  std::uint64_t size_;
};

/// A directory in which other programs make packages; gone with it.
class Workshop {
 public:
  Workshop() {
    std::string name = testing::TempDir() + "/strongroom-XXXXXX";
    path_ = ::mkdtemp(name.data()) != nullptr ? name : "";
    EXPECT_FALSE(path_.empty());
  }
  ~Workshop() { std::filesystem::remove_all(path_); }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
  }
  [[nodiscard]] std::string bytes(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  /// Runs a shell line in it; what the program says is shown when it fails.
  void run(const std::string& line) const {
    const std::string where = "cd '" + path_.string() + "' && ( " + line + " ) > said 2>&1 < /dev/null";
    EXPECT_EQ(std::system(where.c_str()), 0) << line << "\n" << bytes("said");
  }

 private:
  std::filesystem::path path_;
};

inline PackageContents read(std::string_view package) {
  testing_support::TextAccess access(package);
  auto contents = read_package(access);
  EXPECT_TRUE(contents) << contents.error().text();
  return contents ? std::move(contents).value() : PackageContents();
}

/// `ZIP-CORRUPT metadata/metadata.csv`, joined by `; `: code and file of every finding.
inline std::string told(const PackageContents& contents) {
  std::string text;
  for (const Finding& finding : contents.findings) {
    text += (text.empty() ? "" : "; ") + finding.code + (finding.file.empty() ? "" : " " + finding.file);
  }
  return text;
}

inline std::vector<std::string> names_of(const PackageContents& contents) {
  std::vector<std::string> names;
  contents.listing.for_each([&](std::size_t, std::string_view name) { names.emplace_back(name); });
  return names;
}

/// `unit` again and again, `count` bytes.
inline std::string repeated(const std::string& unit, std::size_t count) {
  std::string text;
  while (text.size() < count) text += unit;
  return text.substr(0, count);
}

/// Bytes that no program can compress, the same each time.
inline std::string noise(std::size_t count, std::uint64_t seed = 1) {
  std::string text(count, '\0');
  for (char& c : text) {
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    c = static_cast<char>(seed >> 56U);
  }
  return text;
}

inline const std::string kGoodCsv = "filename,dc.identifier\nobjects/,WT/B/9/2/2\n";

inline testing_support::ZipMember csv_member(std::string content = kGoodCsv) {
  testing_support::ZipMember member;
  member.name = "metadata/metadata.csv";
  member.content = std::move(content);
  return member;
}

}  // namespace strongroom::transfers
