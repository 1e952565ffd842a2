// Goal: what we write as tar, other programs and we ourselves read: every name, every size, the same bytes each time.
// Method: archives of odd names read back by libarchive and by our own reader.
#include "archive/tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <clocale>
#include <random>

#include "archive/tar_header.hpp"

namespace strongroom::archive {
namespace {

const Instant kWhen = instant_of(1'714'555'900'250'000);

struct Member {
  std::string name;
  std::string content;
  friend bool operator==(const Member&, const Member&) = default;
};

std::string pack(const std::vector<Member>& members) {
  std::string tar;
  for (const Member& member : members) {
    tar += tar_file_header(member.name, member.content.size(), kWhen) + member.content;
    tar += tar_file_padding(member.content.size());
  }
  return tar + tar_end(tar.size());
}

std::vector<Member> unpack(const std::string& tar) {
  // Names are converted by way of the locale.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  std::vector<Member> members;
  ::archive* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  archive_read_set_options(reader, "hdrcharset=UTF-8");
  EXPECT_EQ(archive_read_open_memory(reader, tar.data(), tar.size()), ARCHIVE_OK);
  for (archive_entry* entry = nullptr; archive_read_next_header(reader, &entry) == ARCHIVE_OK;) {
    EXPECT_EQ(archive_entry_mode(entry), 0100644U);
    EXPECT_EQ(archive_entry_uid(entry), 0);
    EXPECT_EQ(archive_entry_gid(entry), 0);
    EXPECT_EQ(archive_entry_mtime(entry), 1'714'555'900);
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    EXPECT_EQ(archive_read_data(reader, content.data(), content.size()), static_cast<la_ssize_t>(content.size()));
    const char* name = archive_entry_pathname_utf8(entry);
    members.push_back({name != nullptr ? name : archive_entry_pathname(entry), content});
  }
  EXPECT_EQ(archive_errno(reader), 0) << archive_error_string(reader);
  archive_read_free(reader);
  return members;
}

TEST(TarWriter, OtherProgramsReadIt) {
  const std::string deep = std::string(60, 'a') + "/" + std::string(60, 'b') + "/" + std::string(60, 'c');
  std::vector<Member> members = {
      {"x-v1/bagit.txt", "BagIt-Version: 1.0\n"},
      {"x-v1/data/empty", ""},
      {"x-v1/data/block", std::string(512, 'x')},
      {"x-v1/data/" + std::string(90, 'n'), "100 bytes of name"},
      {"x-v1/data/" + std::string(91, 'n'), "101 bytes of name, which can be split"},
      {deep + "/d", "a prefix"},
      {"x-v1/" + std::string(200, 'n'), "cannot be split"},
      {std::string(255, 'n') + "/" + std::string(255, 'm'), "neither"},
      {"x-v1/data/é ü \U0001F5C4.txt", "beyond ASCII"},
      {"x-v1/data/\x7f\x01", "control characters"},
      {"x-v1/data/ a  b ", "blanks"},
  };
  // Names around the points where the length of a pax record gets another digit.
  for (const std::size_t size : {80U, 84U, 85U, 86U, 87U, 88U, 89U, 90U, 980U, 981U, 982U, 983U, 984U, 985U, 990U}) {
    members.push_back({"é" + std::string(size, 'e'), std::to_string(size)});
  }
  EXPECT_EQ(unpack(pack(members)), members);
  EXPECT_EQ(pack(members), pack(members));
  EXPECT_EQ(pack(members).size() % kTarRecord, 0U);
  EXPECT_EQ(unpack(pack({})), std::vector<Member>());
}

TEST(TarWriter, RandomNamesAndSizes) {
  std::mt19937_64 random(20'240'501);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  std::vector<Member> members;
  for (int i = 0; i < 500; ++i) {
    std::string name = std::to_string(i) + "/";
    const std::size_t length = 1 + below(400);
    while (name.size() < length + 2) name.push_back(below(30) == 0 ? '/' : 'a' + static_cast<char>(below(26)));
    while (name.find("//") != std::string::npos) name.erase(name.find("//"), 1);
    while (name.ends_with('/')) name.back() = 'z';
    members.push_back({name, std::string(below(2000), 'x')});
  }
  EXPECT_EQ(unpack(pack(members)), members);
}

TEST(TarWriter, LargeFilesHaveTheirSizeInAPaxHeader) {
  for (const std::uint64_t size :
       {std::uint64_t{077777777777}, std::uint64_t{0100000000000}, std::uint64_t{5} << 40U}) {
    const std::string header = tar_file_header("x/large", size, kWhen);
    ::archive* reader = archive_read_new();
    archive_read_support_format_tar(reader);
    EXPECT_EQ(archive_read_open_memory(reader, header.data(), header.size()), ARCHIVE_OK);
    archive_entry* entry = nullptr;
    ASSERT_EQ(archive_read_next_header(reader, &entry), ARCHIVE_OK) << archive_error_string(reader);
    EXPECT_EQ(static_cast<std::uint64_t>(archive_entry_size(entry)), size);
    EXPECT_STREQ(archive_entry_pathname(entry), "x/large");
    archive_read_free(reader);
  }
}

TEST(TarWriter, OurOwnReaderReadsItsHeaders) {
  const auto header = parse_tar_header(as_bytes(tar_file_header("x-v1/data/a.txt", 6, kWhen)));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->name, "x-v1/data/a.txt");
  EXPECT_EQ(header->size, 6U);
  EXPECT_EQ(header->type, '0');
  EXPECT_EQ(header->dialect, TarDialect::ustar);
}

}  // namespace
}  // namespace strongroom::archive
