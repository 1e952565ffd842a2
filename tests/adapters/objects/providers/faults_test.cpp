// What goes wrong on the way to a provider: nothing is lost, nothing is silently partial, and each call makes as many
// requests as it should.
#include <gmock/gmock.h>

#include "adapters/objects/providers/fixture.hpp"
#include "adapters/objects/s3/sources.hpp"
#include "contracts/contract.hpp"

namespace strongroom {
namespace {

using contracts::opener_of;
using contracts::read_object;
using contracts::sample_text;
using contracts::spec_of;
using testing::HasSubstr;

constexpr const char* kS3 = "STRONGROOM_TEST_S3_FAULTY";
constexpr const char* kSwift = "STRONGROOM_TEST_SWIFT";
constexpr const char* kAzure = "STRONGROOM_TEST_AZURE_FAULTY";

class FaultsTest : public testing::TestWithParam<const char*> {
 protected:
  FaultsTest() {
    is_s3_ = GetParam() == std::string("s3");
    const std::string endpoint = bench_.endpoint(is_s3_ ? kS3 : kAzure);
    origin_ = endpoint.substr(0, endpoint.find('/', endpoint.find("://") + 3));
    store_ = is_s3_ ? std::unique_ptr<remote::RemoteStore>(bench_.s3_store({}, kS3)) : bench_.azure_store({}, kAzure);
    plan("[]");
  }
  ~FaultsTest() override { plan("[]"); }

  /// The faults that come next; the counts begin anew.
  void plan(const std::string& faults) {
    WebRequest request;
    request.method = "POST";
    request.url = origin_ + "/faults";
    request.body = faults;
    ASSERT_TRUE(bench_.web.exchange(request));
  }
  /// `{"PUT": 2, "HEAD": 1}`: what was asked since.
  std::string count() {
    WebRequest request;
    request.method = "GET";
    request.url = origin_ + "/count";
    const auto answer = bench_.web.exchange(request);
    return answer ? answer->body : answer.error().text();
  }
  Result<void> put(const std::string& key, const std::string& content) {
    return store_->put(key, spec_of(content), opener_of(content));
  }
  void expect_stored(const std::string& key, const std::string& content) {
    const auto stored = read_object(*store_, key);
    ASSERT_TRUE(stored) << stored.error().text();
    EXPECT_EQ(*stored, content);
  }

  test::ProviderBench bench_;
  bool is_s3_ = true;
  std::string origin_;
  std::unique_ptr<remote::RemoteStore> store_;
};

TEST_P(FaultsTest, AFileIsOneRequestOutAndOneBack) {
  ASSERT_TRUE(put("k", "content"));
  EXPECT_EQ(count(), R"({"PUT": 1})");
  plan("[]");
  expect_stored("k", "content");
  EXPECT_EQ(count(), R"({"GET": 1})");
  plan("[]");
  ASSERT_TRUE(store_->stat("k"));
  EXPECT_EQ(count(), R"({"HEAD": 1})");
  plan("[]");
  ASSERT_TRUE(store_->list("", "", 1000));
  EXPECT_EQ(count(), R"({"GET": 1})");
}

TEST_P(FaultsTest, TroubleThatPassesIsNotSeen) {
  int n = 0;
  for (const char* fault : {R"("do": "status", "status": 503, "code": "SlowDown")", R"("do": "status", "status": 500)",
                            R"("do": "status", "status": 429, "retryAfter": 0)", R"("do": "refuse")"}) {
    const std::string key = "k" + std::to_string(n++);
    plan(std::string(R"([{"method": "PUT", "times": 2, )") + fault + "}]");
    const auto stored = put(key, "content");
    EXPECT_TRUE(stored) << fault << ": " << stored.error().text();
    EXPECT_EQ(count(), R"({"PUT": 3})") << fault;
    plan(std::string(R"([{"method": "GET", "times": 2, )") + fault + "}]");
    expect_stored(key, "content");
    plan(std::string(R"([{"method": "HEAD", "times": 2, )") + fault + "}]");
    const auto info = store_->stat(key);
    ASSERT_TRUE(info) << fault << ": " << info.error().text();
    EXPECT_EQ((*info)->size, 7U);
    plan(std::string(R"([{"method": "GET", "times": 2, )") + fault + "}]");
    EXPECT_TRUE(store_->list("", "", 10)) << fault;
  }
}

TEST_P(FaultsTest, TroubleThatStaysIsTemporaryAndStoresNothing) {
  plan(R"([{"method": "PUT", "times": 99, "do": "status", "status": 503, "code": "SlowDown"}])");
  const auto stored = put("k", "content");
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().act, Act::temporary);
  EXPECT_THAT(stored.error().text(), HasSubstr("answered 503"));
  EXPECT_EQ(count(), R"({"PUT": 4})");
  plan("[]");
  const auto info = store_->stat("k");
  ASSERT_TRUE(info);
  EXPECT_FALSE(*info);
}

TEST_P(FaultsTest, ALostAnswerToAPutIsNoSecondObject) {
  plan(R"([{"method": "PUT", "do": "lose"}])");
  const auto stored = put("k", "content");
  EXPECT_TRUE(stored) << stored.error().text();
  expect_stored("k", "content");
  plan(R"([{"method": "PUT", "do": "lose"}])");
  const auto other = put("k", "CONTENT");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, Reason::content_differs);
  expect_stored("k", "content");
}

