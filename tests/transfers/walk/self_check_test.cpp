// Goal: what is missing is named with what to do, and what is fine is not (H3). Method: the judgements on tables; the
// alerts on a catalogue in memory.
#include "transfers/self_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/walk/transfer_world.hpp"

namespace strongroom::test {
namespace {

using ::testing::HasSubstr;
using transfers::CheckItem;
using transfers::CheckStatus;

const transfers::Prefix kPrefix = transfers::default_prefixes().front();

transfers::AreaInUse bucket_area() { return {.name = "main", .bucket = "transfer-source"}; }
transfers::AreaInUse directory_area() {
  return {.name = "local", .bucket = "local", .is_directory = true, .archivematica_path = "/mnt/transfers"};
}

SourceArea source(const std::string& path, const std::string& bucket, bool enabled = true) {
  return {"L1", path, path, bucket, enabled};
}

TEST(SelfCheck, H3_OneSourceForEachPrefix) {
  const CheckItem item = judge_source(bucket_area(), kPrefix, {source("/born-digital/", "transfer-source")});
  EXPECT_EQ(item.status, CheckStatus::ok);
  EXPECT_EQ(item.number, 5);
  EXPECT_EQ(item.what, "location of main: born-digital/");
  EXPECT_EQ(judge_source(directory_area(), kPrefix, {source("/mnt/transfers/born-digital/", "")}).status,
            CheckStatus::ok);
}

TEST(SelfCheck, H3_TheNearestSourceIsShown) {
  const auto found = [](const transfers::AreaInUse& area, const SourceArea& one) {
    const CheckItem item = judge_source(area, kPrefix, {one});
    EXPECT_EQ(item.status, CheckStatus::missing);
    EXPECT_FALSE(item.advice.empty());
    return item.found;
  };
  EXPECT_THAT(found(bucket_area(), source("born-digital", "other")),
              HasSubstr("same path in another bucket: bucket other"));
  EXPECT_THAT(found(bucket_area(), source("elsewhere", "transfer-source")),
              HasSubstr("same bucket with another path: bucket transfer-source with path elsewhere"));
  EXPECT_THAT(found(bucket_area(), source("born-digital", "transfer-source", false)), HasSubstr("is disabled"));
  EXPECT_THAT(found(directory_area(), source("/srv/born-digital", "")), HasSubstr("directory /srv/born-digital"));
  EXPECT_THAT(found(bucket_area(), source("a", "b")), Not(HasSubstr("near")));
}

TEST(SelfCheck, OfSeveralSourcesTheFirstCounts) {
  const CheckItem item = judge_source(bucket_area(), kPrefix,
                                      {source("born-digital", "other"), source("born-digital", "transfer-source"),
                                       source("born-digital/", "transfer-source")});
  EXPECT_EQ(item.status, CheckStatus::warning);
  EXPECT_THAT(item.found, HasSubstr("2 enabled transfer sources"));
}

TEST(SelfCheck, H3_VersionsBelow119) {
  for (const char* version : {"1.19", "1.19.0", "1.20.1", "2.0", "v1.19.0-rc.1"}) {
    EXPECT_EQ(transfers::judge_version(version).status, CheckStatus::ok) << version;
  }
  for (const char* version : {"1.17.0", "0.20", "", "qa/1.x", "1", "one.19"}) {
    EXPECT_EQ(transfers::judge_version(version).status, CheckStatus::warning) << version;
  }
}

TEST(SelfCheck, H3_ConfigurationsByTheirNamesThere) {
  const auto items = transfers::judge_configurations(transfers::default_prefixes(), {"default", "born_digital"});
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].status, CheckStatus::ok);
  EXPECT_EQ(items[1].status, CheckStatus::missing);
  EXPECT_EQ(items[1].what, "processing configuration b_dig_accessions");
  EXPECT_THAT(items[1].found, HasSubstr("it has: default, born_digital"));
}

TEST(SelfCheck, ClocksAreFiveMinutesApartAtMost) {
  const Instant now = *parse_instant("2026-07-31T08:00:00Z");
  const auto judged = [&](Duration apart) {
    return transfers::judge_clock({{"the dashboard", now, now}, {"the store", now + apart, now}});
  };
  EXPECT_EQ(transfers::judge_clock({}).status, CheckStatus::ok);
  EXPECT_EQ(judged(std::chrono::minutes(5)).status, CheckStatus::ok);
  EXPECT_EQ(judged(std::chrono::minutes(-5)).status, CheckStatus::ok);
  EXPECT_THAT(judged(std::chrono::seconds(301)).found, HasSubstr("301 s behind the store"));
  EXPECT_EQ(judged(std::chrono::seconds(-301)).status, CheckStatus::missing);
}

