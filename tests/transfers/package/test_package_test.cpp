// Goal: the package of start-test passes all checks, is another one each time, and holds an image that a decoder takes
// (G1). Method: it is read and examined as any package; the image is taken apart with zlib.
#include "transfers/test_package.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

#include "transfers/examination.hpp"
#include "transfers/package_reader.hpp"

namespace strongroom::transfers {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr const char* kUuid = "0f6a3f0e-2d11-4f0e-9f5c-5b1f3c5290fb";

class Bytes final : public RandomAccess {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(into.size(), bytes_.size() - static_cast<std::size_t>(offset));
    std::memcpy(into.data(), bytes_.data() + offset, n);
    return n;
  }

 private:
  const std::string bytes_;
};

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

/// The data of the chunks of a PNG by their names, each of which occurs once; checks sums on the way.
std::map<std::string, std::string> chunks_of(const std::string& png) {
  std::map<std::string, std::string> chunks;
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t size = number_at(png, at);
    const std::string body = png.substr(at + 4, 4 + size);
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    EXPECT_EQ(crc, number_at(png, at + 8 + size));
    chunks[body.substr(0, 4)] = body.substr(4);
    at += 12 + size;
  }
  return chunks;
}

TEST(TestPackage, G1_PassesAllChecks) {
  Bytes package(test_package(kUuid));
  const auto contents = read_package(package);
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->metadata_csv,
            "filename,dc.identifier,wellcome.storageSpace\nobjects/,archivematica-dev/TEST/1,testing\n");
  ASSERT_EQ(contents->listing.size(), 2U);
  EXPECT_EQ(contents->listing.name(0), "metadata/metadata.csv");
  EXPECT_EQ(contents->listing.name(1), "test-image.png");
  const Examination examination = examine({}, kTestKey, *contents);
  EXPECT_FALSE(examination.report.rejected());
  EXPECT_THAT(examination.report.findings.counts(), ElementsAre(Pair("W-NO-RIGHTS", 1)));
  EXPECT_EQ(examination.expected_space, kTestSpace);
  EXPECT_EQ(examination.identifiers.catalogue_identifier, kTestIdentifier);
}

TEST(TestPackage, G1_IsAnotherOneEachTime) {
  EXPECT_EQ(test_package(kUuid), test_package(kUuid));
  EXPECT_NE(test_package(kUuid), test_package("1f6a3f0e-2d11-4f0e-9f5c-5b1f3c5290fb"));
  EXPECT_LE(test_package(kUuid).size(), kTestPackageMax);
}

TEST(TestPackage, G1_HoldsAnImage) {
  const std::string package = test_package(kUuid);
  const std::size_t begin = package.find("\x89PNG");
  const std::size_t end = package.find("IEND", begin);
  ASSERT_NE(end, std::string::npos);
  const auto chunks = chunks_of(package.substr(begin, end + 8 - begin));
  const std::string header = chunks.at("IHDR");
  const std::size_t width = number_at(header, 0);
  const std::size_t height = number_at(header, 4);
  EXPECT_EQ(header.substr(8), std::string("\x08\x02\0\0\0", 5)) << "8 bits, RGB";
  std::string pixels(height * (1 + 3 * width) + 1, '\0');
  uLongf size = pixels.size();
  const std::string& packed = chunks.at("IDAT");
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(pixels.data()), &size, reinterpret_cast<const Bytef*>(packed.data()),
                       packed.size()),
            Z_OK);
  EXPECT_EQ(size, height * (1 + 3 * width));
  for (std::size_t row = 0; row < height; ++row) EXPECT_EQ(pixels[row * (1 + 3 * width)], '\0') << "no filter";
}

}  // namespace
}  // namespace strongroom::transfers