TEST_P(FaultsTest, AnAnswerThatIsCutIsReadOn) {
  const std::string content = sample_text(3'000'000, 1);
  ASSERT_TRUE(put("k", content));
  plan(R"([{"method": "GET", "do": "cut", "bytes": 1000000}, {"method": "GET", "do": "cut", "bytes": 0},
           {"method": "GET", "do": "cut", "bytes": 5}])");
  expect_stored("k", content);
  EXPECT_EQ(count(), R"({"GET": 4})");
  plan(R"([{"method": "GET", "do": "cut", "bytes": 100}])");
  const auto range = read_object(*store_, "k", {1000, 500});
  ASSERT_TRUE(range) << range.error().text();
  EXPECT_EQ(*range, content.substr(1000, 500));
}

TEST_P(FaultsTest, AnAnswerThatStaysCutIsNotTakenForAnEnd) {
  ASSERT_TRUE(put("k", "0123456789"));
  plan(R"([{"method": "GET", "times": 99, "do": "cut", "bytes": 0}])");
  const auto stored = read_object(*store_, "k");
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().act, Act::temporary);
  EXPECT_EQ(stored.error().reason, Reason::truncated);
}

TEST_P(FaultsTest, ARangeOfAnotherLengthThanItSaysIsReadOn) {
  ASSERT_TRUE(put("k", "0123456789"));
  // Content-Range tells how many there are; the body has fewer.
  plan(R"([{"method": "GET", "do": "short", "bytes": 2}])");
  const auto range = read_object(*store_, "k", {3, 5});
  ASSERT_TRUE(range) << range.error().text();
  EXPECT_EQ(*range, "34567");
}

TEST_P(FaultsTest, AListThatIsCutIsAskedForAgain) {
  ASSERT_TRUE(put("a", "1"));
  ASSERT_TRUE(put("b", "2"));
  plan(R"([{"method": "GET", "do": "cut", "bytes": 120}])");
  const auto keys = contracts::keys_below(*store_, "");
  ASSERT_TRUE(keys) << keys.error().text();
  EXPECT_THAT(*keys, testing::ElementsAre("a", "b"));
}

TEST_P(FaultsTest, MissingPermissionIsTheOperatorsAndNotTakenForAbsence) {
  for (const char* method : {"HEAD", "GET", "PUT"}) {
    plan(std::string(R"([{"method": ")") + method +
         R"(", "times": 9, "do": "status", "status": 403, "code": "AccessDenied"}])");
    const auto failure = method == std::string("HEAD")  ? store_->stat("k").error()
                         : method == std::string("GET") ? read_object(*store_, "k").error()
                                                        : put("k", "content").error();
    EXPECT_EQ(failure.reason, Reason::forbidden) << method;
    EXPECT_EQ(failure.act, Act::temporary) << method;
  }
}

TEST_P(FaultsTest, AFailingSourceIsToldAtOnce) {
  const auto failing = []() -> Result<std::unique_ptr<ByteSource>> { return temporary("a disk failed", "here"); };
  const auto stored = store_->put("k", spec_of("content"), failing);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().text(), "a disk failed (here)");
  EXPECT_EQ(count(), "{}");
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaultsTest, testing::Values("s3", "azure"),
                         [](const auto& of) { return std::string(of.param); });

