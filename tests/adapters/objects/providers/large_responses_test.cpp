// Goal: long answers kept in a bucket of S3 come out by their URLs as they went in, for readers without keys; are
// written once a day; and never wrong (http-api.md 5.2). Method: a real server, requests without a signature, and
// clocks of ours for the days.
#include "adapters/objects/s3/large_responses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/objects/providers/fixture.hpp"
#include "base/limits.hpp"
#include "contracts/object_store_contract.hpp"

namespace strongroom {
namespace {

using contracts::spec_of;
using testing::HasSubstr;
using testing::SizeIs;

/// A clock that goes ahead of the real one.
class AheadClock final : public Clock {
 public:
  Duration ahead{};
  Instant now() override { return real_.now() + ahead; }
  Duration since_boot() override { return real_.since_boot(); }
  bool wait_until(Duration until, std::stop_token stop) override { return real_.wait_until(until, std::move(stop)); }

 private:
  host::SystemClock real_;
};

class S3LargeResponsesTest : public ::testing::Test {
 protected:
  S3LargeResponsesTest() : store_(bench_.s3_store()), responses_(bucket(), "long/", clock_) {}

  std::unique_ptr<s3::Bucket> bucket() { return std::make_unique<s3::Bucket>(bench_.s3_address(), bench_.s3_needs()); }
  Result<std::string> keep(const std::string& text, const std::string& type = "application/json") {
    return responses_.keep({spec_of(text), type}, [this, text]() -> Result<std::unique_ptr<ByteSource>> {
      ++opened_;
      return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(text));
    });
  }
  /// As a reader has it, who has no keys.
  WebAnswer fetched(const std::string& url) {
    auto answer = bench_.web.exchange({"GET", url, {}, {}});
    EXPECT_TRUE(answer) << answer.error().text();
    return answer ? *answer : WebAnswer{};
  }
  std::vector<std::string> keys() {
    std::vector<std::string> found;
    for (const ObjectInfo& object : store_->list("", "", 100).value()) found.push_back(object.key);
    return found;
  }

  test::ProviderBench bench_;
  std::unique_ptr<s3::S3Store> store_;
  AheadClock clock_;
  s3::S3LargeResponses responses_;
  std::size_t opened_ = 0;
};

TEST_F(S3LargeResponsesTest, D7_AnyoneWithTheUrlGetsTheBytes) {
  const std::string text = "{\"type\":\"Bag\"}";
  const auto url = keep(text, "application/ld+json");
  ASSERT_TRUE(url) << url.error().text();
  EXPECT_THAT(*url, HasSubstr("X-Amz-Expires=86400"));
  const WebAnswer answer = fetched(*url);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, text);
  EXPECT_EQ(answer.header("Content-Type"), "application/ld+json");
  EXPECT_EQ(fetched(url->substr(0, url->find('?'))).status, 403) << "the object itself is nobody's to read";
}

TEST_F(S3LargeResponsesTest, ItIsWrittenOnceADay) {
  // Noon, so that no day ends meanwhile.
  clock_.ahead = std::chrono::hours(12) - (clock_.now().time_since_epoch() % std::chrono::hours(24));
  const std::string day = format_instant(clock_.now()).substr(0, 10);
  const std::string name = spec_of("text").sha256.hex() + ".json";
  ASSERT_TRUE(keep("text"));
  ASSERT_TRUE(keep("text", "application/ld+json"));
  EXPECT_EQ(opened_, 1U);
  EXPECT_EQ(keys(), std::vector<std::string>{"long/" + day + "/" + name});
  // What lies there from a day before may go at any time from tomorrow on.
  clock_.ahead += std::chrono::hours(12);
  ASSERT_TRUE(keep("text"));
  EXPECT_EQ(opened_, 2U);
  EXPECT_THAT(keys(), SizeIs(2));
  EXPECT_NE(keys()[1].substr(5, 10), day);
}

TEST_F(S3LargeResponsesTest, OneOfManyPartsComesOutWhole) {
  std::string text(2 * limits::kLargeResponsePart + 1, 'x');
  for (std::size_t i = 0; i < text.size(); i += 1000) text[i] = static_cast<char>('a' + i / 1000 % 26);
  const auto url = keep(text);
  ASSERT_TRUE(url) << url.error().text();
  ASSERT_TRUE(keep(text));
  EXPECT_EQ(opened_, 1U);
  EXPECT_TRUE(fetched(*url).body == text);
}

TEST_F(S3LargeResponsesTest, WrongContentIsNotKept) {
  const LargeResponse response{spec_of("text"), "application/json"};
  const auto url = responses_.keep(response, contracts::opener_of("tent"));
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().reason, Reason::corrupt);
  const auto failing = responses_.keep(
      response, []() -> Result<std::unique_ptr<ByteSource>> { return broken("the content cannot be had"); });
  ASSERT_FALSE(failing);
  EXPECT_THAT(failing.error().text(), HasSubstr("the content cannot be had"));
  EXPECT_THAT(keys(), SizeIs(0));
}

TEST_F(S3LargeResponsesTest, ABucketThatIsNotThereIsAnErrorSoon) {
  s3::BucketAddress address = bench_.s3_address();
  address.bucket += "-none";
  s3::BucketNeeds needs = bench_.s3_needs();
  needs.patience = s3::S3LargeResponses::kPatience;
  s3::S3LargeResponses none(std::make_unique<s3::Bucket>(address, needs), "", clock_);
  const auto url = none.keep({spec_of("text"), "application/json"}, contracts::opener_of("text"));
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().reason, Reason::no_container) << url.error().text();
}

}  // namespace
}  // namespace strongroom
