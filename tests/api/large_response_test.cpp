// Goal: a long document of a bag is answered by 307 to the same bytes elsewhere, and by the bytes themselves whenever
// that cannot be (http-api.md 5.2; cases-storage.md D7). Method: descriptions in memory, and an elsewhere in memory
// that refuses wrong content, fails when told so, and lets time pass or other requests come meanwhile.
#include <gtest/gtest.h>

#include "api/api_fixture.hpp"
#include "api/large_response_turns.hpp"
#include "support/fake_large_responses.hpp"

namespace strongroom::test {
namespace {

class LargeResponseTest : public ApiTest {
 protected:
  LargeResponseTest() {
    StoredBag bag;
    for (int i = 0; i < 10'000; ++i) {
      std::string number = std::to_string(i);
      number.insert(0, 6 - number.size(), '0');
      bag.files.push_back(described("data/" + number + ".txt", 1, 6, {}));
    }
    row = store("large", 1, bag);
    store("small", 1);
    whole = get("large").text;
    large_responses = &elsewhere;
    redirect_above(100'000);
  }
  void redirect_above(std::uint64_t bytes) {
    config.redirect_above = bytes;
    start();
  }
  ApiAnswer get(const std::string& identifier) { return as_all("GET", "/bags/maps/" + identifier).send(); }
  void expect_inline(const ApiAnswer& answer) const {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("ETag"), "\"maps/large/v1\"");
    EXPECT_FALSE(answer.aborted);
    EXPECT_EQ(answer.text, whole);
  }
  /// The bytes that the answer leads to.
  FakeLargeResponses::Kept followed(const ApiAnswer& answer) {
    EXPECT_EQ(answer.status, 307);
    EXPECT_TRUE(elsewhere.kept.contains(answer.header("Location"))) << answer.header("Location");
    return elsewhere.kept[answer.header("Location")];
  }
  bool is_told() const { return log.text.find("large_response_not_kept") != std::string::npos; }

