// Goal: an ingest changes only as domain-rules.md 3 lets it, and a refused update changes nothing. Method: every pair
// of statuses by table, then each kind of update.
#include "domain/ingest.hpp"

#include <gtest/gtest.h>

#include "domain/samples.hpp"

namespace strongroom {
namespace {

const Instant kNow = samples::instant("2024-05-01T09:30:00.000000Z");
constexpr Status kStatuses[] = {Status::accepted, Status::processing, Status::succeeded, Status::failed};

Ingest ingest_with(Status status) {
  Ingest ingest = samples::ingest(1, IngestType::create, kNow);
  ingest.status = status;
  return ingest;
}

Ingest ingest_with(CallbackStatus status) {
  Ingest ingest = ingest_with(Status::succeeded);
  ingest.callback = Callback{"https://example.org/done", status};
  return ingest;
}

TEST(Ingest, AllSixteenPairsOfStatuses) {
  // Rows and columns in the order of kStatuses, as in the table of domain-rules.md 3.1.
  constexpr bool kAllowed[4][4] = {
      {true, true, true, true}, {false, true, true, true}, {false, false, true, false}, {false, false, true, true}};
  for (std::size_t from = 0; from < 4; ++from) {
    for (std::size_t to = 0; to < 4; ++to) {
      SCOPED_TRACE(std::string(name_of(kStatuses[from])) + " to " + std::string(name_of(kStatuses[to])));
      EXPECT_EQ(may_become(kStatuses[from], kStatuses[to]), kAllowed[from][to]);
      IngestChange change(ingest_with(kStatuses[from]));
      const auto result = change.set_status(kStatuses[to]);
      EXPECT_EQ(result.has_value(), kAllowed[from][to]);
      EXPECT_EQ(change.ingest().status, kAllowed[from][to] ? kStatuses[to] : kStatuses[from]);
      EXPECT_TRUE(change.events().empty());
      if (!result) {
        EXPECT_EQ(result.error().reason, Reason::conflict);
      }
    }
  }
}

TEST(Ingest, NamesAreReadBack) {
  for (Status status : kStatuses) EXPECT_EQ(parse_status(name_of(status)), status);
  for (auto status : {CallbackStatus::processing, CallbackStatus::succeeded, CallbackStatus::failed}) {
    EXPECT_EQ(parse_callback_status(name_of(status)), status);
  }
  for (auto type : {IngestType::create, IngestType::update}) EXPECT_EQ(parse_ingest_type(name_of(type)), type);
  EXPECT_EQ(parse_status("Accepted"), std::nullopt);
  EXPECT_EQ(parse_callback_status("accepted"), std::nullopt);
  EXPECT_EQ(parse_ingest_type("repair"), std::nullopt);
}

TEST(Ingest, AnEventBeginsAnAcceptedIngestAndLeavesOthers) {
  for (Status status : kStatuses) {
    IngestChange change(ingest_with(status));
    change.add_event("Unpacking started", kNow);
    EXPECT_EQ(change.ingest().status, status == Status::accepted ? Status::processing : status);
    ASSERT_EQ(change.events().size(), 1U);
    EXPECT_EQ(change.events()[0], (IngestEvent{kNow, "Unpacking started"}));
    EXPECT_EQ(change.ingest().last_modified, kNow);
  }
}

TEST(Ingest, EventDatesNeverGoBack) {
  Ingest before = ingest_with(Status::processing);
  before.last_modified = kNow + Duration(10);
  IngestChange change(before);
  change.add_event("a", kNow);
  change.add_event("b", kNow + Duration(20));
  change.add_event("c", kNow + Duration(15));
  ASSERT_EQ(change.events().size(), 3U);
  EXPECT_EQ(change.events()[0].created, kNow + Duration(10));
  EXPECT_EQ(change.events()[1].created, kNow + Duration(20));
  EXPECT_EQ(change.events()[2].created, kNow + Duration(20));
  EXPECT_EQ(change.ingest().last_modified, kNow + Duration(20));
}

TEST(Ingest, EventsAreOneShortLine) {
  IngestChange change(ingest_with(Status::processing));
  change.add_event("a\nb", kNow);
  change.add_event(std::string(300, 'x'), kNow);
  EXPECT_EQ(change.events()[0].description, "a%0Ab");
  EXPECT_EQ(change.events()[1].description, std::string(247, 'x') + "...");
}

TEST(Ingest, TheVersionIsSetOnce) {
  IngestChange change(ingest_with(Status::processing));
  EXPECT_TRUE(change.set_version(Version(2)));
  EXPECT_TRUE(change.set_version(Version(2)));
  const auto other = change.set_version(Version(3));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, Reason::conflict);
  EXPECT_EQ(change.ingest().version, Version(2));
  EXPECT_EQ(change.ingest().status, Status::processing);
  change.clear_version();
  EXPECT_EQ(change.ingest().version, std::nullopt);
  EXPECT_TRUE(change.set_version(Version(3)));
}

TEST(Ingest, CallbackStatuses) {
  using enum CallbackStatus;
  const struct {
    CallbackStatus from, to;
    bool allowed;
  } table[] = {{processing, processing, true}, {processing, succeeded, true}, {processing, failed, true},
               {succeeded, processing, false}, {succeeded, succeeded, true},  {succeeded, failed, false},
               {failed, processing, false},    {failed, succeeded, false},    {failed, failed, true}};
  for (const auto& row : table) {
    SCOPED_TRACE(std::string(name_of(row.from)) + " to " + std::string(name_of(row.to)));
    IngestChange change(ingest_with(row.from));
    EXPECT_EQ(change.set_callback_status(row.to).has_value(), row.allowed);
    EXPECT_EQ(change.ingest().callback->status, row.allowed ? row.to : row.from);
    EXPECT_EQ(change.ingest().status, Status::succeeded);
  }
}

TEST(Ingest, WithoutACallbackEveryCallbackStatusIsRefused) {
  for (auto to : {CallbackStatus::processing, CallbackStatus::succeeded, CallbackStatus::failed}) {
    IngestChange change(ingest_with(Status::failed));
    EXPECT_FALSE(change.set_callback_status(to));
    EXPECT_FALSE(change.ingest().callback.has_value());
  }
}

TEST(Ingest, ARetryBeginsANewRun) {
  Ingest before = ingest_with(CallbackStatus::failed);
  before.status = Status::failed;
  before.version = Version(4);
  before.location_uuids = {"u1"};
  IngestChange change(before);
  ASSERT_TRUE(change.begin_retry(*RequestId::parse("r-2"), kNow));
  const Ingest& after = change.ingest();
  EXPECT_EQ(after.status, Status::failed);
  EXPECT_TRUE(after.retrying);
  EXPECT_TRUE(after.has_work());
  EXPECT_EQ(after.run, 2);
  EXPECT_EQ(after.request_id.str(), "r-2");
  EXPECT_EQ(after.callback->status, CallbackStatus::processing);
  EXPECT_EQ(after.version, Version(4));
  EXPECT_EQ(after.created, before.created);
  EXPECT_TRUE(after.location_uuids.empty());
  ASSERT_EQ(change.events().size(), 1U);
  EXPECT_EQ(change.events()[0].description, "Retry requested");

  EXPECT_FALSE(change.begin_retry(*RequestId::parse("r-3"), kNow));
  EXPECT_EQ(change.ingest().run, 2);
  EXPECT_EQ(change.events().size(), 1U);
  change.end_run();
  EXPECT_FALSE(change.ingest().has_work());
}

TEST(Ingest, OnlyAFailedIngestIsRetried) {
  for (Status status : {Status::accepted, Status::processing, Status::succeeded}) {
    IngestChange change(ingest_with(status));
    const auto result = change.begin_retry(*RequestId::parse("r-2"), kNow);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::conflict);
    EXPECT_FALSE(change.ingest().retrying);
    EXPECT_TRUE(change.events().empty());
  }
}

TEST(Ingest, CreatedDatesOfABagRise) {
  EXPECT_EQ(next_created(kNow, {}), kNow);
  EXPECT_EQ(next_created(kNow, kNow - Duration(1)), kNow);
  EXPECT_EQ(next_created(kNow, kNow), kNow + Duration(1));
  EXPECT_EQ(next_created(kNow, kNow + Duration(500)), kNow + Duration(501));
}

}  // namespace
}  // namespace strongroom
