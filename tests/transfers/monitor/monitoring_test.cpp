// Goal: reports tell each package in its class, once when it is stored, and nothing is removed before all of a report
// was accepted, or what has come in its place (transfers.md 12; cases F1 to F10 of cases-transfers.md).
// Method: a world in memory with readers that refuse, runs that are killed anywhere, stores that fail, and files that
// are replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/area_conditions.hpp"
#include "transfers/monitor/monitor_world.hpp"
#include "transfers/steering.hpp"

namespace strongroom::transfers {
namespace {

using test::answer_of;
using test::MonitorWorld;
using test::text_of;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kKey = "born-digital/pkg.zip";
constexpr Duration kDay = std::chrono::hours(24);
constexpr Duration kHour = std::chrono::hours(1);

class MonitoringTest : public testing::Test, protected MonitorWorld {};

class VersionedMonitoringTest : public testing::Test, protected MonitorWorld {
 protected:
  VersionedMonitoringTest() : MonitorWorld({.versions = true}) {}
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// Lets nothing of an area be removed.
memory::MemoryArea::Hook refuses_removals() {
  return [](std::string_view step, const std::string&) -> Result<void> {
    if (step == "erase.delete") return temporary("the store answered 503");
    return {};
  };
}

// ---- what is told

TEST_F(MonitoringTest, F1_WhatIsStoredIsToldOnceAndRemoved) {
  const std::string id = stored_package(kKey);
  ASSERT_EQ(area.keys().size(), 2U) << "the package and its log";
  std::vector<std::string> keys_when_told;
  readers.before_answer = [&] { keys_when_told = area.keys(); };
  EXPECT_EQ(told_now(),
            "This is what happened in Archivematica in the last 14 days:\n*Stored*\n- born-digital/pkg.zip\n");
  EXPECT_EQ(keys_when_told.size(), 2U);
  EXPECT_THAT(area.keys(), IsEmpty());
  EXPECT_EQ(state(id), TransferState::stored);
  EXPECT_TRUE(show(id).reported_stored && show(id).cleaned_up);
  EXPECT_EQ(show(id).remarks.back().description, "Removed from the area: package, success log");
  EXPECT_EQ(told_now(), "Nothing happened in Archivematica in the last 1 day.\n");
}

TEST_F(MonitoringTest, F2_WhatFailedIsToldUntilItIsDismissed) {
  const std::string id = failed_package("born-digital/b.zip", "T-2");
  clock.pass(40 * kDay);
  const std::string line = "\U0001F6A8 *Not stored*\n- born-digital/b.zip (`T-2`) - it failed in Archivematica\n";
  EXPECT_THAT(told_now(), HasSubstr(line));
  EXPECT_THAT(told_now(), HasSubstr(line));
  EXPECT_THAT(log.text,
              HasSubstr("package_not-stored transfer=" + id + " area=main key=born-digital/b.zip transferId=T-2"));
  change(id, [&](Transfer& transfer) {
    transfer = dismissed(transfer, "sent in error", "ann", clock.now(), kOverdueAfter).value();
  });
  EXPECT_THAT(told_now(), HasSubstr("Nothing happened"));
  EXPECT_TRUE(is_there("born-digital/b.zip"));
}

TEST_F(MonitoringTest, F2_ALaterPackageThatIsStoredAnswersForIt) {
  const std::string failed = failed_package(kKey, "T-0");
  clock.pass(kHour);
  stored_package(kKey);
  EXPECT_EQ(told_now(),
            "This is what happened in Archivematica in the last 14 days:\n*Stored*\n- born-digital/pkg.zip\n");
  EXPECT_TRUE(show(failed).resolved);
}

TEST_F(MonitoringTest, F2_WhatFailedAndIsStoredAfterAllIsTold) {
  const std::string id = failed_package(kKey, "T-9");
  store("T-9");
  EXPECT_THAT(told_now(), HasSubstr("*Stored*\n- born-digital/pkg.zip"));
  EXPECT_EQ(state(id), TransferState::stored);
  EXPECT_FALSE(is_there(kKey));
}

// 2.5
TEST_F(MonitoringTest, WhatWasRemovedBeforeItWasStoredIsToldOnce) {
  const std::string id = failed_package(kKey, "T-2");
  area.remove(kKey);
  EXPECT_THAT(told_now(), HasSubstr("- born-digital/pkg.zip (`T-2`) - removed before it was stored"));
  EXPECT_TRUE(show(id).resolved);
  EXPECT_THAT(told_now(), HasSubstr("Nothing happened"));
}

TEST_F(MonitoringTest, F3_EachClass) {
  const auto at_archivematica = [&](Duration age) {
    return [this, age](Transfer& transfer) {
      transfer.state = TransferState::processing;
      transfer.accepted = clock.now() - age;
      transfer.archivematica = TransferAtArchivematica{"T-" + std::to_string(age / kHour)};
    };
  };
  record("born-digital/rejected.zip", [](Transfer& transfer) {
    transfer.state = TransferState::rejected;
    transfer.findings.push_back({.code = "META-ROWS", .description = "two rows"});
  });
  record("born-digital/delayed.zip", [&](Transfer& transfer) {
    transfer.delay = TransferDelay{clock.now(), "the dashboard cannot be reached", false, 1, clock.now(), clock.now()};
  });
  record("born-digital/new.zip", at_archivematica(kHour));
  record("born-digital/old.zip", at_archivematica(3 * kDay));
  record("born-digital/held.zip", [](Transfer& transfer) { transfer.held = true; });
  area.place("notes.txt", "mine");
  const std::string text = told_now();
  EXPECT_EQ(text,
            "This is what happened in Archivematica in the last 14 days:\n"
            "\U0001F6A8 *Not stored*\n"
            "- born-digital/held.zip - held for 0 minutes: an operator has to start or dismiss it\n"
            "- born-digital/old.zip (`T-72`) - not stored 3 days after Archivematica took it\n"
            "*Rejected, to be corrected and uploaded again*\n"
            "- born-digital/rejected.zip - 1 problem\n"
            "*Delayed, tried again until they get through*\n"
            "- born-digital/delayed.zip - the dashboard cannot be reached\n"
            "*In progress*\n"
            "- born-digital/new.zip (`T-1`) - for 1 hour\n");
  EXPECT_EQ(area.keys().size(), 6U) << "nothing was removed";
}

TEST_F(MonitoringTest, F5_Staging) {
  monitor.environment = "staging";
  failed_package(kKey, "");
  EXPECT_THAT(told_now(), HasSubstr("in Archivematica (staging) in"));
}

TEST_F(MonitoringTest, F6_DaysAreCountedFromTheLastReport) {
  EXPECT_EQ(told_now(), "Nothing happened in Archivematica in the last 14 days.\n");
  clock.pass(7 * kDay);
  EXPECT_EQ(told_now(), "Nothing happened in Archivematica in the last 7 days.\n");
  clock.pass(kDay);
  EXPECT_EQ(told_now(), "Nothing happened in Archivematica in the last 1 day.\n");
}

// 12.2: a lost notification does not keep a package out of the report.
TEST_F(MonitoringTest, AreasAreSweptFirst) {
  told_now();
  area.place(kKey, "forgotten");
  clock.pass(kHour);
  EXPECT_THAT(told_now(), HasSubstr("*In progress*\n- born-digital/pkg.zip - for 0 minutes"));
}

TEST_F(MonitoringTest, AnAreaThatDoesNotAnswerIsToldFromTheRecords) {
  failed_package(kKey, "T-2");
  area.set_hook([](std::string_view, const std::string&) -> Result<void> { return temporary("no answer"); });
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::done);
  EXPECT_THAT(made.not_swept, ElementsAre("main"));
  EXPECT_THAT(text_of(readers.accepted), HasSubstr("- born-digital/pkg.zip (`T-2`) - it failed"));
}

// ---- readers who refuse

TEST_F(MonitoringTest, F4_NothingIsRemovedUnlessTheReportWasAccepted) {
  stored_package(kKey);
  readers.always = answer_of(500);
  const Duration began = clock.since_boot();
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::not_accepted);
  EXPECT_EQ(made.refusal, "answered 500");
  EXPECT_GT(clock.since_boot() - began, std::chrono::minutes(8));
  EXPECT_LE(clock.since_boot() - began, std::chrono::minutes(10));
  EXPECT_TRUE(is_there(kKey));
  EXPECT_EQ(alerts(), 1U);
  readers.always = answer_of(200);
  readers.always.kind = WebhookAnswer::Kind::accepted;
  readers.posted.clear();
  EXPECT_THAT(told_now(), HasSubstr("- born-digital/pkg.zip"));
  EXPECT_EQ(readers.posted.size(), 1U);
  EXPECT_THAT(area.keys(), IsEmpty());
  EXPECT_EQ(alerts(), 2U) << "that it is over";
}

TEST_F(MonitoringTest, F4_TheNextRunGoesOnWithWhatWasNotAccepted) {
  for (int i = 100; i < 140; ++i)
    failed_package("born-digital/" + std::string(400, 'k') + std::to_string(i) + ".zip", "");
  stored_package(kKey);
  readers.answers = {{.kind = WebhookAnswer::Kind::accepted}};
  readers.always = answer_of(503);
  EXPECT_EQ(run().end, RunEnd::not_accepted);
  EXPECT_TRUE(is_there(kKey));
  ASSERT_EQ(readers.accepted.size(), 1U);
  failed_package("born-digital/later.zip", "");
  readers.always = {.kind = WebhookAnswer::Kind::accepted};
  clock.pass(kHour);
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::done);
  EXPECT_EQ(made.from, 1U);
  EXPECT_EQ(readers.accepted, made.report->messages) << "each once, in order";
  EXPECT_GT(readers.accepted.size(), 1U);
  EXPECT_FALSE(is_there(kKey));
  EXPECT_EQ(text_of(readers.accepted).find("later.zip"), std::string::npos) << "composed once";
  EXPECT_THAT(told_now(), HasSubstr("later.zip"));
}

