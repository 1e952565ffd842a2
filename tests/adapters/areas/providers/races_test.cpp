// Goal: what archivists put in place of an object at the very last moment is neither read, nor tagged, copied or erased
// in its stead (transfers.md 4, 12.6; cases E10, F8); and calls whose answers are lost can be made again.
// Method: the wire is interposed: just before a chosen request, another object is put.
#include <gmock/gmock.h>

#include "adapters/areas/providers/fixture.hpp"
#include "contracts/contract.hpp"

namespace strongroom {
namespace {

using contracts::sample_text;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kCeph = "STRONGROOM_TEST_S3";
constexpr const char* kVault = "STRONGROOM_TEST_VAULT";
const AreaTags kTags = {{"Archivematica-TransferId", "T-1"}};

std::string read(TransferArea& area, const AreaObject& object) {
  const auto open = area.open(object);
  std::string bytes(static_cast<std::size_t>(object.size), '\0');
  const auto n = (*open)->read_at(0, std::as_writable_bytes(std::span<char>(bytes.data(), bytes.size())));
  return n ? bytes.substr(0, *n) : n.error().text();
}

template <class T>
void expect_rejected(const Result<T>& result, Reason reason) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, reason) << result.error().text();
  EXPECT_EQ(result.error().act, Act::rejected);
}

class RacesTest : public testing::TestWithParam<const char*> {
 protected:
  test::AreaBench bench_{GetParam()};
};

TEST_P(RacesTest, ReplacedBeforeTheRead) {
  const AreaObject first = bench_.placed("k.zip", "first");
  const auto open = bench_.area->open(first);
  ASSERT_TRUE(open);
  bench_.web.before("GET", "k.zip", [&] { ASSERT_TRUE(bench_.place("k.zip", "other")); });
  std::array<std::byte, 5> into{};
  expect_rejected((*open)->read_at(0, into), Reason::conflict);
}

TEST_P(RacesTest, ReplacedBeforeTheTagsAreWritten) {
  const AreaObject first = bench_.placed("k.zip", "first");
  bench_.web.before("PUT", "tagging", [&] { ASSERT_TRUE(bench_.place("k.zip", "other")); });
  expect_rejected(bench_.area->set_tags(first, kTags), Reason::conflict);
  const auto left = bench_.area->tags(bench_.seen("k.zip"));
  ASSERT_TRUE(left) << left.error().text();
  EXPECT_THAT(*left, IsEmpty()) << "the newer one gets its own";
}

TEST_P(RacesTest, RemovedBeforeTheTagsAreWritten) {
  const AreaObject first = bench_.placed("k.zip", "first");
  bench_.web.before("PUT", "tagging", [&] { ASSERT_TRUE(bench_.remove("k.zip")); });
  expect_rejected(bench_.area->set_tags(first, kTags), Reason::not_found);
}

TEST_P(RacesTest, TagsThatADeadCallLeftOnTheNewerObjectAreTakenOffByTheNext) {
  const AreaObject first = bench_.placed("k.zip", "first");
  const AreaObject second = bench_.placed("k.zip", "other");
  ASSERT_TRUE(bench_.area->set_tags(second, kTags));
  expect_rejected(bench_.area->set_tags(first, kTags), Reason::conflict);
  EXPECT_THAT(bench_.area->tags(second).value(), IsEmpty());
  // Its own stay.
  const AreaTags own = {{"Archivematica-TransferId", "T-2"}};
  ASSERT_TRUE(bench_.area->set_tags(second, own));
  expect_rejected(bench_.area->set_tags(first, kTags), Reason::conflict);
  EXPECT_EQ(bench_.area->tags(second).value(), own);
}

