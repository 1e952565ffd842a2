// Packages: directories are packed as they are (read back with our own reader of archives), identifiers are found, and
// what is no bag is told apart.
#include "cli/package.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

#include "archive/unpack.hpp"
#include "cli/temporary_directory.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

class Files final : public archive::EntrySink {
 public:
  Result<void> begin(const std::string& name, std::uint64_t) override {
    open_ = &files[name];
    return ok();
  }
  Result<void> data(ByteView bytes) override {
    open_->append(as_text(bytes));
    return ok();
  }
  Result<void> end() override { return ok(); }
  Result<void> directory(const std::string&) override { return ok(); }

  std::map<std::string, std::string> files;

 private:
  std::string* open_ = nullptr;
};

/// The files of a package by our own reader.
std::map<std::string, std::string> unpacked(const std::filesystem::path& path) {
  Result<Package> package = open_package(path);
  EXPECT_TRUE(package);
  Files files;
  const auto outcome = archive::unpack_archive(*package->source, "x", files);
  EXPECT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<archive::UnpackedArchive>(outcome.value()));
  return files.files;
}

class PackageTest : public ::testing::Test {
 protected:
  /// A small bag in `bag one`, with what tends to break packers.
  void write_bag() {
    expected_["bag one/bagit.txt"] = "BagIt-Version: 0.97\n";
    expected_["bag one/bag-info.txt"] = "Source-Organization: us\nexternal-identifier:  b1\nX: y\n";
    expected_["bag one/data/empty"] = "";
    expected_["bag one/data/\xC3\xBCmlaut/na\xCC\x88me"] = "text";
    expected_["bag one/data/" + std::string(200, 'n') + "/" + std::string(200, 'm')] = "long name";
    expected_["bag one/data/large"] = std::string(3'000'001, 'x');
    expected_["bag one/data/not utf8 \xFF"] = "x";
    for (const auto& [name, text] : expected_) directory_.write(name, text);
  }
  Error open_error(const std::string& name) {
    const Result<Package> package = open_package(directory_.path() / name);
    EXPECT_FALSE(package);
    return package ? Error{} : package.error();
  }

  TemporaryDirectory directory_;
  std::map<std::string, std::string> expected_;
};

TEST_F(PackageTest, ADirectoryIsPackedWhole) {
  write_bag();
  std::filesystem::remove(directory_.path() / "bag one/data/not utf8 \xFF");
  expected_.erase("bag one/data/not utf8 \xFF");
  for (const char* name : {"bag one", "bag one/", "./bag one/."}) {
    EXPECT_EQ(open_package(directory_.path() / name)->file_name, "bag one.tar.gz") << name;
    EXPECT_EQ(unpacked(directory_.path() / name), expected_) << name;
  }
  std::uint64_t bytes = 0;
  for (const auto& [name, text] : expected_) bytes += text.size();
  EXPECT_EQ(open_package(directory_.path() / "bag one")->payload, bytes);
}

TEST_F(PackageTest, AFileIsTakenAsItIs) {
  directory_.write("b.tar.gz", "bytes");
  Result<Package> package = open_package(directory_.path() / "b.tar.gz");
  ASSERT_TRUE(package);
  EXPECT_EQ(package->file_name, "b.tar.gz");
  EXPECT_EQ(package->size, 5U);
  EXPECT_EQ(read_all(*package->source, 100).value(), "bytes");
}

TEST_F(PackageTest, WhatIsNoBagIsRefused) {
  directory_.write("plain/data/a.txt", "x");
  write_bag();
  std::filesystem::create_symlink("a", directory_.path() / "bag one/data/link");
  EXPECT_THAT(open_error("plain").what, HasSubstr("has no bagit.txt"));
  EXPECT_THAT(open_error("nothing").what, HasSubstr("no such file"));
  EXPECT_THAT(open_error("bag one").what, HasSubstr("no links"));
  EXPECT_THAT(open_error("bag one").where, HasSubstr("data/link"));
}

TEST_F(PackageTest, AFileThatShrinksIsNoticed) {
  write_bag();
  Result<Package> package = open_package(directory_.path() / "bag one");
  ASSERT_TRUE(package);
  std::filesystem::resize_file(directory_.path() / "bag one/data/large", 10);
  const Result<std::string> bytes = read_all(*package->source, 100'000'000);
  ASSERT_FALSE(bytes);
  EXPECT_THAT(bytes.error().what, HasSubstr("changed while it was being read"));
}

TEST_F(PackageTest, TheIdentifierOfADirectoryAndOfAPackage) {
  write_bag();
  EXPECT_EQ(read_identifier(directory_.path() / "bag one").value(), "b1");
  Result<Package> package = open_package(directory_.path() / "bag one");
  directory_.write("packed.tar.gz", read_all(*package->source, 100'000'000).value());
  EXPECT_EQ(read_identifier(directory_.path() / "packed.tar.gz").value(), "b1");
}

TEST_F(PackageTest, NoIdentifierIsTold) {
  directory_.write("a/bagit.txt", "");
  EXPECT_THAT(read_identifier(directory_.path() / "a").error().what, HasSubstr("--id"));
  directory_.write("a/bag-info.txt", "Source-Organization: us\n");
  EXPECT_THAT(read_identifier(directory_.path() / "a").error().what, HasSubstr("no External-Identifier"));
  directory_.write("b.tar.gz", "not an archive");
  EXPECT_FALSE(read_identifier(directory_.path() / "b.tar.gz"));
}

TEST(IdentifierTest, Table) {
  const std::pair<const char*, std::optional<std::string>> cases[] = {
      {"External-Identifier: b1\n", "b1"},
      {"External-Identifier: b1", "b1"},
      {"EXTERNAL-IDENTIFIER:b1\r\n", "b1"},
      {"A: b\n  External-Identifier: no\nExternal-Identifier: yes \nExternal-Identifier: later\n", "yes"},
      {"External-Identifier: one\n  two\n\tthree\nX: y\n", "one two three"},
      {"External-Identifier:\n", ""},
      {"External-Identifiers: b1\n", std::nullopt},
      {"External-Identifier\n", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, identifier] : cases) EXPECT_EQ(identifier_in(text), identifier) << text;
}

}  // namespace
}  // namespace strongroom::cli