TEST_F(MonitoringTest, F4_WhatCouldNotBeToldForADayIsToldAnew) {
  failed_package(kKey, "");
  readers.always = answer_of(500);
  EXPECT_EQ(run().end, RunEnd::not_accepted);
  readers.always = {.kind = WebhookAnswer::Kind::accepted};
  clock.pass(25 * kHour);
  failed_package("born-digital/later.zip", "");
  EXPECT_THAT(told_now(), HasSubstr("later.zip"));
}

// 12.5
TEST_F(MonitoringTest, ReadersWhoPutItOffAreObeyed) {
  readers.answers = {answer_of(429, 1200)};
  const Duration began = clock.since_boot();
  EXPECT_EQ(run().end, RunEnd::done);
  EXPECT_GE(clock.since_boot() - began, std::chrono::minutes(20));
  EXPECT_EQ(readers.accepted.size(), 1U);
}

TEST_F(MonitoringTest, F7_ManyMessagesAndRemovalsAfterTheLast) {
  for (int i = 100; i < 300; ++i) {
    std::string key = "born-digital/" + std::to_string(i);
    while (key.size() < 196) key += key.size() % 2 == 0 ? "&" : "<";
    failed_package(key + ".zip", "T");
  }
  stored_package(kKey);
  readers.before_answer = [&] { EXPECT_TRUE(is_there(kKey)); };
  const std::string text = told_now();
  EXPECT_GT(readers.accepted.size(), 5U);
  EXPECT_EQ(count_of(text, "(`T`) - it failed in Archivematica"), 200U);
  EXPECT_FALSE(is_there(kKey));
}