  FakeLargeResponses elsewhere;
  VersionRow row{Version(1), VersionState::registered, *IngestId::parse(kUnknownId), true, {}};
  std::string whole;  ///< the document as it is without an elsewhere
};

TEST_F(LargeResponseTest, D7_ALongDocumentIsRedirectedToTheSameBytes) {
  ASSERT_GT(whole.size(), 1'000'000U);
  const auto answer = get("large");
  EXPECT_EQ(followed(answer).bytes, whole);
  EXPECT_EQ(followed(answer).media_type, "application/json");
  EXPECT_EQ(answer.text, "");
  for (const char* none : {"ETag", "Content-Type", "Content-Encoding"}) EXPECT_FALSE(answer.has_header(none)) << none;
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");
  EXPECT_TRUE(answer.has_header("X-Request-Id"));
  EXPECT_EQ(log.text.find("elsewhere.test"), std::string::npos) << "whoever reads the log could read the bag";
  // It is found again, not written again.
  EXPECT_EQ(get("large").header("Location"), answer.header("Location"));
  EXPECT_EQ(elsewhere.asked, 2U);
  EXPECT_EQ(elsewhere.written, 1U);
}

TEST_F(LargeResponseTest, D7_AShortOneIsSentFromHere) {
  const auto answer = get("small");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("ETag"), "\"maps/small/v1\"");
  EXPECT_EQ(answer.text_at("id"), "maps/small");
  redirect_above(whole.size());
  expect_inline(get("large"));
  EXPECT_EQ(elsewhere.asked, 0U);
  redirect_above(whole.size() - 1);
  EXPECT_EQ(followed(get("large")).bytes, whole);
}

// What must be short is not even rendered to be measured: that holds for the shortest descriptions, too,
// whose files have no digest but the one that is shown.
TEST_F(LargeResponseTest, ADocumentIsHardlyLongerThanItsDescription) {
  EXPECT_LE(whole.size(), row.registration->description_size + 4096);
}

TEST_F(LargeResponseTest, RevalidationComesFirst) {
  const auto fresh = as_all("GET", "/bags/maps/large").header("If-None-Match", "\"maps/large/v1\"").send();
  EXPECT_EQ(fresh.status, 304);
  EXPECT_EQ(fresh.header("ETag"), "\"maps/large/v1\"");
  EXPECT_EQ(elsewhere.asked, 0U);
  EXPECT_EQ(as_all("GET", "/bags/maps/large").header("If-None-Match", "\"maps/large/v0\"").send().status, 307);
}

TEST_F(LargeResponseTest, TheReaderIsToldTheTypeItAskedFor) {
  const auto answer = as_all("GET", "/bags/maps/large").header("Accept", "application/ld+json").send();
  EXPECT_EQ(followed(answer).media_type, "application/ld+json");
}

// A URL is signed for GET.
TEST_F(LargeResponseTest, AHeadIsAnsweredFromHere) {
  EXPECT_EQ(as_all("HEAD", "/bags/maps/large").send().status, 200);
  EXPECT_EQ(elsewhere.asked, 0U);
}

TEST_F(LargeResponseTest, WithoutAnElsewhereEverythingIsSentFromHere) {
  large_responses = nullptr;
  start();
  expect_inline(get("large"));
}

TEST_F(LargeResponseTest, NoReaderFailsWhenItCannotBeKept) {
  elsewhere.fails = temporary("the bucket cannot be reached", "a/key");
  expect_inline(get("large"));
  EXPECT_NE(log.text.find("large_response_not_kept requestId="), std::string::npos);
  EXPECT_NE(log.text.find("the bucket cannot be reached"), std::string::npos);
  // The next readers do not wait for the same failure.
  elsewhere.fails.reset();
  log.text.clear();
  clock.pass(std::chrono::seconds(59));
  expect_inline(get("large"));
  EXPECT_EQ(elsewhere.asked, 1U);
  EXPECT_FALSE(is_told()) << "once is enough";
  clock.pass(std::chrono::seconds(1));
  EXPECT_EQ(followed(get("large")).bytes, whole);
}

TEST_F(LargeResponseTest, NoReaderWaitsForLong) {
  elsewhere.meanwhile = [this] { clock.pass(std::chrono::seconds(46)); };
  expect_inline(get("large"));
  EXPECT_EQ(elsewhere.written, 0U);
  EXPECT_NE(log.text.find("it takes longer than a client waits"), std::string::npos);
}

TEST_F(LargeResponseTest, OnlyTwoAreKeptAtOnce) {
  std::vector<ApiAnswer> answers;
  elsewhere.meanwhile = [&] {
    if (elsewhere.asked <= 2) answers.push_back(get("large"));
  };
  answers.push_back(get("large"));
  // The third came while two were at it; it was answered first.
  ASSERT_EQ(answers.size(), 3U);
  expect_inline(answers[0]);
  EXPECT_EQ(answers[1].status, 307);
  EXPECT_EQ(answers[2].status, 307);
  EXPECT_FALSE(is_told());
  elsewhere.meanwhile = nullptr;
  EXPECT_EQ(get("large").status, 307) << "turns were not given back";
}

TEST_F(LargeResponseTest, ADamagedDescriptionIsKeptNowhere) {
  std::string& stored = records.objects[layout::kept_description_key(row.registration->description_sha256)];
  ASSERT_GT(stored.size(), 1U << 20U) << "damage of a smaller one is found before";
  const auto at = stored.find("\"size\":6", stored.size() / 2);
  ASSERT_NE(at, std::string::npos);
  stored[at + 7] = '7';
  const auto cut = get("large");
  EXPECT_EQ(cut.status, 200);
  EXPECT_TRUE(cut.aborted);
  EXPECT_NE(log.text.find("http.aborted"), std::string::npos);
  EXPECT_EQ(elsewhere.asked, 0U);
  EXPECT_FALSE(is_told()) << "nothing is wrong elsewhere";
}

TEST_F(LargeResponseTest, AChangedDocumentIsKeptAnew) {
  const auto before = get("large");
  catalogue.versions["maps/large"][0].registration->location_uuids.pop_back();
  const auto after = get("large");
  EXPECT_NE(before.header("Location"), after.header("Location"));
  EXPECT_NE(followed(before).bytes, followed(after).bytes);
}

TEST(LargeResponseTurnsTest, AreCountedAndRest) {
  using Answer = api::LargeResponseTurns::Answer;
  api::LargeResponseTurns turns;
  const Duration now = std::chrono::hours(5);
  for (std::size_t i = 0; i < limits::kLargeResponsesAtOnce; ++i) EXPECT_EQ(turns.begin(now), Answer::yes);
  EXPECT_EQ(turns.begin(now), Answer::busy);
  EXPECT_EQ(turns.begin(now), Answer::busy);
  turns.end();
  EXPECT_EQ(turns.begin(now), Answer::yes);
  turns.end();
  turns.rest(now);
  EXPECT_EQ(turns.begin(now), Answer::resting);
  EXPECT_EQ(turns.begin(now + api::LargeResponseTurns::kRest), Answer::yes);
}

}  // namespace
}  // namespace strongroom::test
