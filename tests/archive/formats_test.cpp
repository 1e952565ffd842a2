// Goal: every format of pipeline.md 4.1 gives the same files, whatever its name (case G1), and each is refused for what
// is wrong with it alone (G3, G4). Method: the same files packed by libarchive in each format, cut, flipped, joined.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>

#include "archive/unpacking.hpp"

namespace strongroom::archive {
namespace {

using Files = std::map<std::string, std::string>;

struct Freed {
  void operator()(struct ::archive* handle) const { archive_free(handle); }
  void operator()(struct ::archive_entry* entry) const { archive_entry_free(entry); }
};

Files sample() {
  std::string noise;
  std::uint32_t state = 7;
  for (int i = 0; i < 40'000; ++i) {
    state = state * 1664525U + 1013904223U;
    noise.push_back(static_cast<char>(state >> 24U));
  }
  return {{"bagit.txt", "BagIt-Version: 0.97\n"},
          {"data/noise.bin", noise},
          {"data/lines.txt", std::string(90'000, 'l')},
          {"data/\xC3\xA9 a.txt", "e"},
          {"data/empty", ""}};
}

/// `filter`: ARCHIVE_FILTER_…; `zip` in place of tar.
std::string pack(const Files& files, int filter, bool zip = false, const char* options = nullptr) {
  std::string packed(4 << 20, '\0');
  std::size_t used = 0;
  const std::unique_ptr<struct ::archive, Freed> writer(archive_write_new());
  archive_write_add_filter(writer.get(), filter);
  if (zip) {
    archive_write_set_format_zip(writer.get());
  } else {
    archive_write_set_format_gnutar(writer.get());
  }
  if (options != nullptr) {
    EXPECT_EQ(archive_write_set_options(writer.get(), options), ARCHIVE_OK);
  }
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  EXPECT_EQ(archive_write_open_memory(writer.get(), packed.data(), packed.size(), &used), ARCHIVE_OK);
  for (const auto& [name, content] : files) {
    const std::unique_ptr<struct ::archive_entry, Freed> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    EXPECT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK) << archive_error_string(writer.get());
    EXPECT_EQ(archive_write_data(writer.get(), content.data(), content.size()),
              static_cast<la_ssize_t>(content.size()));
  }
  EXPECT_EQ(archive_write_close(writer.get()), ARCHIVE_OK);
  packed.resize(used);
  return packed;
}

struct Format {
  std::string name;
  int filter;
  std::string media_type;
};

class FormatTest : public testing::TestWithParam<Format> {};

TEST_P(FormatTest, G1_TheSameFiles) {
  const std::string package = pack(sample(), GetParam().filter);
  for (const std::size_t chunk : {std::size_t{1} << 20, std::size_t{4099}, std::size_t{7}}) {
    const Unpacking result = unpack(package, chunk);
    ASSERT_EQ(result.text(), "ok");
    EXPECT_EQ(result.sink.files, sample());
    EXPECT_EQ(result.unpacked()->media_type, GetParam().media_type);
    EXPECT_EQ(result.unpacked()->archive_bytes, package.size());
  }
}

TEST_P(FormatTest, G1_StreamsBehindStreamsAreOne) {
  // A tar cut anywhere, each part compressed on its own: parallel compressors do so.
  const std::string tar = pack(sample(), ARCHIVE_FILTER_NONE);
  const std::size_t half = tar.size() / 2;
  const auto compress = [&](const std::string& text) {
    std::string packed(4 << 20, '\0');
    std::size_t used = 0;
    const std::unique_ptr<struct ::archive, Freed> writer(archive_write_new());
    archive_write_add_filter(writer.get(), GetParam().filter);
    archive_write_set_format_raw(writer.get());
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    EXPECT_EQ(archive_write_open_memory(writer.get(), packed.data(), packed.size(), &used), ARCHIVE_OK);
    const std::unique_ptr<struct ::archive_entry, Freed> entry(archive_entry_new());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    EXPECT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK);
    archive_write_data(writer.get(), text.data(), text.size());
    archive_write_close(writer.get());
    packed.resize(used);
    return packed;
  };
  const std::string first = compress(tar.substr(0, half));
  const std::string second = compress(tar.substr(half));
  for (const std::size_t chunk : {std::size_t{1} << 20, std::size_t{5}}) {
    EXPECT_EQ(unpack(first + second, chunk).text(), "ok");
    EXPECT_EQ(unpack(first + second, chunk).sink.files, sample());
  }
  EXPECT_EQ(unpack(first + second + std::string(512, '\0')).text(), "ok W14 zero-padding");
  EXPECT_EQ(unpack(first + second + "x").text(), kTrailing);
  EXPECT_EQ(unpack(first + second + std::string(4, '\0') + "x").text(), kTrailing);
  // Only xz has padding between streams, in fours.
  const bool padded = GetParam().name == "xz";
  EXPECT_EQ(unpack(first + std::string(8, '\0') + second).text(), padded ? "ok" : kTrailing);
  EXPECT_EQ(unpack(first + std::string(7, '\0') + second).text(), kTrailing);
}

TEST_P(FormatTest, G4_EveryCutIsAnUnexpectedEnd) {
  const std::string package = pack(sample(), GetParam().filter);
  for (std::size_t size = 8; size < package.size(); size += 1 + size / 40) {
    const Unpacking result = unpack(std::string_view(package).substr(0, size), 997);
    EXPECT_EQ(result.text(), kEof) << "cut at " << size << " of " << package.size();
  }
  EXPECT_EQ(unpack(std::string_view(package).substr(0, package.size() - 1)).text(), kEof);
}

TEST_P(FormatTest, G4_DamageIsNeverTakenForContent) {
  const std::string package = pack(sample(), GetParam().filter);
  for (std::size_t at = 0; at < package.size(); at += 1 + package.size() / 400) {
    std::string damaged = package;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const Unpacking result = unpack(damaged);
    // A zstd frame need not carry a checksum, and this writer's do not: there the bag's manifests find the damage.
    if (result.text().starts_with("ok") && GetParam().name != "zstd") {
      EXPECT_EQ(result.sink.files, sample()) << at;
    } else {
      EXPECT_TRUE(result.outcome) << at << ": " << result.text();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FormatTest,
                         testing::Values(Format{"gzip", ARCHIVE_FILTER_GZIP, "application/gzip"},
                                         Format{"zstd", ARCHIVE_FILTER_ZSTD, "application/zstd"},
                                         Format{"xz", ARCHIVE_FILTER_XZ, "application/x-xz"},
                                         Format{"bzip2", ARCHIVE_FILTER_BZIP2, "application/x-bzip2"}),
                         [](const auto& row) { return row.param.name; });

TEST(FormatsTest, G4_TheCompressionIsNamed) {
  // The last bytes of the stream are its check value.
  std::string bzip2 = pack(sample(), ARCHIVE_FILTER_BZIP2);
  bzip2[bzip2.size() - 3] = static_cast<char>(bzip2[bzip2.size() - 3] ^ 0x55);
  EXPECT_EQ(unpack(bzip2).text(),
            "Error trying to unpack the archive at file://uploads/x.tar.gz - is the bzip2-compression correct?");
  std::string xz = pack(sample(), ARCHIVE_FILTER_XZ);
  xz[xz.size() / 2] = static_cast<char>(xz[xz.size() / 2] ^ 0x55);
  EXPECT_EQ(unpack(xz).text(),
            "Error trying to unpack the archive at file://uploads/x.tar.gz - is the xz-compression correct?");
}

TEST(FormatsTest, G7_AWindowThatTakesTooMuchMemoryIsRefused) {
  // A frame header that asks for a window of 2^31 bytes.
  const std::string frame("\x28\xB5\x2F\xFD\x00\xA8\x01\x00\x00", 9);
  const Unpacking result = unpack(frame);
  EXPECT_EQ(result.text(), kArchive + "uses an unsupported compression method (zstd)");
  EXPECT_EQ(result.problems(), "P2 unsupported-method");
}

TEST(FormatsTest, ZstdSkippableFramesArePassedOver) {
  const std::string skippable(
      "\x53\x2A\x4D\x18\x03\x00\x00\x00"
      "abc",
      11);
  EXPECT_EQ(unpack(skippable + pack(sample(), ARCHIVE_FILTER_ZSTD) + skippable).text(), "ok");
}

TEST(FormatsTest, G1_Zip) {
  for (const char* options : {"zip:compression=deflate", "zip:compression=store", "zip:zip64"}) {
    const std::string package = pack(sample(), ARCHIVE_FILTER_NONE, true, options);
    const Unpacking result = unpack(package);
    ASSERT_EQ(result.text(), "ok") << options;
    EXPECT_EQ(result.sink.files, sample());
    EXPECT_EQ(result.unpacked()->media_type, "application/zip");
    EXPECT_EQ(result.unpacked()->archive_bytes, package.size());
  }
}

TEST(FormatsTest, G4_EveryCutOfAZipIsAnUnexpectedEnd) {
  const std::string package = pack(sample(), ARCHIVE_FILTER_NONE, true);
  for (std::size_t size = 4; size < package.size(); size += 1 + size / 60) {
    EXPECT_EQ(unpack(std::string_view(package).substr(0, size)).text(), kEof) << size;
  }
}

TEST(FormatsTest, G4_DamageToAZipIsNeverTakenForContent) {
  const std::string package = pack({{"a.txt", std::string(300, 'a')}, {"b", "b"}}, ARCHIVE_FILTER_NONE, true);
  for (std::size_t at = 0; at < package.size(); ++at) {
    for (const int bit : {1, 0x10, 0x80}) {
      std::string damaged = package;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      const Unpacking result = unpack(damaged);
      ASSERT_TRUE(result.outcome) << at << ": " << result.text();
      if (!result.text().starts_with("ok")) continue;
      // Names and times may change where nothing vouches for them twice; content may not.
      for (const auto& [name, content] : result.sink.files) {
        EXPECT_TRUE(content == "b" || content == std::string(300, 'a')) << at << " " << name;
      }
    }
  }
}

}  // namespace
}  // namespace strongroom::archive