// ---- removal

TEST_F(MonitoringTest, F8_AnotherFileInItsPlaceIsKept) {
  const std::string id = stored_package(kKey);
  readers.before_answer = [&] { area.place(kKey, "another one"); };
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::done);
  EXPECT_EQ(made.count(Fate::kept), 1U);
  EXPECT_EQ(area.content(kKey), "another one");
  EXPECT_THAT(area.keys(), ElementsAre(kKey)) << "its log is gone";
  EXPECT_TRUE(show(id).cleaned_up) << "nothing is left to be done";
}

TEST_F(VersionedMonitoringTest, F8_OnlyTheBoundVersionIsRemoved) {
  stored_package(kKey);
  const std::string logs_before = logs().at(0);
  readers.before_answer = [&] { area.place(kKey, "another one"); };
  const MonitorRun made = run();
  EXPECT_EQ(made.count(Fate::removed), 2U);
  EXPECT_EQ(area.content(kKey), "another one");
  EXPECT_FALSE(is_there(logs_before));
  area.remove(kKey);
  EXPECT_FALSE(area.stat(kKey)->has_value());
}

TEST_F(VersionedMonitoringTest, F8_WhatLeavesMarkersKeepsTheVersions) {
  monitor.leaves_marker = true;
  const std::string id = stored_package(kKey);
  EXPECT_EQ(run().count(Fate::removed), 2U);
  EXPECT_FALSE(is_there(kKey));
  EXPECT_TRUE(area.stat(kKey, show(id).bound->version_id)->has_value());
}