TEST(SelfCheck, WhatIsMissingIsAlertedUntilItIsThere) {
  TransferWorld world;
  const auto told = [&](CheckItem item) {
    tell_findings({std::move(item)}, world.alarm, world.log);
    return world.alerts();
  };
  EXPECT_EQ(told(transfers::fine(3, "area main", "there")), 0U);
  EXPECT_EQ(told(transfers::doubtful(3, "area main", "odd", "nothing")), 0U);
  EXPECT_EQ(told(transfers::missing(3, "area main", "gone", "make it")), 1U);
  EXPECT_EQ(told(transfers::missing(3, "area main", "gone", "make it")), 1U);
  EXPECT_EQ(told(transfers::fine(3, "area main", "there")), 2U) << "it is over";
  EXPECT_EQ(told(transfers::fine(3, "area main", "there")), 2U);
}

/// `problem` and `over` of each alert, in order.
std::vector<std::string> told(TransferWorld& world) {
  std::vector<std::string> found;
  for (const memory::ToldEvent& event : world.transfers.told()) {
    if (event.kind != "operator-alert") continue;
    const std::string& body = event.notice.body;
    const std::size_t begin = body.find(R"("problem":")") + 11;
    found.push_back(body.substr(begin, body.find('"', begin) - begin) +
                    (body.find(R"("over":true)") == std::string::npos ? "" : " over"));
  }
  return found;
}

// Whoever meets a problem first, the other one has nothing to add, and either of them ends it.
TEST(SelfCheck, WhatThePackagesMeetTooIsOneProblem) {
  for (const bool walk_first : {true, false}) {
    TransferWorld world;
    const Error refused = broken("Archivematica's dashboard does not accept the user or the key (401)");
    world.archivematica.lookups_fail = refused;
    world.upload("born-digital/pkg.zip", TransferWorld::package());
    const auto check = [&](CheckItem dashboard) {
      CheckItem key = transfers::missing(1, "archivematica.dashboard.apiKey", refused, "look at it");
      if (dashboard.status == CheckStatus::ok) key = transfers::fine(1, key.what, "there");
      tell_findings({known_as(key, {transfers::problem::kDashboard}, refused.what),
                     known_as(std::move(dashboard), {transfers::problem::kDashboard}, refused.what)},
                    world.alarm, world.log);
    };
    if (walk_first) world.work();
    check(transfers::missing(6, "Archivematica's dashboard", refused, "look at its key"));
    if (!walk_first) world.work();
    EXPECT_EQ(told(world), std::vector<std::string>{"dashboard"}) << walk_first;
    world.archivematica.lookups_fail.reset();
    if (walk_first) check(transfers::fine(6, "Archivematica's dashboard", "answers"));
    world.clock.pass(std::chrono::minutes(1));
    world.work();
    EXPECT_EQ(told(world), (std::vector<std::string>{"dashboard", "dashboard over"})) << walk_first;
  }
}

TEST(SelfCheck, LocationsAndConfigurationsHaveTheNamesThatPackagesGiveThem) {
  TransferWorld world;
  world.archivematica.sources = {source("elsewhere", "transfer-source")};
  world.upload("born-digital/pkg.zip", TransferWorld::package());
  world.work();
  tell_findings({judge_source(bucket_area(), kPrefix, world.archivematica.sources)}, world.alarm, world.log);
  EXPECT_EQ(told(world), std::vector<std::string>{"location of main/born-digital"});
  tell_findings({judge_source(bucket_area(), kPrefix, {source("born-digital", "transfer-source")})}, world.alarm,
                world.log);
  EXPECT_EQ(told(world).back(), "location of main/born-digital over");

  TransferWorld other;
  other.archivematica.configurations = {"default"};
  other.upload("born-digital/pkg.zip", TransferWorld::package());
  tell_findings(transfers::judge_configurations({kPrefix}, {"default"}), other.alarm, other.log);
  other.work();
  EXPECT_EQ(told(other), std::vector<std::string>{"processing configuration born_digital"});
}

TEST(SelfCheck, AProblemWithSeveralSidesIsOverWhenAllOfThemAre) {
  TransferWorld world;
  const auto check = [&](bool listed, bool read) {
    const auto item = [](bool is_fine, const std::string& what) {
      return known_as(is_fine ? transfers::fine(3, what, "there") : transfers::missing(3, what, "gone", "make it"),
                      {"area main"});
    };
    tell_findings({item(listed, "list"), item(read, "read")}, world.alarm, world.log);
  };
  check(false, true);
  EXPECT_EQ(told(world), std::vector<std::string>{"area main"});
  check(false, true);
  check(true, true);
  EXPECT_EQ(told(world), (std::vector<std::string>{"area main", "area main over"}));
}

}  // namespace
}  // namespace strongroom::test
