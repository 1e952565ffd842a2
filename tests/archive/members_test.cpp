// Members side by side: whatever a gzip package of many members is like, decoding it on several threads gives the
// bytes and the verdict of decoding it on one, and costs no more than a bounded number of guesses.
//
// Packages made by zlib are read both ways and compared, whole, cut at every length and with every bit flipped.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "archive/gunzip.hpp"
#include "archive/unpacking.hpp"
#include "support/gzip.hpp"
#include "support/tar_builder.hpp"

namespace strongroom::archive {
namespace {

using testing_support::ChunkedSource;
using testing_support::gzip;
using testing_support::gzip_with_fields;
using testing_support::TarBuilder;

/// The groups one after the other, the last first, and counted.
class Backwards {
 public:
  [[nodiscard]] SideBySide side_by_side() {
    return [this](std::size_t count, const auto& work) {
      ++calls;
      for (std::size_t i = count; i-- > 0;) work(i);
    };
  }
  std::size_t calls = 0;
};

void on_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < count; at = next++) work(at);
    });
  }
}

struct Inflated {
  std::string bytes;
  std::string verdict;  ///< "ok", or the fault
  std::uint64_t consumed = 0;

  /// What a broken member gives before its fault may be anything.
  bool operator==(const Inflated& other) const {
    return verdict == other.verdict && consumed == other.consumed &&
           (!verdict.starts_with("ok") || bytes == other.bytes);
  }
};

Inflated inflate(std::string_view package, const SideBySide& side_by_side, std::size_t chunk = 1 << 20,
                 std::size_t buffer_size = 100'000) {
  ChunkedSource source(package, chunk);
  Gunzip gunzip(source, side_by_side);
  Inflated inflated;
  std::vector<std::byte> buffer(buffer_size);
  for (;;) {
    const auto count = gunzip.read(buffer);
    if (!count) {
      inflated.verdict = gunzip.fault() ? gunzip.fault()->detail : "Error: " + count.error().text();
      break;
    }
    if (*count == 0) {
      inflated.verdict = gunzip.padded() ? "ok, padded" : "ok";
      break;
    }
    inflated.bytes += as_text(ByteView(buffer).first(*count));
  }
  inflated.consumed = gunzip.consumed();
  return inflated;
}

std::string noise(std::size_t size, std::uint32_t seed = 1) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 1664525U + 1013904223U;
    text.push_back(static_cast<char>(seed >> 24U));
  }
  return text;
}

/// Every kind of header, nothing at all, stored and deflated bytes.
std::string mixed_members() {
  std::string package = gzip("first");
  for (const std::string& content : {noise(300), std::string(500, 'a'), std::string()}) {
    package += gzip(content) + gzip(content, 0);
  }
  return package + gzip_with_fields("fields, and a check value of the header") + gzip(noise(200, 2), 1) + gzip("last");
}

TEST(MembersTest, GiveTheSameOnSeveralThreads) {
  std::string package;
  std::string content;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::string part = noise(20'000, i) + std::string(45'000, static_cast<char>('a' + i % 26));
    package += gzip(part, static_cast<int>(i % 10));
    content += part;
  }
  std::atomic<std::size_t> calls = 0;
  const auto counted = [&](std::size_t count, const auto& work) {
    ++calls;
    on_threads(count, work);
  };
  const Inflated inflated = inflate(package, counted);
  EXPECT_EQ(inflated.verdict, "ok");
  EXPECT_TRUE(inflated.bytes == content);
  EXPECT_EQ(inflated.consumed, package.size());
  EXPECT_GE(calls, package.size() / MemberBatch::kPackedSize);
  for (const std::size_t chunk : {std::size_t{777}, std::size_t{300'000}}) {
    EXPECT_EQ(inflate(package, on_threads, chunk, 1 << 20), inflated);
  }
}

TEST(MembersTest, GiveTheSameCutAtAnyPlace) {
  const std::string package = mixed_members();
  Backwards workers;
  ASSERT_EQ(inflate(package, workers.side_by_side()).verdict, "ok");
  ASSERT_GE(workers.calls, 1U);
  for (std::size_t length = 0; length <= package.size(); ++length) {
    const auto cut = std::string_view(package).substr(0, length);
    ASSERT_EQ(inflate(cut, workers.side_by_side()), inflate(cut, {})) << length;
  }
}

TEST(MembersTest, GiveTheSameWithAnyBitFlipped) {
  const std::string package = mixed_members();
  Backwards workers;
  std::string damaged = package;
  for (std::size_t at = 0; at < package.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      damaged[at] = static_cast<char>(static_cast<unsigned char>(package[at]) ^ (1U << bit));
      ASSERT_EQ(inflate(damaged, workers.side_by_side()), inflate(damaged, {})) << at << ", bit " << bit;
    }
    damaged[at] = package[at];
  }
}