TEST_F(MonitoringTest, F8_AnIdenticalSecondUploadKeepsIt) {
  const std::string first = stored_package(kKey);
  clock.pass(std::chrono::minutes(5));
  const std::string second = upload(kKey, package());
  EXPECT_EQ(show(second).state, TransferState::received);
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::done);
  EXPECT_EQ(made.count(Fate::held), 1U);
  EXPECT_TRUE(is_there(kKey));
  EXPECT_TRUE(show(first).reported_stored);
  EXPECT_FALSE(show(first).cleaned_up);
}

TEST_F(MonitoringTest, F9_ADamagedOrMissingCopyKeepsIt) {
  const std::string id = stored_package(kKey);
  DamageNotes notes(damage, clock, log);
  notes.failed("second", copy_of(1), broken("it does not have its digest", "", Reason::corrupt));
  EXPECT_THAT(told_now(), HasSubstr("*In progress*\n- born-digital/pkg.zip (`T-1`) - stored v1, but a required copy"));
  EXPECT_TRUE(is_there(kKey));
  notes.was_right("second", copy_of(1));
  add_location("uuid-4");
  EXPECT_THAT(told_now(), HasSubstr("*In progress*\n- born-digital/pkg.zip"));
  EXPECT_TRUE(is_there(kKey));
  store("T-1");
  EXPECT_THAT(told_now(), HasSubstr("*Stored*\n- born-digital/pkg.zip"));
  EXPECT_FALSE(is_there(kKey));
  EXPECT_TRUE(show(id).cleaned_up);
}

TEST_F(MonitoringTest, F9_DamageFoundAfterTheReportKeepsIt) {
  stored_package(kKey);
  readers.before_answer = [&] { add_location("uuid-4"); };
  EXPECT_EQ(run().count(Fate::held), 1U);
  EXPECT_TRUE(is_there(kKey));
}

TEST_F(MonitoringTest, F9_ADamageThatBecomesKnownAfterTheReportKeepsIt) {
  const std::string id = stored_package(kKey);
  DamageNotes notes(damage, clock, log);
  readers.before_answer = [&] { notes.failed("second", copy_of(1), broken("gone", "", Reason::not_found)); };
  EXPECT_EQ(run().count(Fate::held), 1U);
  EXPECT_TRUE(is_there(kKey));
  EXPECT_TRUE(show(id).reported_stored);
  readers.before_answer = nullptr;
  notes.was_right("second", copy_of(1));
  EXPECT_EQ(run().count(Fate::removed), 2U);
  EXPECT_FALSE(is_there(kKey));
}

