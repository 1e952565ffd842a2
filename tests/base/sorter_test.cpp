// Sorter: whatever the memory, the same records come out in key order, equal keys in the order they were added. Each
// case compares with std::stable_sort; the spill space counts what is open at once and can fail.
#include "base/sorter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace strongroom {
namespace {

using Record = std::pair<std::string, std::string>;

/// Spills in memory that are counted while they live, and fail to be made after a number of times.
class WatchedSpills final : public SpillSpace {
 public:
  Result<std::unique_ptr<Spill>> create() override {
    if (created == fail_at) return temporary("full disk", {}, Reason::no_space);
    ++created;
    most_alive = std::max(most_alive, ++alive);
    TRY(auto spill, inner_.create());
    return std::unique_ptr<Spill>(std::make_unique<Watched>(std::move(spill), *this));
  }
  std::size_t created = 0;
  std::size_t alive = 0;
  std::size_t most_alive = 0;
  std::size_t fail_at = SIZE_MAX;
  std::size_t cut_by = 0;  ///< bytes missing at the end of what is read back

 private:
  class Watched final : public Spill {
   public:
    Watched(std::unique_ptr<Spill> inner, WatchedSpills& space) : inner_(std::move(inner)), space_(space) {}
    ~Watched() override { --space_.alive; }
    Result<void> write(ByteView bytes) override { return inner_->write(bytes); }
    Result<std::unique_ptr<ByteSource>> open() override {
      TRY(auto source, inner_->open());
      if (space_.cut_by == 0) return source;
      TRY(std::string text, read_all(*source, std::size_t{1} << 30));
      text.resize(text.size() - std::min(text.size(), space_.cut_by));
      return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(std::move(text)));
    }

   private:
    std::unique_ptr<Spill> inner_;
    WatchedSpills& space_;
  };
  MemorySpillSpace inner_;
};

std::vector<Record> read_records(Sorter& sorter) {
  std::vector<Record> records;
  auto reader = sorter.read();
  EXPECT_TRUE(reader);
  for (;;) {
    const auto record = (*reader)->next();
    EXPECT_TRUE(record);
    if (!record || *record == nullptr) return records;
    records.emplace_back((*record)->key, (*record)->value);
  }
}

std::vector<Record> random_records(std::size_t count, unsigned keys) {
  std::mt19937 random(42);
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    const auto key = random() % keys;
    // Bytes above 0x7F sort behind ASCII, NUL before everything; lengths differ.
    records.emplace_back(std::string(key % 3, '\xC3') + std::to_string(key) + std::string(key % 2, '\0'),
                         std::to_string(i));
  }
  return records;
}

struct SorterCase {
  std::size_t count;
  unsigned keys;
  std::size_t memory;
};

class SorterTest : public testing::TestWithParam<SorterCase> {};

TEST_P(SorterTest, SortsStably) {
  const auto [count, keys, memory] = GetParam();
  auto records = random_records(count, keys);
  WatchedSpills spills;
  {
    Sorter sorter(spills, memory);
    for (const auto& [key, value] : records) ASSERT_TRUE(sorter.add(key, value));
    EXPECT_EQ(sorter.size(), count);
    std::stable_sort(records.begin(), records.end(),
                     [](const Record& a, const Record& b) { return a.first < b.first; });
    EXPECT_EQ(read_records(sorter), records);
    // A second reader starts anew.
    EXPECT_EQ(read_records(sorter), records);
  }
  EXPECT_EQ(spills.alive, 0U);
  // At most fifteen runs a level, and one being written.
  EXPECT_LE(spills.most_alive, 64U);
}

INSTANTIATE_TEST_SUITE_P(All, SorterTest,
                         testing::Values(SorterCase{0, 1, 1 << 20},         // nothing
                                         SorterCase{1, 1, 1 << 20},         // one
                                         SorterCase{1000, 100, 1 << 20},    // in memory
                                         SorterCase{1000, 3, 4096},         // several runs, many equal keys
                                         SorterCase{1000, 1000, 0},         // a run for every record
                                         SorterCase{30'000, 5000, 4096}));  // several levels

TEST(SorterTest, ReadersAreIndependent) {
  MemorySpillSpace spills;
  Sorter sorter(spills, 4096);
  for (int i = 999; i >= 0; --i) ASSERT_TRUE(sorter.add(std::to_string(1000 + i), "v"));
  const auto first = sorter.read();
  const auto second = sorter.read();
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*(*first)->next())->key, "1000");
  EXPECT_EQ((*(*first)->next())->key, "1001");
  EXPECT_EQ((*(*second)->next())->key, "1000");
  EXPECT_EQ((*(*first)->next())->key, "1002");
}

TEST(SorterTest, TakesRecordsLargerThanItsMemory) {
  MemorySpillSpace spills;
  Sorter sorter(spills, 4096);
  const std::string large(300'000, 'x');
  ASSERT_TRUE(sorter.add("b", large));
  ASSERT_TRUE(sorter.add(large, "a"));
  ASSERT_TRUE(sorter.add("a", ""));
  EXPECT_EQ(read_records(sorter), (std::vector<Record>{{"a", ""}, {"b", large}, {large, "a"}}));
}

TEST(SorterTest, MovesWithItsContent) {
  MemorySpillSpace spills;
  Sorter sorter(spills, 4096);
  ASSERT_TRUE(sorter.add("b", "2"));
  Sorter moved = std::move(sorter);
  ASSERT_TRUE(moved.add("a", "1"));
  EXPECT_EQ(read_records(moved), (std::vector<Record>{{"a", "1"}, {"b", "2"}}));
}

TEST(SorterTest, AFullDiskIsPassedOnWhereverItHappens) {
  const auto records = random_records(1000, 1000);
  for (std::size_t fail_at = 0; fail_at < 20; ++fail_at) {
    WatchedSpills spills;
    spills.fail_at = fail_at;
    Sorter sorter(spills, 1024);
    Result<void> added;
    for (std::size_t i = 0; added && i < records.size(); ++i) added = sorter.add(records[i].first, records[i].second);
    ASSERT_FALSE(added) << fail_at;
    EXPECT_EQ(added.error().reason, Reason::no_space);
  }
}

TEST(SorterTest, ACutRunIsNoticed) {
  for (const std::size_t cut : {1U, 5U, 9U}) {
    WatchedSpills spills;
    Sorter sorter(spills, 4096);
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(sorter.add("key " + std::to_string(i), "value"));
    spills.cut_by = cut;
    const auto reader = sorter.read();
    Result<void> outcome;
    if (!reader) outcome = reader.error();
    while (outcome) {
      const auto record = (*reader)->next();
      if (!record) outcome = record.error();
      if (record && *record == nullptr) break;
    }
    ASSERT_FALSE(outcome) << cut;
    EXPECT_EQ(outcome.error().reason, Reason::corrupt);
  }
}

}  // namespace
}  // namespace strongroom
