// Goal: bytes come from the first location that can give them, another goes on where one stops, and what is damaged is
// never whole (case E4). Method: stores in memory that lack, cut, change and fail.
#include "retrieve/stored_file.hpp"

#include <gtest/gtest.h>

#include "retrieve/stored_version.hpp"

namespace strongroom::retrieve {
namespace {

class OpenFile : public ::testing::Test {
 protected:
  OpenFile() {
    for (std::size_t i = 0; i < 300'000; ++i) content.push_back(static_cast<char>('a' + i * i % 23));
    for (test::FakeStore& store : archive.stores) store.objects["maps/x/v1/data/a"] = content;
  }
  [[nodiscard]] WantedFile wanted() const {
    return {"maps/x/v1/data/a", content.size(), digest_of(Algorithm::sha256, content), {"first", "second", "third"}};
  }
  /// What came, and the reason why no more did.
  struct Read {
    std::string text;
    std::optional<Reason> failed;
  };
  Read read(ByteRange range = {}) {
    auto opened = open_file(archive.copies(), wanted(), range);
    if (!opened) return {"", opened.error().reason};
    Read result;
    std::vector<std::byte> buffer(7000);
    for (;;) {
      const auto n = (*opened)->read(buffer);
      if (!n) {
        EXPECT_EQ((*opened)->read(buffer).error().reason, n.error().reason);
        result.failed = n.error().reason;
        return result;
      }
      if (*n == 0) return result;
      result.text.append(as_text(ByteView(buffer).first(*n)));
    }
  }
  std::string& copy(const std::string& name) { return store(name).objects["maps/x/v1/data/a"]; }
  test::FakeStore& store(const std::string& name) {
    return archive.stores[name == "second" ? 0 : name == "first" ? 1 : 2];
  }
  double told(const std::string& location, const std::string& fault) {
    return archive.metrics.counts["strongroom_copies_unusable_total " + location + " " + fault];
  }

  /// What is known of a location's copy, in words; empty for nothing.
  std::string damage_of(const std::string& location) {
    const auto known = archive.damage.damage_in(location, "", 10);
    EXPECT_TRUE(known);
    EXPECT_LE(known->size(), 1U);
    return known->empty() ? "" : known->front().what;
  }
  [[nodiscard]] std::size_t logged(const std::string& event) const {
    std::size_t count = 0;
    for (std::size_t at = archive.log.text.find(event); at != std::string::npos;
         at = archive.log.text.find(event, at + 1)) {
      ++count;
    }
    return count;
  }

  Archive archive;
  std::string content;
};

TEST_F(OpenFile, FromThePrimaryLocation) {
  EXPECT_EQ(read().text, content);
  EXPECT_EQ(store("first").asked.size(), 1U);
  EXPECT_TRUE(store("second").asked.empty() && store("third").asked.empty());
  EXPECT_TRUE(archive.metrics.counts.empty());
}

TEST_F(OpenFile, OnlyTheRange) {
  EXPECT_EQ(read({10, 20}).text, content.substr(10, 20));
  EXPECT_EQ(read({299'999, 1}).text, content.substr(299'999));
  EXPECT_EQ(store("first").asked[0].first, 10U);
  EXPECT_EQ(store("first").asked[0].length, 20U);
}

TEST_F(OpenFile, E4_AMissingCopyIsPassedOver) {
  store("first").objects.clear();
  EXPECT_EQ(read().text, content);
  EXPECT_EQ(told("first", "missing"), 1);
  EXPECT_NE(archive.log.text.find("file.copy_unusable"), std::string::npos);
  store("second").objects.clear();
  EXPECT_EQ(read({5, 5}).text, content.substr(5, 5));
  EXPECT_EQ(told("second", "missing"), 1);
  store("third").objects.clear();
  EXPECT_EQ(read().failed, Reason::not_found);
}

TEST_F(OpenFile, AnotherGoesOnWhereOneStops) {
  copy("first").resize(100'000);
  store("second").fails_after = 50'000;
  const Read result = read();
  EXPECT_EQ(result.text, content);
  EXPECT_FALSE(result.failed);
  EXPECT_EQ(told("first", "damaged"), 1);
  EXPECT_EQ(told("second", "unreadable"), 1);
  EXPECT_EQ(store("third").asked[0].first, 150'000U);
}

TEST_F(OpenFile, E4_WhatIsWrongIsNeverWhole) {
  copy("first")[1000] ^= 1;
  const Read result = read();
  EXPECT_EQ(result.failed, Reason::corrupt);
  EXPECT_LT(result.text.size(), content.size());
  EXPECT_EQ(told("first", "damaged"), 1);
  // A part cannot be checked.
  EXPECT_EQ(read({0, 5}).text, content.substr(0, 5));
}

TEST_F(OpenFile, OnlyLocationsThatHoldIt) {
  auto file = wanted();
  file.location_uuids = {"third"};
  ASSERT_TRUE(open_file(archive.copies(), file));
  EXPECT_TRUE(store("first").asked.empty() && store("second").asked.empty());
  file.location_uuids = {"elsewhere"};
  EXPECT_EQ(open_file(archive.copies(), file).error().reason, Reason::not_found);
}

TEST_F(OpenFile, E4_NeverFromAnArchiveTier) {
  for (LocationFacts& facts : archive.locations) {
    if (facts.uuid != "third") facts.tier = AccessTier::archive;
  }
  EXPECT_EQ(read().text, content);
  EXPECT_TRUE(store("first").asked.empty() && store("second").asked.empty());
  archive.locations[2].tier = AccessTier::archive;
  EXPECT_EQ(read().failed, Reason::archived);
  // A copy that is gone is not one that waits to be restored.
  archive.locations[2].tier = AccessTier::cool;
  store("third").objects.clear();
  EXPECT_EQ(read().failed, Reason::not_found);
}

TEST_F(OpenFile, EmptyFiles) {
  content.clear();
  for (test::FakeStore& one : archive.stores) one.objects["maps/x/v1/data/a"].clear();
  store("first").objects.clear();
  const Read result = read();
  EXPECT_FALSE(result.failed);
  EXPECT_EQ(result.text, "");
  EXPECT_EQ(told("first", "missing"), 1);
}

// ---- what becomes known of copies

TEST_F(OpenFile, ADamagedCopyIsKnownOnceUntilItWasReadWhole) {
  const std::string whole = copy("first");
  store("first").objects.clear();
  EXPECT_EQ(read().text, content) << "from the next one";
  EXPECT_EQ(read({5, 5}).text, content.substr(5, 5));
  EXPECT_EQ(damage_of("first"), "no such object");
  EXPECT_EQ(damage_of("second"), "");
  EXPECT_EQ(logged("file.copy_damaged"), 1U);
  const auto noted = archive.damage.damage_in("first", "", 10)->front();
  EXPECT_EQ(noted.copy, (FileCopy{"first", wanted().key, wanted().size, wanted().sha256}));
  EXPECT_EQ(noted.found, archive.clock.now());

  copy("first") = whole;
  EXPECT_EQ(read({5, 5}).text, content.substr(5, 5));
  EXPECT_EQ(damage_of("first"), "no such object") << "a part proves nothing";
  EXPECT_EQ(read().text, content);
  EXPECT_EQ(damage_of("first"), "");
  EXPECT_EQ(logged("file.copy_whole_again"), 1U);
  EXPECT_EQ(read().text, content);
  EXPECT_EQ(logged("file.copy_whole_again"), 1U);
}

TEST_F(OpenFile, OtherBytesAndFewerAreDamage) {
  copy("first")[1000] ^= 1;
  EXPECT_EQ(read().failed, Reason::corrupt);
  EXPECT_EQ(damage_of("first"), "a stored file does not have the recorded digest");
  store("first").objects.clear();
  copy("second").resize(100'000);
  EXPECT_EQ(read().text, content);
  EXPECT_EQ(damage_of("second"), "the object is shorter");
  EXPECT_EQ(damage_of("third"), "");
}

TEST_F(OpenFile, MoreBytesThanRecordedAreNotRightAgain) {
  store("first").objects.clear();
  EXPECT_EQ(read().text, content);
  copy("first") = content + "x";
  EXPECT_EQ(read().text, content);
  EXPECT_NE(damage_of("first"), "");
}

TEST_F(OpenFile, WhatOnlyFailedIsNotKnownToBeDamaged) {
  store("first").fails_after = 1000;
  for (const Error& error : {temporary("the connection broke off", "", Reason::truncated), temporary("the disk hangs"),
                             broken("odd"), temporary("not now", "", Reason::not_found)}) {
    store("first").failure = error;
    EXPECT_EQ(read().text, content);
  }
  for (const Error& error :
       {broken("it is archived", "", Reason::archived), temporary("403", "", Reason::forbidden),
        temporary("no bucket", "", Reason::no_container), temporary("slow down", "", Reason::limit)}) {
    store("first").refusal = error;
    EXPECT_EQ(read().text, content);
  }
  EXPECT_EQ(damage_of("first"), "");
  EXPECT_EQ(logged("file.copy_damaged"), 0U);
}

TEST_F(OpenFile, OfSeveralCopiesNobodyKnowsWhoseBytesAreWrong) {
  copy("first")[1000] ^= 1;
  store("first").fails_after = 50'000;
  EXPECT_EQ(read().failed, Reason::corrupt);
  EXPECT_EQ(damage_of("first"), "");
  EXPECT_EQ(damage_of("second"), "") << "its bytes are right";
}

TEST_F(OpenFile, ARegisterInTroubleHoldsNobodyUp) {
  class Down final : public KnownDamage {
   public:
    Result<bool> note_damage(const Damage&) override { return test::unreachable(); }
    Result<bool> end_damage(const std::string&, const std::string&) override { return test::unreachable(); }
    Result<bool> is_file_damaged(const std::string&, const std::string&) override { return test::unreachable(); }
    Result<bool> is_copy_damaged(const std::string&, const BagId&, Version) override { return test::unreachable(); }
    Result<std::vector<Damage>> damage_in(const std::string&, const std::string&, std::size_t) override {
      return test::unreachable();
    }
    Result<std::uint64_t> count_damage(const std::string&) override { return test::unreachable(); }
  };
  Down down;
  DamageNotes notes(down, archive.clock, archive.log);
  CopyNeeds needs = archive.copies();
  needs.damage = &notes;
  store("first").objects.clear();
  auto opened = open_file(needs, wanted());
  ASSERT_TRUE(opened);
  const auto text = read_all(**opened, content.size());
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, content);
  EXPECT_EQ(logged("damage_not_kept"), 2U) << "the damage, and whether the good copy is news";
}

}  // namespace
}  // namespace strongroom::retrieve