TEST_F(MonitoringTest, F9_DamageOfLaterVersionsAndDoubtAboutCopiesCountNothing) {
  stored_package(kKey);
  DamageNotes notes(damage, clock, log);
  notes.failed("second", copy_of(2), broken("gone", "", Reason::not_found));
  notes.failed("second", copy_of(1), temporary("the connection broke off", "", Reason::truncated));
  EXPECT_THAT(told_now(), HasSubstr("*Stored*\n- born-digital/pkg.zip"));
  EXPECT_FALSE(is_there(kKey));
}

TEST_F(MonitoringTest, F9_OnlyLocationsOfTheSpaceCount) {
  stored_package(kKey);
  add_location("uuid-other");
  locations.back().spaces = {"digitised"};
  EXPECT_THAT(told_now(), HasSubstr("*Stored*\n- born-digital/pkg.zip"));
}

// 5.3
TEST_F(MonitoringTest, NothingGoesBelowWhatIsBeingCopied) {
  stored_package("born-digital/a.zip.b.zip");
  const std::string above = upload("born-digital/a.zip", package("filename,dc.identifier\nobjects/,LE/MON/2\n"));
  ASSERT_TRUE(work());
  ASSERT_EQ(state(above), TransferState::accepted);
  EXPECT_EQ(run().count(Fate::held), 1U);
  EXPECT_TRUE(is_there("born-digital/a.zip.b.zip"));
  archivematica.statuses["T-2"] = {.status = "PROCESSING"};
  clock.pass(kHour);
  ASSERT_TRUE(work());
  ASSERT_EQ(state(above), TransferState::processing);
  EXPECT_EQ(run().count(Fate::held), 0U);
  EXPECT_FALSE(is_there("born-digital/a.zip.b.zip"));
}

TEST_F(MonitoringTest, F10_ARehearsalChangesNothing) {
  const std::string id = stored_package(kKey);
  failed_package("born-digital/b.zip", "T-2");
  area.place("born-digital/unknown.zip", "x");
  const std::vector<std::string> keys = area.keys();
  const Transfer before = show(id);
  const std::size_t told = transfers.told().size();
  const auto made = Monitoring(monitor_needs, monitor, {}).rehearse();
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(text_of(made->report->messages),
            "This is what happened in Archivematica in the last 14 days:\n"
            "\U0001F6A8 *Not stored*\n- born-digital/b.zip (`T-2`) - it failed in Archivematica\n"
            "*In progress*\n- born-digital/unknown.zip - not on record yet\n"
            "*Stored*\n- born-digital/pkg.zip\n");
  ASSERT_EQ(made->removals.size(), 2U);
  EXPECT_EQ(made->removals[0].key, kKey);
  EXPECT_EQ(made->removals[0].fate, Fate::planned);
  EXPECT_EQ(made->removals[1].kind, "success");
  EXPECT_THAT(readers.posted, IsEmpty());
  EXPECT_EQ(area.keys(), keys);
  EXPECT_EQ(show(id), before);
  EXPECT_EQ(transfers.told().size(), told);
  EXPECT_FALSE(transfers.find_transfers({.key = "born-digital/unknown.zip"}, std::nullopt, 1)->transfers.size());
  EXPECT_THAT(catalogue.facts, IsEmpty());
  EXPECT_THAT(told_now(), HasSubstr("in the last 14 days"));
}

TEST_F(MonitoringTest, F10_AFailedRemovalIsMadeByTheNextRunWithoutBeingTold) {
  const std::string id = stored_package(kKey);
  area.set_hook(refuses_removals());
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::done);
  EXPECT_EQ(made.count(Fate::failed), 1U);
  EXPECT_EQ(area.keys().size(), 2U) << "as long as the package is there, so is its answer";
  area.set_hook({});
  EXPECT_EQ(told_now(), "Nothing happened in Archivematica in the last 1 day.\n");
  EXPECT_THAT(area.keys(), IsEmpty());
  EXPECT_TRUE(show(id).cleaned_up);
}