// ---- what only S3 has ----------------------------------------------------------------------------------------------

/// On each of two S3 servers that have nothing in common.
class S3PartsTest : public testing::TestWithParam<const char*> {
 protected:
  static constexpr std::uint64_t kPart = 5U << 20U;
  S3PartsTest()
      : content_(sample_text(2 * kPart + 12345, 3)),
        faulty_(GetParam() + std::string("_FAULTY")),
        origin_(bench_.endpoint(faulty_.c_str())) {
    new_store();
    plan("[]");
  }
  ~S3PartsTest() override { plan("[]"); }
  void plan(const std::string& faults) {
    WebRequest request;
    request.method = "POST";
    request.url = origin_ + "/faults";
    request.body = faults;
    ASSERT_TRUE(bench_.web.exchange(request));
  }
  void new_store() {
    s3::StoreOptions options;
    options.part_size = kPart;
    if (GetParam() == std::string(kSwift)) options.create_only = s3::CreateOnly::by_looking;
    store_ = bench_.s3_store(options, faulty_.c_str());
  }
  std::string count() {
    WebRequest request;
    request.method = "GET";
    request.url = origin_ + "/count";
    const auto answer = bench_.web.exchange(request);
    return answer ? answer->body : answer.error().text();
  }
  Result<void> put() { return store_->put("big", spec_of(content_), opener_of(content_)); }
  void expect_stored() {
    const auto stored = read_object(*store_, "big");
    ASSERT_TRUE(stored) << stored.error().text();
    EXPECT_TRUE(*stored == content_);
  }
  /// Uploads in parts that are still open.
  std::size_t open_uploads() {
    s3::Bucket bucket(bench_.s3_address(GetParam()), bench_.s3_needs());
    const auto listed = bucket.ask({"GET", "", {{"uploads", ""}}});
    EXPECT_TRUE(listed) << listed.error().text();
    std::size_t count = 0;
    for (const cloud::XmlElement& entry : listed->children) count += entry.name == "Upload" ? 1 : 0;
    return count;
  }

  test::ProviderBench bench_;
  const std::string content_;
  const std::string faulty_;
  const std::string origin_;
  std::unique_ptr<s3::S3Store> store_;
};

TEST_P(S3PartsTest, ALargeObjectGoesInParts) {
  const auto stored = put();
  ASSERT_TRUE(stored) << stored.error().text();
  EXPECT_EQ(count(), R"({"HEAD": 1, "POST": 2, "PUT": 3})");
  expect_stored();
  EXPECT_EQ(open_uploads(), 0U);
  plan("[]");
  EXPECT_TRUE(put());
  EXPECT_EQ(count(), R"({"HEAD": 1, "GET": 1})");
}

TEST_P(S3PartsTest, LostAndFailingAnswersOfEachKindAreOvercome) {
  for (const char* fault :
       {R"({"method": "PUT", "match": "partNumber=2", "do": "lose"})",
        R"({"method": "PUT", "match": "partNumber=3", "do": "status", "status": 500})",
        R"({"method": "POST", "match": "uploadId", "do": "lose"})",
        R"({"method": "POST", "match": "uploadId", "do": "error200", "code": "InternalError"})",
        R"({"method": "POST", "match": "uploads", "do": "status", "status": 503, "code": "SlowDown"})"}) {
    bench_.name = "b" + random_uuid(bench_.entropy).substr(0, 18);
    new_store();
    plan(std::string("[") + fault + "]");
    const auto stored = put();
    ASSERT_TRUE(stored) << fault << ": " << stored.error().text();
    expect_stored();
    EXPECT_EQ(open_uploads(), 0U) << fault;
  }
}

TEST_P(S3PartsTest, AnUploadThatFailsIsAborted) {
  plan(R"([{"method": "PUT", "match": "partNumber=2", "times": 99, "do": "status", "status": 403}])");
  const auto stored = put();
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().reason, Reason::forbidden);
  EXPECT_EQ(open_uploads(), 0U);
  const auto info = store_->stat("big");
  ASSERT_TRUE(info);
  EXPECT_FALSE(*info);
}