TEST(MembersTest, PaddingAndWhatElseFollowsIsToldAsBefore) {
  Backwards workers;
  for (const std::string& behind : {std::string(1000, '\0'), std::string("x"), std::string("\x1f\x8b\x08\0", 4),
                                    std::string(10, '\0') + gzip("behind zeros"), gzip("").substr(0, 12)}) {
    const std::string package = mixed_members() + behind;
    EXPECT_EQ(inflate(package, workers.side_by_side()), inflate(package, {}));
  }
}

TEST(MembersTest, AWrongGuessCostsOnce) {
  // Stored bytes that look like the header of a member, again and again.
  std::string decoy("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  std::string package;
  for (int i = 0; i < 100'000; ++i) package += gzip("a" + decoy + "b", 0);
  Backwards workers;
  EXPECT_EQ(inflate(package, workers.side_by_side()), inflate(package, {}));
  EXPECT_GE(workers.calls, 1U);
  EXPECT_LE(workers.calls, package.size() / MemberBatch::kPackedSize * 2 + 2);
}

TEST(MembersTest, LargeMembersAndOnesThatLieAboutTheirSizeAreTakenOneByOne) {
  const std::string large = std::string(MemberBatch::kUnpackedMax + 1, 'l');
  std::string liar = gzip("this is longer than it says");
  liar[liar.size() - 4] = 3;
  Backwards workers;
  const std::string sound = gzip("a") + gzip(large) + gzip("b") + gzip("c") + gzip("d") + gzip("e");
  EXPECT_EQ(inflate(sound, workers.side_by_side()), inflate(sound, {}));
  EXPECT_EQ(workers.calls, 1U);  // b, c and d, but not what is behind or before them
  const std::string lying = gzip("a") + gzip("b") + liar + gzip("c") + gzip("d");
  const Inflated inflated = inflate(lying, workers.side_by_side());
  EXPECT_EQ(inflated, inflate(lying, {}));
  EXPECT_EQ(inflated.verdict, "the check value of the gzip stream is wrong");
}

TEST(MembersTest, LimitsHoldAsTheyDoForOne) {
  std::string package = gzip(TarBuilder::header({.name = "zeros", .size = std::size_t{100} << 20}, 0));
  for (int i = 0; i < 100; ++i) package += gzip(std::string(1 << 20, '\0'), 9);
  package += gzip(TarBuilder().end());
  Backwards workers;
  testing_support::MemorySink sink;
  testing_support::TextAccess anywhere(package);
  MemorySpillSpace spills;
  ChunkedSource source(package);
  const auto outcome = unpack_archive({source, &anywhere, &spills, workers.side_by_side()}, kLoc, sink,
                                      {.ratio = 500, .ratio_from = 8 << 20});
  ASSERT_TRUE(outcome);
  ASSERT_TRUE(std::holds_alternative<ArchiveRefusal>(*outcome));
  EXPECT_EQ(std::get<ArchiveRefusal>(*outcome).text, kArchive + "expands more than 500 times");
  EXPECT_LE(sink.files.at("zeros").size(), std::size_t{17} << 20);
  EXPECT_GE(workers.calls, 1U);
}

}  // namespace
}  // namespace strongroom::archive