TEST_F(MonitoringTest, F10_EveryPageIsLookedAt) {
  told_now();
  for (int i = 0; i < 2500; ++i) area.place("born-digital/" + std::to_string(i) + ".txt", "x");
  area.place("born-digital/zzz.zip", "x");
  clock.pass(kHour);
  EXPECT_THAT(told_now(), HasSubstr("- born-digital/zzz.zip"));
}

TEST_F(MonitoringTest, NothingIsRemovedWhereThatIsNotWanted) {
  monitor.remove = false;
  stored_package(kKey);
  EXPECT_THAT(told_now(), HasSubstr("*Stored*"));
  EXPECT_EQ(area.keys().size(), 2U);
  EXPECT_THAT(told_now(), HasSubstr("Nothing happened"));
}

TEST_F(MonitoringTest, ATwinGoesWithItsPackage) {
  const std::string id = upload("born-digital/PKG.ZIP", package());
  ASSERT_TRUE(work());
  ASSERT_TRUE(is_there("born-digital/PKG.zip"));
  store(show(id).archivematica->transfer_id);
  EXPECT_THAT(told_now(), HasSubstr("*Stored*\n- born-digital/PKG.ZIP"));
  EXPECT_THAT(area.keys(), IsEmpty());
}

/// A store that removes an object whatever it is.
class CarelessArea final : public TransferArea {
 public:
  explicit CarelessArea(memory::MemoryArea& area) : area_(area) {}
  Result<std::vector<AreaObject>> list(const std::string& after, std::size_t limit) override {
    return area_.list(after, limit);
  }
  Result<std::optional<AreaObject>> stat(const std::string& key, const std::optional<std::string>& id) override {
    return area_.stat(key, id);
  }
  Result<std::unique_ptr<RandomAccess>> open(const AreaObject& object) override { return area_.open(object); }
  Result<AreaObject> put_log(const std::string& key, const std::string& text, const AreaTags& tags) override {
    return area_.put_log(key, text, tags);
  }
  Result<AreaObject> put_package(const std::string& key, const std::string& bytes) override {
    return area_.put_package(key, bytes);
  }
  [[nodiscard]] bool keeps_tags() const override { return area_.keeps_tags(); }
  Result<AreaTags> tags(const AreaObject& object) override { return area_.tags(object); }
  Result<AreaObject> set_tags(const AreaObject& object, const AreaTags& tags) override {
    return area_.set_tags(object, tags);
  }
  Result<AreaObject> copy(const AreaObject& object, const std::string& key,
                          const std::optional<AreaObject>& over) override {
    return area_.copy(object, key, over);
  }
  Result<void> erase(const AreaObject& object, bool marker) override { return area_.erase(object, marker); }
  Result<bool> keeps_conditions(const std::string& probe_key) override {
    probed.push_back(probe_key);
    return false;
  }
  std::vector<std::string> probed;

 private:
  memory::MemoryArea& area_;
};

TEST_F(MonitoringTest, F8_AStoreThatIgnoresConditionsIsKnown) {
  CarelessArea careless(area);
  areas.front().store = &careless;
  stored_package(kKey);
  readers.before_answer = [&] { area.place(kKey, "another one"); };
  EXPECT_EQ(run().count(Fate::kept), 1U);
  ASSERT_EQ(careless.probed.size(), 1U);
  EXPECT_THAT(careless.probed[0], testing::StartsWith("feedback/strongroom-check-"));
  EXPECT_THAT(log.text, HasSubstr("conditions_ignored area=main"));
  EXPECT_EQ(known_conditions(transfers, "main").value(), std::optional(false)) << "for the self-check";
}

// ---- one run at a time, and runs that end anywhere

