// Goal: few requests, all with a range, never the payload, little memory (B5, B8). Method: packages that count
// requests, among them a sparse file of 5.6 GB that Python vouches for, and a directory of a million members made as it
// is read.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "support/sanitized.hpp"
#include "transfers/package/packages.hpp"

namespace strongroom::transfers {
namespace {

using testing_support::TextAccess;
using testing_support::ZipBuilder;
using testing_support::ZipMember;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
const auto n = ZipBuilder::number;

/// Requests that 6.1 allows for a package with both CSVs.
std::size_t allowed(std::uint64_t directory, std::size_t csvs) { return 6 + directory / (8 * kMiB) + 3 * csvs; }

/// A member's record with all its numbers in a zip64 field. `local`: its local header, else its directory entry. Made a
/// hundred thousand times, so what is the same in all of them is made once.
std::string zip64_record(const std::string& name, std::uint64_t at, std::uint64_t size, std::uint32_t crc, bool local) {
  static const std::string kSame = n(45, 2) + n(0x800, 2) + n(0, 2) + n(0, 2) + n(0x21, 2);
  static const std::string kLocal = n(0x04034B50, 4) + kSame;
  static const std::string kEntry = n(0x02014B50, 4) + n(45, 2) + kSame;
  static const std::string kOnes = n(0xFFFFFFFF, 4) + n(0xFFFFFFFF, 4);
  static const std::string kLocalExtra = n(1, 2) + n(16, 2);
  static const std::string kEntryRest = n(28, 2) + n(0, 8) + n(0, 2) + n(0xFFFFFFFF, 4);
  static const std::string kEntryExtra = n(1, 2) + n(24, 2);
  std::string record = local ? kLocal : kEntry;
  record.append(n(crc, 4)).append(kOnes).append(n(name.size(), 2));
  record.append(local ? n(20, 2) : kEntryRest).append(name).append(local ? kLocalExtra : kEntryExtra);
  record.append(n(size, 8)).append(n(size, 8));
  return local ? record : record + n(at, 8);
}

std::string zip64_end(std::uint64_t entries, std::uint64_t begin, std::uint64_t size) {
  return n(0x06064B50, 4) + n(44, 8) + n(45, 2) + n(45, 2) + n(0, 4) + n(0, 4) + n(entries, 8) + n(entries, 8) +
         n(size, 8) + n(begin, 8) + n(0x07064B50, 4) + n(0, 4) + n(begin + size, 8) + n(1, 4) + n(0x06054B50, 4) +
         n(0, 4) + n(0xFFFFFFFF, 4) + n(0xFFFFFFFF, 4) + n(0xFFFFFFFF, 4) + n(0, 2);
}

struct Sparse {
  std::uint64_t directory_at = 0;
  std::uint64_t directory_size = 0;
};

/// Writes a zip64 of 5.6 GB and 100,000 members, whose payload is a hole; metadata.csv lies in the middle.
Sparse write_sparse(const std::filesystem::path& path) {
  constexpr std::uint64_t kMembers = 100'000;
  constexpr std::uint64_t kEach = 56'000;
  const int out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const auto put = [&](const std::string& bytes, std::uint64_t at) {
    EXPECT_EQ(::pwrite(out, bytes.data(), bytes.size(), static_cast<off_t>(at)), static_cast<ssize_t>(bytes.size()));
  };
  const std::uint32_t crc_of_hole = ZipBuilder::crc_of(std::string(kEach, '\0'));
  std::string directory;
  std::uint64_t at = 0;
  for (std::uint64_t i = 0; i < kMembers; ++i) {
    const bool csv = i == kMembers / 2;
    const std::string name = csv ? "metadata/metadata.csv" : "scans/page " + std::to_string(i) + ".tif";
    const std::uint64_t size = csv ? kGoodCsv.size() : kEach;
    const std::uint32_t crc = csv ? ZipBuilder::crc_of(kGoodCsv) : crc_of_hole;
    const std::string head = zip64_record(name, at, size, crc, true);
    put(csv ? head + kGoodCsv : head, at);
    directory += zip64_record(name, at, size, crc, false);
    at += head.size() + size;
  }
  put(directory + zip64_end(kMembers, at, directory.size()), at);
  ::close(out);
  return {at, directory.size()};
}

TEST(PackageRequestsTest, B8_SparseZip64OfFiveGigabytes) {
  const Workshop workshop;
  const Sparse sparse = write_sparse(workshop.path() / "package.zip");
  workshop.run(
      "/usr/bin/python3 -c 'import zipfile; z = zipfile.ZipFile(\"package.zip\"); assert len(z.namelist()) == 100000; "
      "assert z.read(\"metadata/metadata.csv\").startswith(b\"filename\"); z.read(\"scans/page 99999.tif\")'");
  FileAccess file(workshop.path() / "package.zip");
  ASSERT_GT(file.size(), 5'600'000'000U);
  CountedAccess package(file);
  const auto contents = read_package(package);
  ASSERT_TRUE(contents);
  EXPECT_EQ(told(*contents), "");
  EXPECT_EQ(contents->metadata_csv, kGoodCsv);
  EXPECT_EQ(contents->listing.size(), 100'000U);
  EXPECT_TRUE(contents->listing.contains("scans/page 99999.tif"));
  EXPECT_LE(package.requests.size(), allowed(sparse.directory_size, 1));
  EXPECT_LT(package.bytes(), sparse.directory_size + 4 * kMiB);
  // Beside the mark at the beginning and the CSV nothing before the tail and the directory.
  std::uint64_t payload = 0;
  for (const auto& request : package.requests) {
    EXPECT_LE(request.count, 8 * kMiB);
    if (request.offset < sparse.directory_at && request.offset + request.count < package.size()) {
      payload += request.count;
    }
  }
  EXPECT_EQ(payload, 4 + 30 + std::string("metadata/metadata.csv").size() + kGoodCsv.size());
}

/// Zip64 of a million members, each 106 bytes in the directory, which is made as it is read.
class MillionMembers final : public RandomAccess {
 public:
  static constexpr std::uint64_t kMembers = 1'000'000;
  static constexpr std::size_t kEntry = 106;

  explicit MillionMembers(const std::string& rights) {
    for (const auto& [name, content] : {std::pair(std::string("metadata/metadata.csv"), kGoodCsv),
                                        std::pair(std::string("metadata/rights.csv"), rights)}) {
      const std::uint32_t crc = ZipBuilder::crc_of(content);
      csv_entries_ += zip64_record(name, front_.size(), content.size(), crc, false);
      front_ += zip64_record(name, 0, content.size(), crc, true) + content;
    }
    end_ = zip64_end(kMembers + 2, front_.size(), directory());
  }
  [[nodiscard]] std::uint64_t directory() const { return csv_entries_.size() + kMembers * kEntry; }
  [[nodiscard]] std::uint64_t size() const override { return front_.size() + directory() + end_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    std::size_t filled = 0;
    const auto give = [&](std::string_view part, std::uint64_t at) {
      const std::uint64_t from = offset + filled - at;
      if (filled == into.size() || from >= part.size()) return;
      const ByteView bytes = as_bytes(part.substr(from, into.size() - filled));
      std::ranges::copy(bytes, into.begin() + static_cast<std::ptrdiff_t>(filled));
      filled += bytes.size();
    };
    const std::uint64_t entries = front_.size() + csv_entries_.size();
    if (offset + filled < front_.size()) give(front_, 0);
    if (offset + filled < entries) give(csv_entries_, front_.size());
    while (filled < into.size() && offset + filled < entries + kMembers * kEntry) {
      const std::uint64_t i = (offset + filled - entries) / kEntry;
      give(entry(i), entries + i * kEntry);
    }
    give(end_, entries + kMembers * kEntry);
    return filled;
  }

  static std::string name(std::uint64_t i) {
    const std::string digits = std::to_string(i);
    return "papers/box 12/scans of letters/photograph " + std::string(14 - digits.size(), '0') + digits + ".tif";
  }

 private:
  static std::string entry(std::uint64_t i) {
    static const std::string kHead = n(0x02014B50, 4) + n(20, 2) + n(20, 2) + n(0, 2) + n(8, 2) + n(0, 4) + n(1, 4) +
                                     n(1, 4) + n(1, 4) + n(60, 2) + n(0, 8) + n(0, 8);
    return kHead + name(i);
  }

  std::string front_;
  std::string csv_entries_;
  std::string end_;
};

/// The most memory this process has had since forget_peak(), in KiB.
std::uint64_t peak() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      std::uint64_t kib = 0;
      status >> kib;
      return kib;
    }
  }
  ADD_FAILURE() << "no VmHWM";
  return UINT64_MAX;
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

TEST(PackageRequestsTest, B8_AMillionMembersWithinMemory) {
  ASSERT_EQ(MillionMembers::name(7).size(), 60U);
  const std::string rights = "file,basis\n" + repeated("objects/papers/page.tif,copyright\n", 32 * kMiB);
  MillionMembers members(rights);
  CountedAccess package(members);
  forget_peak();
  const std::uint64_t before = peak();
  const auto contents = read_package(package);
  const std::uint64_t grown = peak() - before;
  if (!strongroom::test::kSanitized) {
    EXPECT_LT(grown, 256U * 1024);
  }
  ASSERT_TRUE(contents);
  EXPECT_EQ(told(*contents), "");
  EXPECT_EQ(contents->listing.size(), MillionMembers::kMembers + 2);
  EXPECT_TRUE(contents->rights_csv == rights);
  EXPECT_LE(package.requests.size(), allowed(members.directory(), 2));
  EXPECT_LT(package.bytes(), members.directory() + rights.size() + 4 * kMiB);
  for (const std::uint64_t i : {0U, 1U, 499'999U, 999'999U}) {
    EXPECT_EQ(contents->listing.find(MillionMembers::name(i)), i + 2);
  }
}

TEST(PackageRequestsTest, B5_AnEmptyPackageIsNotRead) {
  TextAccess empty("");
  CountedAccess package(empty);
  const auto contents = read_package(package);
  ASSERT_TRUE(contents);
  EXPECT_EQ(told(*contents), "ZIP-EMPTY");
  EXPECT_FALSE(contents->readable);
  EXPECT_TRUE(package.requests.empty());
}

TEST(PackageRequestsTest, ASmallPackageTakesOneRequest) {
  const std::string zip = ZipBuilder().add(csv_member()).file("a.txt", "a").build();
  TextAccess text(zip);
  CountedAccess package(text);
  ASSERT_TRUE(read_package(package));
  ASSERT_EQ(package.requests.size(), 1U);
  EXPECT_EQ(package.requests[0].offset, 0U);
  EXPECT_EQ(package.requests[0].count, zip.size());
}

TEST(PackageRequestsTest, ADirectoryAcrossTheTailAndSeveralPieces) {
  ZipBuilder zip;
  zip.add(csv_member());
  const std::string comment(65'000, 'x');
  for (int i = 0; i < 300; ++i) {
    ZipMember member;
    member.name = std::string(60'000, 'n') + std::to_string(i);
    zip.add(member);
  }
  const std::string bytes = zip.comment(comment).build();
  const std::uint64_t directory = bytes.size() - bytes.find("PK\1\2") - comment.size() - 22;
  ASSERT_GT(directory, 17 * kMiB);
  TextAccess text(bytes);
  CountedAccess package(text);
  const auto contents = read_package(package);
  ASSERT_TRUE(contents);
  EXPECT_EQ(told(*contents), "");
  EXPECT_EQ(contents->listing.size(), 301U);
  EXPECT_EQ(contents->metadata_csv, kGoodCsv);
  EXPECT_LE(package.requests.size(), allowed(directory, 1));
  EXPECT_LE(std::ranges::max(package.requests, {}, &CountedAccess::Request::count).count, 8 * kMiB);
}

TEST(PackageRequestsTest, EveryErrorOfTheStorePassesThrough) {
  ZipMember rights;
  rights.name = "metadata/rights.csv";
  rights.content = noise(3 * kMiB);
  const std::string bytes = ZipBuilder().add(csv_member()).add(rights).file("payload", noise(2 * kMiB)).build();
  TextAccess text(bytes);
  CountedAccess whole(text);
  ASSERT_TRUE(read_package(whole));
  ASSERT_GE(whole.requests.size(), 6U);
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    CountedAccess package(text);
    package.fail_at = i;
    const auto contents = read_package(package);
    ASSERT_FALSE(contents) << i;
    EXPECT_EQ(contents.error().what, "the store does not answer");
    EXPECT_EQ(contents.error().where, "here");
  }
}

/// Says to have more bytes than it gives.
class Shortened final : public RandomAccess {
 public:
  explicit Shortened(std::string_view text) : text_(text) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size() + 10; }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override { return inner_.read_at(offset, into); }

 private:
  std::string_view text_;
  TextAccess inner_{text_};
};

TEST(PackageRequestsTest, AStoreThatGivesTooLittleIsNotThePackagesFault) {
  const std::string bytes = ZipBuilder().add(csv_member()).build();
  Shortened package(bytes);
  const auto contents = read_package(package);
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().act, Act::temporary);
}

// ---- CSVs that are too big
// --------------------------------------------------------------------------------------------

PackageContents read_rights(const std::string& content, const std::function<void(ZipMember&)>& change) {
  ZipMember rights;
  rights.name = "metadata/rights.csv";
  rights.content = content;
  change(rights);
  return read(ZipBuilder().add(rights).build());
}

TEST(PackageRequestsTest, OfSixtyFourMebibytesAndNotOneByteMore) {
  const std::string most(64 * kMiB, 'a');
  for (const bool deflated : {false, true}) {
    const auto pack = [&](ZipMember& m) { m.deflated = deflated; };
    EXPECT_TRUE(read_rights(most, pack).rights_csv == most);
    const PackageContents more = read_rights(most + "a", pack);
    EXPECT_EQ(told(more), "CSV-TOO-BIG metadata/rights.csv");
    EXPECT_EQ(more.rights_csv, std::nullopt);
  }
}

TEST(PackageRequestsTest, TheDeclaredSizeIsNotTrusted) {
  const std::string much(65 * kMiB, 'a');
  const PackageContents contents = read_rights(much, [&](ZipMember& m) {
    m.deflated = true;
    m.size_change = static_cast<std::uint32_t>(100 - much.size());
  });
  EXPECT_EQ(told(contents), "CSV-TOO-BIG metadata/rights.csv");
}

TEST(PackageRequestsTest, BombsOfEveryCompression) {
  const Workshop workshop;
  workshop.write("metadata/rights.csv", std::string(70 * kMiB, 'a'));
  for (const std::string method : {"Deflate", "Deflate64", "BZip2", "LZMA"}) {
    workshop.run("rm -f package.zip; 7zz a -tzip -mx=1 -mm=" + method + " package.zip metadata");
    EXPECT_EQ(told(read(workshop.bytes("package.zip"))), "CSV-TOO-BIG metadata/rights.csv") << method;
  }
}

TEST(PackageRequestsTest, WhatIsTooLongAsItLiesIsNotFetched) {
  // 100 MiB that are said to inflate to 10 bytes.
  const std::string data(100 * kMiB, '\0');
  ZipMember rights;
  rights.name = "metadata/rights.csv";
  rights.content = "0123456789";
  rights.packed = data;
  rights.method_told = 8;
  const std::string bytes = ZipBuilder().add(rights).build();
  TextAccess text(bytes);
  CountedAccess package(text);
  const auto contents = read_package(package);
  ASSERT_TRUE(contents);
  EXPECT_EQ(told(*contents), "CSV-TOO-BIG metadata/rights.csv");
  EXPECT_LT(package.bytes(), 2 * kMiB);
}

}  // namespace
}  // namespace strongroom::transfers