TEST_P(S3PartsTest, WhatLiesInPartsIsReadAnywhereAndReadOn) {
  ASSERT_TRUE(put());
  for (const ByteRange& range : {ByteRange{kPart - 3, 7}, ByteRange{2 * kPart, {}}, ByteRange{10, kPart + 10}}) {
    const auto part = read_object(*store_, "big", range);
    ASSERT_TRUE(part) << part.error().text();
    EXPECT_TRUE(*part == content_.substr(range.first, range.length.value_or(std::string::npos))) << range.first;
  }
  plan(R"([{"method": "GET", "do": "cut", "bytes": 6000000}, {"method": "GET", "do": "cut", "bytes": 100}])");
  expect_stored();
  EXPECT_EQ(count(), R"({"GET": 3})");
}

TEST_P(S3PartsTest, ContentThatIsNotAsPromisedIsNeverCompleted) {
  std::string other = content_;
  other.back() = static_cast<char>(other.back() ^ 1);
  const auto stored = store_->put("big", spec_of(content_), opener_of(other));
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().reason, Reason::corrupt);
  EXPECT_EQ(open_uploads(), 0U);
}

TEST_P(S3PartsTest, WhatDeadAttemptsLeftIsCleanedUp) {
  s3::Bucket bucket(bench_.s3_address(GetParam()), bench_.s3_needs());
  for (const char* key : {"space/bag/v1/a", "space/bag/v1/b", "space/bag/v10/a"}) {
    ASSERT_TRUE(bucket.ask({"POST", key, {{"uploads", ""}}}));
  }
  EXPECT_TRUE(store_->clean_up("space/bag/v1/", kPart));
  EXPECT_EQ(open_uploads(), 3U) << "no object was so large that it went in parts";
  EXPECT_TRUE(store_->clean_up("space/bag/v1/", kPart + 1));
  EXPECT_EQ(open_uploads(), 1U);
}

TEST_P(S3PartsTest, RegionsAndClocksAreCorrectedOnce) {
  ASSERT_TRUE(store_->put("k", spec_of("content"), opener_of("content")));
  plan(R"([{"method": "GET", "do": "status", "status": 400, "code": "AuthorizationHeaderMalformed"}])");
  const auto malformed = read_object(*store_, "k");
  ASSERT_FALSE(malformed) << "nothing said which region it should be";
  plan(R"([{"method": "GET", "do": "status", "status": 403, "code": "RequestTimeTooSkewed"}])");
  const auto skewed = read_object(*store_, "k");
  EXPECT_FALSE(skewed) << "the answer has no date to go by";
}

TEST_P(S3PartsTest, APresignedUrlGivesTheObjectToAnybody) {
  ASSERT_TRUE(store_->put("a b+\xC3\xA9", spec_of("content"), opener_of("content")));
  s3::Bucket bucket(bench_.s3_address(GetParam()), bench_.s3_needs());
  const auto url = bucket.presigned_url("a b+\xC3\xA9", std::chrono::minutes(5));
  ASSERT_TRUE(url);
  WebRequest request;
  request.method = "GET";
  request.url = *url;
  const auto answer = bench_.web.exchange(request);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->body, "content");
  request.url.back() = request.url.back() == '0' ? '1' : '0';
  const auto refused = bench_.web.exchange(request);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
}

TEST_P(S3PartsTest, WrongKeysAreForbidden) {
  cloud::AwsKeyring wrong(
      {"", "", "us-east-1"},
      [](const std::string& name) -> std::optional<std::string> {
        if (name == "AWS_SECRET_ACCESS_KEY") return "wrong";
        return test::variable(name);
      },
      bench_.web, bench_.clock);
  s3::Bucket bucket(bench_.s3_address(GetParam()),
                    {bench_.web, wrong, bench_.clock, bench_.entropy, bench_.room, bench_.patience});
  const auto answer = bucket.carry_out({"GET", "", {{"list-type", "2"}}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::forbidden);
  EXPECT_THAT(answer.error().text(), HasSubstr("SignatureDoesNotMatch"));
}

INSTANTIATE_TEST_SUITE_P(Servers, S3PartsTest, testing::Values("STRONGROOM_TEST_S3", kSwift),
                         [](const auto& of) { return of.param == std::string(kSwift) ? "swift" : "ceph"; });

}  // namespace
}  // namespace strongroom