TEST_F(MonitoringTest, F11_OneRunAtATime) {
  stored_package(kKey);
  std::optional<MonitorRun> other;
  readers.before_answer = [&] {
    if (!other) other = run();
  };
  EXPECT_EQ(run().end, RunEnd::done);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->end, RunEnd::busy);
  EXPECT_EQ(readers.accepted.size(), 1U);
}

TEST_F(MonitoringTest, F11_WhoWasPassedOverSendsNothingMore) {
  for (int i = 100; i < 140; ++i)
    failed_package("born-digital/" + std::string(400, 'k') + std::to_string(i) + ".zip", "");
  bool is_first = true;
  readers.before_answer = [&] {
    if (!std::exchange(is_first, false)) return;
    // The process sleeps for so long that another one takes over.
    clock.pass(RunRight::kHold + std::chrono::seconds(1));
    EXPECT_EQ(run().end, RunEnd::done);
  };
  EXPECT_EQ(run().end, RunEnd::busy);
  const MonitorRun third = run();
  EXPECT_EQ(third.end, RunEnd::done);
}

TEST_F(MonitoringTest, AKilledRunIsGoneOnWith) {
  for (int i = 100; i < 140; ++i)
    failed_package("born-digital/" + std::string(400, 'k') + std::to_string(i) + ".zip", "");
  stored_package(kKey);
  int left = 2;
  readers.before_answer = [&] {
    if (--left == 0) mortal.dead = true;
  };
  EXPECT_EQ(run().end, RunEnd::stopped);
  EXPECT_TRUE(is_there(kKey));
  ASSERT_EQ(readers.accepted.size(), 2U);
  EXPECT_EQ(run().end, RunEnd::busy) << "nobody knows that it is dead";
  owners.all_dead = true;
  const MonitorRun made = run();
  EXPECT_EQ(made.end, RunEnd::done);
  EXPECT_EQ(made.from, 1U) << "of the second one nobody knows whether it was taken";
  readers.accepted.erase(readers.accepted.begin() + 1);
  EXPECT_EQ(readers.accepted, made.report->messages);
  EXPECT_FALSE(is_there(kKey));
}

TEST_F(MonitoringTest, AStoppedRunIsGoneOnWith) {
  stored_package(kKey);
  readers.answers = {answer_of(500)};
  std::stop_source other;
  readers.before_answer = [&] { other.request_stop(); };
  const auto made = Monitoring(monitor_needs, monitor, other.get_token()).run();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->end, RunEnd::stopped);
  readers.before_answer = nullptr;
  EXPECT_THAT(told_now(), HasSubstr("- born-digital/pkg.zip"));
  EXPECT_THAT(area.keys(), IsEmpty());
}

TEST(MonitoringDeathTest, WhereverItDiesNothingGoesBeforeAllWasAccepted) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    test::MonitorWorld world;
    world.owners.all_dead = true;
    for (int i = 100; i < 125; ++i) {
      world.failed_package("born-digital/" + std::string(450, 'k') + std::to_string(i) + ".zip", "");
    }
    const std::string id = world.stored_package(kKey);
    world.mortal.chance.seed(seed);
    world.mortal.death_rate = 0.01;
    std::size_t parts = 0;
    world.readers.before_answer = [&] { EXPECT_TRUE(world.is_there(kKey)); };
    MonitorRun made;
    int runs = 0;
    do {
      ASSERT_LT(++runs, 500);
      world.clock.pass(std::chrono::minutes(1));
      if (runs > 1 && world.show(id).reported_stored) world.readers.before_answer = nullptr;
      made = world.run();
      if (made.report) parts = std::max(parts, made.report->messages.size());
    } while (made.end != RunEnd::done || !world.show(id).cleaned_up);
    EXPECT_FALSE(world.is_there(kKey));
    EXPECT_TRUE(world.logs().empty());
    const std::string text = text_of(world.readers.accepted);
    EXPECT_GE(count_of(text, "- born-digital/pkg.zip\n"), 1U);
    EXPECT_GT(parts, 1U);
  }
}

}  // namespace
}  // namespace strongroom::transfers