TEST_P(RacesTest, ReplacedBeforeTheCopy) {
  const AreaObject first = bench_.placed("PKG.ZIP", "first");
  bench_.web.before("PUT", "PKG.zip", [&] { ASSERT_TRUE(bench_.place("PKG.ZIP", "other")); });
  expect_rejected(bench_.area->copy(first, "PKG.zip", std::nullopt), Reason::conflict);
  const auto none = bench_.area->stat("PKG.zip");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

// F8: a second upload of the same bytes has the same tag, and is told from the first by its time alone.
TEST_P(RacesTest, TheSameBytesPutAgainAreNotErasedForTheFirst) {
  const AreaObject first = bench_.placed("k.zip", "same");
  AreaObject second = first;
  for (int i = 0; i < 200 && second.modified == first.modified; ++i) {
    bench_.bench.clock.wait_until(bench_.bench.clock.since_boot() + std::chrono::milliseconds(50), {});
    second = bench_.placed("k.zip", "same");
  }
  EXPECT_EQ(second.etag, first.etag);
  expect_rejected(bench_.area->erase(first, false), Reason::conflict);
  EXPECT_EQ(bench_.seen("k.zip"), second);
  EXPECT_TRUE(bench_.area->erase(second, false));
}

TEST_P(RacesTest, LargeObjectsAreCopiedInParts) {
  areas::S3AreaOptions options;
  options.copy_size = 5U << 20U;
  test::AreaBench bench(GetParam(), false, options);
  const std::string content = sample_text((12U << 20U) + 3U, 5);
  const AreaObject object = bench.placed("PKG.ZIP", content);
  const auto twin = bench.area->copy(object, "PKG.zip", std::nullopt);
  ASSERT_TRUE(twin) << twin.error().text();
  EXPECT_TRUE(bench.content("PKG.zip") == content);
  const auto again = bench.area->copy(object, "PKG.zip", std::nullopt);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(*again, *twin);
  ASSERT_TRUE(bench.place("taken", "foreign"));
  expect_rejected(bench.area->copy(object, "taken", std::nullopt), Reason::already_exists);
  EXPECT_EQ(bench.content("taken"), "foreign");
}

TEST_P(RacesTest, EachReadIsOneRequestAndNoneIsWhole) {
  const AreaObject object = bench_.placed("k.zip", sample_text(300'000, 2));
  const auto open = bench_.area->open(object);
  ASSERT_TRUE(open);
  bench_.web.methods.clear();
  std::vector<std::string> ranges;
  bench_.web.change = [&](const WebRequest& request) {
    ranges.emplace_back(find_header(request.headers, "Range").value_or("none"));
  };
  std::string into(100'000, '\0');
  const auto span = std::as_writable_bytes(std::span<char>(into.data(), into.size()));
  ASSERT_TRUE((*open)->read_at(0, span));
  ASSERT_TRUE((*open)->read_at(250'000, span));
  ASSERT_TRUE((*open)->read_at(300'000, span));
  EXPECT_THAT(bench_.web.methods, ElementsAre("GET", "GET"));
  EXPECT_THAT(ranges, ElementsAre("bytes=0-99999", "bytes=250000-299999"));
}

TEST_P(RacesTest, LogsArePlainTextWithTheirTags) {
  std::string acl;
  bench_.web.change = [&](const WebRequest& request) {
    if (request.method == "PUT") acl = find_header(request.headers, "x-amz-acl").value_or("");
  };
  ASSERT_TRUE(bench_.area->put_log("a b.log", "text \xC3\xA4", kTags));
  EXPECT_EQ(acl, "bucket-owner-full-control");
  EXPECT_THAT(bench_.web.methods, ElementsAre("PUT", "HEAD"));
  const auto head = bench_.head("a b.log");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(bench_.content("a b.log"), "text \xC3\xA4");
}

TEST_P(RacesTest, AMissingBucketIsTheOperatorsTrouble) {
  s3::BucketAddress address = bench_.bench.s3_address(GetParam());
  address.bucket = "no-such-" + address.bucket;
  areas::S3Area nowhere(std::make_unique<s3::Bucket>(address, bench_.bench.s3_needs()), bench_.log);
  AreaObject object = bench_.placed("k.zip", "content");
  std::array<std::byte, 5> into{};
  for (const Error& error :
       {nowhere.list("", 10).error(), nowhere.stat("k.zip").error(), (*nowhere.open(object))->read_at(0, into).error(),
        nowhere.put_log("a.log", "", {}).error(), nowhere.set_tags(object, kTags).error(),
        nowhere.copy(object, "b", std::nullopt).error(), nowhere.erase(object, false).error()}) {
    EXPECT_EQ(error.act, Act::broken);
    EXPECT_EQ(error.reason, Reason::no_container) << error.text();
  }
}

TEST_P(RacesTest, WrongKeysAreTheOperatorsTrouble) {
  cloud::AwsKeyring wrong(
      {"", "", "us-east-1"},
      [](const std::string& name) -> std::optional<std::string> {
        return name == "AWS_SECRET_ACCESS_KEY" ? "wrong" : test::variable(name);
      },
      bench_.bench.web, bench_.bench.clock);
  s3::BucketNeeds needs{bench_.bench.web,     wrong, bench_.bench.clock, bench_.bench.entropy, bench_.bench.room,
                        bench_.bench.patience};
  areas::S3Area area(std::make_unique<s3::Bucket>(bench_.bench.s3_address(GetParam()), needs), bench_.log);
  const AreaObject object = bench_.placed("k.zip", "content");
  std::array<std::byte, 5> into{};
  for (const Error& error : {area.list("", 10).error(), area.stat("k.zip").error(),
                             (*area.open(object))->read_at(0, into).error(), area.set_tags(object, kTags).error()}) {
    EXPECT_EQ(error.act, Act::broken);
    EXPECT_EQ(error.reason, Reason::forbidden) << error.text();
  }
  EXPECT_THAT(area.stat("k.zip").error().what, testing::HasSubstr("may mean that there is no such object"));
}

INSTANTIATE_TEST_SUITE_P(Servers, RacesTest, testing::Values(kCeph, kVault),
                         [](const auto& of) { return std::string(of.param == std::string(kCeph) ? "s3" : "vault"); });

// ---- a store that keeps all conditions ------------------------------------------------------------------------------

class StrictStoreTest : public testing::Test {
 protected:
  test::AreaBench bench_{kVault};
};

TEST_F(StrictStoreTest, F8_ReplacedBeforeItIsErased) {
  EXPECT_TRUE(bench_.area->keeps_conditions("strongroom-check-1.tmp").value());
  const AreaObject first = bench_.placed("k.zip", "first");
  bench_.web.before("DELETE", "k.zip", [&] { ASSERT_TRUE(bench_.place("k.zip", "other")); });
  expect_rejected(bench_.area->erase(first, false), Reason::conflict);
  EXPECT_EQ(bench_.content("k.zip"), "other");
}

TEST_F(StrictStoreTest, SomethingElseAtTheTargetBeforeTheCopy) {
  const AreaObject object = bench_.placed("PKG.ZIP", "content");
  bench_.web.before("PUT", "PKG.zip", [&] { ASSERT_TRUE(bench_.place("PKG.zip", "foreign")); });
  expect_rejected(bench_.area->copy(object, "PKG.zip", std::nullopt), Reason::already_exists);
  EXPECT_EQ(bench_.content("PKG.zip"), "foreign");
  const AreaObject earlier = bench_.placed("PKG.zip", "earlier twin");
  bench_.web.before("PUT", "PKG.zip", [&] { ASSERT_TRUE(bench_.place("PKG.zip", "foreign")); });
  expect_rejected(bench_.area->copy(object, "PKG.zip", earlier), Reason::already_exists);
  EXPECT_EQ(bench_.content("PKG.zip"), "foreign");
}

TEST_F(StrictStoreTest, PermissionsAreLeftOutWhereTheBucketKeepsNone) {
  const std::string origin = test::ProviderBench::endpoint(kVault);
  ASSERT_TRUE(bench_.bench.web.exchange({"POST", origin + "/_vault", {}, R"({"do": "refuse acl"})"}));
  const auto log = bench_.area->put_log("a.log", "text", kTags);
  ASSERT_TRUE(log) << log.error().text();
  EXPECT_EQ(bench_.area->tags(*log).value(), kTags);
  EXPECT_EQ(bench_.log.text, "area.acl_refused bucket=" + bench_.bench.name + "\n");
  bench_.web.methods.clear();
  ASSERT_TRUE(bench_.area->put_log("b.log", "text", {}));
  EXPECT_THAT(bench_.web.methods, ElementsAre("PUT", "HEAD")) << "they are not tried again";
  // As it was, for the tests beside this one.
  ASSERT_TRUE(bench_.bench.web.exchange({"POST", origin + "/_vault", {}, R"({"do": "accept acl"})"}));
}

// F10.
TEST_F(StrictStoreTest, AllPagesAreListed) {
  for (int i = 0; i < 2500; ++i) ASSERT_TRUE(bench_.place("k" + std::to_string(i), ""));
  const auto listed = bench_.area->list("", 5000);
  ASSERT_TRUE(listed) << listed.error().text();
  EXPECT_EQ(listed->size(), 2500U);
}

// ---- a store that keeps few -----------------------------------------------------------------------------------------

// F8: it is found out, and the look before keeps what has been replaced.
TEST(LooseStoreTest, F8_ConditionsThatAreIgnoredAreFoundOut) {
  test::AreaBench bench(kCeph);
  const auto kept = bench.area->keeps_conditions("feedback/strongroom-check-1.tmp");
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_FALSE(*kept);
  const AreaObject first = bench.placed("k.zip", "first");
  const AreaObject second = bench.placed("k.zip", "other");
  expect_rejected(bench.area->erase(first, false), Reason::conflict);
  EXPECT_EQ(bench.seen("k.zip"), second);
}

// ---- versions -------------------------------------------------------------------------------------------------------

class VersionsTest : public testing::Test {
 protected:
  test::AreaBench bench_{kCeph, true};
};

TEST_F(VersionsTest, ReplacedAtTheLastMomentIsNoTroubleForAVersion) {
  const AreaObject first = bench_.placed("k.zip", "first");
  bench_.web.before("PUT", "tagging", [&] { ASSERT_TRUE(bench_.place("k.zip", "other")); });
  ASSERT_TRUE(bench_.area->set_tags(first, kTags));
  EXPECT_EQ(bench_.area->tags(first).value(), kTags);
  const AreaObject second = bench_.seen("k.zip");
  EXPECT_THAT(bench_.area->tags(second).value(), IsEmpty());
  EXPECT_EQ(read(*bench_.area, first), "first");
  bench_.web.before("DELETE", "k.zip", [&] { ASSERT_TRUE(bench_.place("k.zip", "third")); });
  ASSERT_TRUE(bench_.area->erase(first, false));
  EXPECT_EQ(read(*bench_.area, second), "other");
  EXPECT_EQ(bench_.content("k.zip"), "third");
}

TEST_F(VersionsTest, AnObjectOfAListIsErasedByItsVersion) {
  const AreaObject object = bench_.placed("k.zip", "first");
  const auto listed = bench_.area->list("", 10);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_FALSE(listed->front().version_id);
  ASSERT_TRUE(bench_.area->erase(listed->front(), false));
  const auto gone = bench_.area->stat("k.zip", object.version_id);
  ASSERT_TRUE(gone) << gone.error().text();
  EXPECT_FALSE(*gone);
}

TEST_F(VersionsTest, ADeleteMarkerIsNoObject) {
  const AreaObject object = bench_.placed("k.zip", "first");
  ASSERT_TRUE(bench_.remove("k.zip"));
  EXPECT_FALSE(bench_.area->stat("k.zip").value());
  EXPECT_THAT(bench_.area->list("", 10).value(), IsEmpty());
  EXPECT_TRUE(bench_.area->erase(object, true)) << "a second marker changes nothing";
  EXPECT_EQ(read(*bench_.area, object), "first");
}

TEST_F(VersionsTest, AVersionNullIsNone) {
  bench_.set_versioning("Suspended");
  EXPECT_FALSE(bench_.area->keeps_versions().value());
  const AreaObject first = bench_.placed("k.zip", "first");
  EXPECT_FALSE(first.version_id);
  const AreaObject second = bench_.placed("k.zip", "other");
  expect_rejected(bench_.area->erase(first, false), Reason::conflict);
  ASSERT_TRUE(bench_.area->erase(second, false));
  EXPECT_FALSE(bench_.area->stat("k.zip").value());
}

// ---- trouble on the way ---------------------------------------------------------------------------------------------

class FaultyAreaTest : public testing::Test {
 protected:
  FaultyAreaTest() {
    const std::string endpoint = test::ProviderBench::endpoint("STRONGROOM_TEST_S3_FAULTY");
    origin_ = endpoint.substr(0, endpoint.find('/', endpoint.find("://") + 3));
    plan("[]");
  }
  ~FaultyAreaTest() override { plan("[]"); }
  void plan(const std::string& faults) {
    ASSERT_TRUE(bench_.bench.web.exchange({"POST", origin_ + "/faults", {}, faults}));
  }

  test::AreaBench bench_{"STRONGROOM_TEST_S3_FAULTY"};
  std::string origin_;
};

TEST_F(FaultyAreaTest, AnswersThatBreakOffAreTakenUpAgain) {
  const std::string content = sample_text(300'000, 8);
  const AreaObject object = bench_.placed("k.zip", content);
  for (const char* fault :
       {R"({"method": "GET", "do": "cut", "bytes": 1000})", R"({"method": "GET", "do": "short", "bytes": 1000})",
        R"({"method": "GET", "do": "refuse"})",
        R"({"method": "GET", "do": "status", "status": 503, "code": "SlowDown"})"}) {
    plan(std::string("[") + fault + "]");
    EXPECT_TRUE(read(*bench_.area, object) == content) << fault;
  }
}

TEST_F(FaultyAreaTest, TroubleThatStaysIsTemporary) {
  const AreaObject object = bench_.placed("k.zip", "content");
  plan(R"([{"method": "GET", "times": 99, "do": "status", "status": 503}])");
  std::array<std::byte, 5> into{};
  const auto failed = (*bench_.area->open(object))->read_at(0, into);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().act, Act::temporary);
}

TEST_F(FaultyAreaTest, LostAnswersMakeNothingTwice) {
  const AreaObject object = bench_.placed("PKG.ZIP", "content");
  plan(R"([{"method": "PUT", "match": "PKG.zip", "do": "lose"}])");
  const auto twin = bench_.area->copy(object, "PKG.zip", std::nullopt);
  ASSERT_TRUE(twin) << twin.error().text();
  EXPECT_EQ(bench_.content("PKG.zip"), "content");
  plan(R"([{"method": "DELETE", "do": "lose"}])");
  EXPECT_TRUE(bench_.area->erase(object, false));
  plan(R"([{"method": "PUT", "match": "tagging", "do": "lose"}])");
  EXPECT_TRUE(bench_.area->set_tags(*twin, kTags));
}

}  // namespace
}  // namespace strongroom
