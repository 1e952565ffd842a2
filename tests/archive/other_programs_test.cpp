// What other programs write: archives of GNU tar (where it is installed) in all its formats, and of libarchive's
// writers, come out as libarchive reads them; libarchive is the oracle (CORRECTNESS.md 4.5).
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "archive/entry_name.hpp"
#include "archive/unpacking.hpp"
#include "support/gzip.hpp"

namespace strongroom::archive {
namespace {

namespace fs = std::filesystem;
using testing_support::gzip;
using Files = std::map<std::string, std::string>;

struct Freed {
  void operator()(struct ::archive* handle) const { archive_free(handle); }
  void operator()(struct ::archive_entry* entry) const { archive_entry_free(entry); }
};

/// The files of a package as libarchive sees them; holes included.
Files read_by_libarchive(const std::string& package) {
  Files files;
  const std::unique_ptr<struct ::archive, Freed> reader(archive_read_new());
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  EXPECT_EQ(archive_read_open_memory(reader.get(), package.data(), package.size()), ARCHIVE_OK);
  struct ::archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    std::string content;
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    int status = ARCHIVE_OK;
    while ((status = archive_read_data_block(reader.get(), &block, &size, &offset)) == ARCHIVE_OK) {
      content.resize(static_cast<std::size_t>(offset), '\0');
      content.append(static_cast<const char*>(block), size);
    }
    EXPECT_EQ(status, ARCHIVE_EOF);
    content.resize(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    files[normalise_entry_name(archive_entry_pathname(entry)).value_or("unsafe")] = std::move(content);
  }
  return files;
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = testing::TempDir() + "/strongroom-XXXXXX";
    path_ = ::mkdtemp(name.data()) != nullptr ? name : "";
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_file(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// With holes at both ends and between the letters, one letter every 64 KiB.
void write_sparse_file(const fs::path& path, int letters) {
  std::ofstream out(path, std::ios::binary);
  for (int i = 1; i <= letters; ++i) out.seekp(i * 65536L) << static_cast<char>('a' + i % 26);
  out.close();
  fs::resize_file(path, static_cast<std::uintmax_t>(letters + 2) * 65536);
}

class GnuTarTest : public testing::TestWithParam<const char*> {};

TEST_P(GnuTarTest, ComesOutAsItWentIn) {
  if (std::system("tar --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no tar here";
  const TemporaryDirectory directory;
  ASSERT_FALSE(directory.path().empty());
  const fs::path tree = directory.path() / "tree";
  const bool long_names = std::string(GetParam()).find("v7") == std::string::npos;
  write_file(tree / "bagit.txt", "BagIt-Version: 0.97\n");
  write_file(tree / "data/empty", "");
  write_file(tree / "data/block", std::string(512, 'x'));
  write_file(tree / "data/big", std::string(3000000, 'y') + "end");
  if (long_names) write_file(tree / std::string(90, 'd') / std::string(60, 'e') / std::string(95, 'n'), "deep");
  fs::create_directories(tree / "data/nothing in here");
  write_sparse_file(tree / "data/few holes", 2);
  write_sparse_file(tree / "data/many holes", 60);
  Files expected;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    if (entry.is_regular_file()) expected[fs::relative(entry.path(), tree).string()] = read_file(entry.path());
  }
  const fs::path made = directory.path() / "x.tar";
  const std::string command =
      std::string("tar ") + GetParam() + " -cf '" + made.string() + "' -C '" + tree.string() + "' . 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const std::string package = read_file(made);
  for (const std::string& form : {package, gzip(package)}) {
    const auto result = unpack(form, 10000);
    ASSERT_EQ(result.text(), "ok");
    EXPECT_TRUE(result.sink.files == expected);
    EXPECT_TRUE(result.sink.files == read_by_libarchive(form));
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, GnuTarTest,
                         testing::Values("--format=gnu", "--format=oldgnu", "--format=ustar", "--format=posix",
                                         "--format=v7", "--format=gnu --sparse", "--format=oldgnu --sparse",
                                         "--format=posix --sparse --sparse-version=0.0",
                                         "--format=posix --sparse --sparse-version=0.1",
                                         "--format=posix --sparse --sparse-version=1.0",
                                         "--format=posix --xattrs --pax-option=globexthdr.name=g,comment:=x"));

struct Writer {
  const char* name;
  int (*choose)(struct ::archive*);
  bool long_names;
  const char* options = "";
};

void PrintTo(const Writer& writer, std::ostream* out) { *out << writer.name; }

class LibarchiveTest : public testing::TestWithParam<Writer> {};

TEST_P(LibarchiveTest, ComesOutAsItWentIn) {
  Files expected = {{"bagit.txt", "BagIt-Version: 0.97\n"}, {"data/a", std::string(100000, 'a')}, {"data/e", ""}};
  if (GetParam().long_names) {
    expected[std::string(200, 'd') + "/" + std::string(200, 'n')] = "deep";
    expected["data/ø ☃"] = "name";
  }
  std::string package(1 << 20, '\0');
  std::size_t used = 0;
  {
    const std::unique_ptr<struct ::archive, Freed> writer(archive_write_new());
    ASSERT_EQ(GetParam().choose(writer.get()), ARCHIVE_OK);
    ASSERT_EQ(archive_write_set_options(writer.get(), GetParam().options), ARCHIVE_OK);
    archive_write_add_filter_gzip(writer.get());
    ASSERT_EQ(archive_write_open_memory(writer.get(), package.data(), package.size(), &used), ARCHIVE_OK);
    for (const auto& [name, content] : expected) {
      const std::unique_ptr<struct ::archive_entry, Freed> entry(archive_entry_new());
      archive_entry_set_pathname(entry.get(), name.c_str());
      archive_entry_set_filetype(entry.get(), AE_IFREG);
      archive_entry_set_perm(entry.get(), 0644);
      archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
      ASSERT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK) << archive_error_string(writer.get());
      ASSERT_EQ(archive_write_data(writer.get(), content.data(), content.size()),
                static_cast<la_ssize_t>(content.size()));
    }
    ASSERT_EQ(archive_write_close(writer.get()), ARCHIVE_OK);
  }
  package.resize(used);
  const auto result = unpack(package, 1000);
  ASSERT_EQ(result.text().substr(0, 2), "ok") << result.text();
  EXPECT_TRUE(result.sink.files == expected);
  EXPECT_TRUE(result.sink.files == read_by_libarchive(package));
}

INSTANTIATE_TEST_SUITE_P(Writers, LibarchiveTest,
                         testing::Values(Writer{"v7", archive_write_set_format_v7tar, false},
                                         Writer{"ustar", archive_write_set_format_ustar, false},
                                         Writer{"pax", archive_write_set_format_pax, true, "hdrcharset=BINARY"},
                                         Writer{"pax restricted", archive_write_set_format_pax_restricted, true,
                                                "hdrcharset=BINARY"},
                                         Writer{"gnu", archive_write_set_format_gnutar, true}));

}  // namespace
}  // namespace strongroom::archive
