// Goal: a number names one set of bytes, ever (pipeline.md 6). Method: each point of 6.1 as rows of a bag and the
// assignment they must give; the order of the rows is turned round in every case.
#include "domain/version_row.hpp"

#include <gtest/gtest.h>
#include <algorithm>

#include "domain/samples.hpp"

namespace strongroom {
namespace {

const Instant kDay = samples::instant("2024-05-01T09:30:00.000000Z");

/// Ingest `number` of the bag: created that many seconds after kDay.
Ingest ingest(int number, IngestType type, std::optional<Version> expected = {}) {
  Ingest made = samples::ingest(number, type, kDay + std::chrono::seconds(number));
  made.request.expected_version = expected;
  return made;
}

VersionRow row(int version, VersionState state, int ingest_number) {
  VersionRow made{.version = Version(version),
                  .state = state,
                  .ingest = samples::ingest_id(ingest_number),
                  .final_write_attempted = state != VersionState::reserved,
                  .registration = {}};
  if (state == VersionState::registered) {
    made.registration = Registration{};
    made.registration->ingest_created = kDay + std::chrono::seconds(ingest_number);
  }
  return made;
}

struct Case {
  const char* name;
  Ingest ingest;
  std::vector<VersionRow> rows;
  int version = 0;  ///< 0: refused
  bool is_new = false;
  int given_up = 0;
  const char* kind = "";
};

constexpr auto kCreate = IngestType::create;
constexpr auto kUpdate = IngestType::update;
constexpr auto kReserved = VersionState::reserved;
constexpr auto kLeftOver = VersionState::left_over;
constexpr auto kRegistered = VersionState::registered;

const std::vector<Case> kCases = {
    {"1: registered by this very create", ingest(1, kCreate), {row(1, kRegistered, 1)}, 1},
    {"1: registered by this very update",
     ingest(2, kUpdate, Version(1)),
     {row(1, kRegistered, 1), row(2, kRegistered, 2)},
     2},
    {"2: create of what exists", ingest(2, kCreate), {row(1, kRegistered, 1)}, 0, false, 0, "exists"},
    {"2: update of nothing", ingest(1, kUpdate), {}, 0, false, 0, "does-not-exist"},
    {"2: update where there is only a reservation",
     ingest(2, kUpdate),
     {row(1, kReserved, 1)},
     0,
     false,
     0,
     "does-not-exist"},
    {"2: update where there is only a left-over",
     ingest(2, kUpdate),
     {row(1, kLeftOver, 1)},
     0,
     false,
     0,
     "does-not-exist"},
    {"2: an own reservation does not help a create",
     ingest(1, kCreate),
     {row(1, kLeftOver, 1), row(2, kRegistered, 2)},
     0,
     false,
     0,
     "exists"},
    {"3: the named version is not the latest",
     ingest(3, kUpdate, Version(1)),
     {row(1, kRegistered, 1), row(2, kRegistered, 2)},
     0,
     false,
     0,
     "not-current"},
    {"3: the named version does not exist",
     ingest(2, kUpdate, Version(9)),
     {row(1, kRegistered, 1)},
     0,
     false,
     0,
     "not-current"},
    {"3: the named version is the latest", ingest(2, kUpdate, Version(1)), {row(1, kRegistered, 1)}, 2, true},
    {"3: it was not there when it was named",
     ingest(3, kUpdate, Version(2)),
     {row(1, kRegistered, 1), row(2, kRegistered, 2)},
     3,
     true},
    {"3 comes before 4",
     ingest(1, kUpdate, Version(1)),
     {row(1, kRegistered, 4), row(2, kRegistered, 5)},
     0,
     false,
     0,
     "not-current"},
    {"4: older than the latest", ingest(1, kUpdate), {row(1, kRegistered, 2)}, 0, false, 0, "not-newer"},
    {"4: an own left-over does not help",
     ingest(1, kUpdate),
     {row(2, kLeftOver, 1), row(1, kRegistered, 2)},
     0,
     false,
     0,
     "not-newer"},
    {"5: the step is repeated, create", ingest(1, kCreate), {row(1, kReserved, 1)}, 1},
    {"5: the step is repeated, update", ingest(2, kUpdate), {row(1, kRegistered, 1), row(2, kReserved, 2)}, 2},
    {"5: a retry with a left-over number", ingest(2, kUpdate), {row(1, kRegistered, 1), row(2, kLeftOver, 2)}, 2},
    {"5: the left-over of another stays", ingest(2, kCreate), {row(1, kLeftOver, 1), row(2, kLeftOver, 2)}, 2},
    {"5: below the latest it is given up",
     ingest(2, kUpdate),
     {row(1, kLeftOver, 2), row(2, kRegistered, 1)},
     3,
     true,
     1},
    {"5: given up before, held again",
     ingest(2, kUpdate),
     {row(1, kLeftOver, 2), row(2, kRegistered, 1), row(3, kReserved, 2)},
     3},
    {"6: the first", ingest(1, kCreate), {}, 1, true},
    {"6: behind the latest", ingest(3, kUpdate), {row(1, kRegistered, 1), row(2, kRegistered, 2)}, 3, true},
    {"6: behind a left-over of another: first visible is v2", ingest(2, kCreate), {row(1, kLeftOver, 1)}, 2, true},
    {"6: behind a reservation of another", ingest(2, kCreate), {row(1, kReserved, 1)}, 2, true},
    {"6: behind a left-over above the latest",
     ingest(9, kUpdate),
     {row(1, kRegistered, 1), row(7, kLeftOver, 2)},
     8,
     true},
    {"6: a gap is never filled", ingest(9, kUpdate), {row(5, kRegistered, 1)}, 6, true},
    {"6: no number is left",
     ingest(9, kUpdate),
     {row(1, kRegistered, 1), row(2147483647, kLeftOver, 2)},
     0,
     false,
     0,
     "exists"},
};

TEST(AssignVersion, EachPointOfTheRule) {
  for (Case one : kCases) {
    std::sort(one.rows.begin(), one.rows.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
    for (bool turned : {false, true}) {
      SCOPED_TRACE(std::string(one.name) + (turned ? ", rows turned round" : ""));
      if (turned) std::reverse(one.rows.begin(), one.rows.end());
      const Assignment got = assign_version(one.ingest, one.rows);
      EXPECT_EQ(got.version ? got.version->number() : 0, one.version);
      EXPECT_EQ(got.is_new, one.is_new);
      EXPECT_EQ(got.given_up ? got.given_up->number() : 0, one.given_up);
      EXPECT_EQ(got.refusal_kind, one.kind);
      EXPECT_EQ(got.refusal.empty(), one.version != 0);
    }
  }
}

TEST(AssignVersion, EqualDatesAreNotNewer) {
  Ingest second = ingest(2, kUpdate);
  second.created = kDay + std::chrono::seconds(1);
  EXPECT_EQ(assign_version(second, {row(1, kRegistered, 1)}).refusal_kind, "not-newer");
  second.created += Duration(1);
  EXPECT_EQ(assign_version(second, {row(1, kRegistered, 1)}).version, Version(2));
}

TEST(AssignVersion, Texts) {
  EXPECT_EQ(assign_version(ingest(2, kCreate), {row(1, kRegistered, 1)}).refusal,
            "Cannot create new bag: a bag with the supplied external identifier already exists in this space");
  EXPECT_EQ(assign_version(ingest(2, kUpdate), {}).refusal,
            "Cannot update existing bag: a bag with the supplied external identifier does not exist in this space");
  EXPECT_EQ(assign_version(ingest(3, kUpdate, Version(1)), {row(1, kRegistered, 1), row(2, kRegistered, 2)}).refusal,
            "The supplied version v1 is not the current version of this bag, which is v2");
  EXPECT_EQ(assign_version(ingest(1, kUpdate), {row(1, kRegistered, 2)}).refusal,
            "Another version of this bag was ingested at 2024-05-01T09:30:02.000000Z, which is newer than the current "
            "ingest 2024-05-01T09:30:01.000000Z");
}

/// What the pipeline does with an assignment and a registration, in memory.
void apply(std::vector<VersionRow>& rows, const Assignment& got, int ingest_number, VersionState end) {
  ASSERT_TRUE(got.version.has_value());
  std::erase_if(rows, [&](const VersionRow& r) { return r.version == *got.version; });
  rows.push_back(row(static_cast<int>(got.version->number()), end, ingest_number));
}

TEST(AssignVersion, TenUpdatesInOrderGiveTenConsecutiveVersions) {
  std::vector<VersionRow> rows;
  for (int number = 1; number <= 10; ++number) {
    const auto got = assign_version(ingest(number, number == 1 ? kCreate : kUpdate), rows);
    EXPECT_EQ(got.version, Version(number));
    apply(rows, got, number, kRegistered);
  }
}

TEST(AssignVersion, AFailedFirstIngestLeavesAGapAndCannotComeBack) {
  std::vector<VersionRow> rows;
  apply(rows, assign_version(ingest(1, kCreate), rows), 1, kLeftOver);
  const auto second = assign_version(ingest(2, kCreate), rows);
  EXPECT_EQ(second.version, Version(2));
  apply(rows, second, 2, kRegistered);
  EXPECT_EQ(assign_version(ingest(1, kCreate), rows).refusal_kind, "exists");
}

TEST(VersionState, NamesAreReadBack) {
  for (VersionState state : {kReserved, kLeftOver, kRegistered}) EXPECT_EQ(parse_version_state(name_of(state)), state);
  EXPECT_EQ(parse_version_state("released"), std::nullopt);
}

}  // namespace
}  // namespace strongroom
