// Goal: a dry run finds what an ingest would find, in the same words, and leaves nothing (http-api.md 9.2).
// Method: over the memory adapters; what the doors of an ingest give for the same package is the oracle.
#include "ingest/dry_run.hpp"

#include <gtest/gtest.h>

#include "adapters/catalogue/memory/catalogue.hpp"
#include "adapters/objects/memory/disk_gauge.hpp"
#include "adapters/objects/memory/location.hpp"
#include "adapters/objects/memory/sources.hpp"
#include "adapters/objects/memory/working_storage.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "ingest/doors.hpp"
#include "support/bag_builder.hpp"
#include "support/quiet_ports.hpp"
#include "support/tar_builder.hpp"

namespace strongroom::ingest {
namespace {

using contracts::CatalogueBench;
using testing_support::BagBuilder;
using testing_support::BagFiles;
using testing_support::TarBuilder;

std::string package(const BagFiles& files, const std::string& top = "") {
  TarBuilder tar;
  for (const auto& [name, content] : files) tar.file(top + name, content);
  return tar.end();
}

/// A bag in which much is wrong.
BagFiles damaged() {
  BagFiles files = BagBuilder("a").file("data/b.txt", "b").file("data/B.txt", "c").build();
  files["data/a.txt"] = "HELLO\n";
  files["data/stray.txt"] = "stray";
  files.erase("data/b.txt");
  return files;
}

std::string text_of(Spill& spill) {
  auto source = spill.open();
  EXPECT_TRUE(source);
  return read_all(**source, 1 << 20).value();
}

class DryRunTest : public ::testing::Test {
 protected:
  DryRunTest() {
    bench_.catalogue = std::make_unique<memory::MemoryCatalogue>(bench_.clock, bench_.owners, bench_.times);
    sources_.add_bucket("uploads");
    for (const char* prefix : {"", "a/long/prefix/"}) {
      LocationFacts facts{.name = *LocationName::parse(*prefix == '\0' ? "one" : "two"),
                          .label = "label",
                          .uuid = "uuid",
                          .bucket = "",
                          .prefix = prefix,
                          .url = ""};
      places_.push_back({std::move(facts), location_, location_});
    }
  }

  DryRunOrder order(IngestType type = IngestType::create) {
    NewIngest asked = bench_.request("a");
    asked.request.type = type;
    asked.request.expected_version.reset();
    asked.request.source = {Provider::filesystem, "uploads", "a.tar"};
    return {asked.id, asked.request, asked.request_id};
  }
  void place(const std::string& bytes) { sources_.place("uploads", "a.tar", bytes); }
  Result<DryRunReport> run(const DryRunOrder& order, const std::stop_token& stop = {}) {
    const DryRunNeeds needs{*bench_.catalogue, sources_, bench_.clock, gauge_, working_, places_, records_, log_};
    told_.clear();
    auto report =
        dry_run(needs, settings_, order, [this](const StepRecord& step) { told_.push_back(step.key.step); }, stop);
    EXPECT_TRUE(working_.contents().empty()) << "something is left in the work area";
    return report;
  }
  /// A registered version of bag `a`.
  void store(int number) {
    ASSERT_TRUE(bench_.accept("a"));
    const Claim claim = bench_.claim(bench_.ann).value();
    Settle settle = bench_.settle(claim.lease, bench_.stored(claim.ingest).value());
    settle.writes = {SaveVersion{bench_.version(number, VersionState::registered, claim.ingest)}};
    ASSERT_TRUE(bench_.catalogue->settle(settle));
    ASSERT_TRUE(bench_.end(claim, Status::succeeded));
  }

  /// What the doors of an ingest give for the same order, step by step until one does not open.
  void expect_as_the_doors(const DryRunReport& report) {
    const NewIngest asked{report.ingest.id, report.ingest.request, report.ingest.request_id, bench_.clock.now(),
                          bench_.uuid()};
    ASSERT_TRUE(bench_.catalogue->accept(asked));
    const Claim claim = bench_.claim(bench_.ann).value();
    ASSERT_EQ(claim.ingest, report.ingest.id);
    LeaseHorizon horizon{std::numeric_limits<std::int64_t>::max()};
    const Stop stop({}, {}, bench_.clock, horizon);
    memory::MemoryWorkingStorage working;
    memory::MemoryLocation records;
    const auto area = working.open(claim.ingest, claim.lease.fence, {}).value();
    const DoorNeeds needs{*bench_.catalogue, sources_, records, workers_, bench_.clock, gauge_, working, log_};
    DoorSettings settings;
    settings.archive = settings_.archive;
    DoorContext context{claim.lease, {},    bench_.catalogue->look(claim.lease, claim.ingest).value(),
                        places_,     *area, stop};
    for (const StepRecord& step : report.steps) {
      const DoorOutcome outcome = enter_door(needs, settings, context, step.key);
      EXPECT_EQ(outcome.report.problems, step.problems);
      EXPECT_EQ(outcome.report.warnings, step.warnings);
      EXPECT_EQ(outcome.result.has_value(), step.state == StepState::done);
      EXPECT_EQ(outcome.result ? outcome.result->waypoint : "", step.waypoint);
      if (!outcome.result) {
        EXPECT_EQ(report.conclusion,
                  event_text(failed_text(step_name(step.key.step, {}), outcome.result.error().what)));
      }
      context.view.steps.push_back(step);
    }
    std::map<std::string, std::string> found;
    for (const auto& [key, text] : records.objects()) found[key.substr(0, key.rfind('/'))] = text;
    std::string all;
    for (const auto& [key, text] : records.objects()) all += text;
    std::string own;
    for (const auto& [step, spill] : report.findings) own += text_of(*spill);
    EXPECT_EQ(own, all);
    EXPECT_EQ(report.findings_bytes, own.size());
    EXPECT_EQ(found.size(), report.findings.size());
  }

  test::InlineWorkers workers_;
  CatalogueBench bench_{workers_};
  memory::MemorySources sources_;
  memory::MemoryWorkingStorage working_;
  memory::MemoryLocation location_;
  memory::MemoryLocation records_;
  test::SilentLog log_;
  memory::MemoryGauge gauge_{limits::kTiB};
  std::vector<Place> places_;
  DryRunSettings settings_;
  std::vector<Step> told_;
};

TEST_F(DryRunTest, ARightBagWouldBecomeTheNextVersion) {
  place(package(BagBuilder("a").build(), "top/"));
  const auto report = run(order());
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->ingest.status, Status::succeeded);
  EXPECT_EQ(report->ingest.version, Version(1));
  EXPECT_EQ(report->conclusion, "Would be stored as v1");
  EXPECT_EQ(told_, (std::vector<Step>{Step::unpack, Step::find_root, Step::verify, Step::assign_version}));
  ASSERT_EQ(report->steps.size(), 4U);
  for (const StepRecord& step : report->steps) {
    EXPECT_EQ(step.state, StepState::done);
    EXPECT_TRUE(step.ended.has_value());
  }
  expect_as_the_doors(*report);
}

TEST_F(DryRunTest, EverythingThatIsWrongIsFoundInTheWordsOfAnIngest) {
  place(package(damaged()));
  const auto report = run(order());
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->ingest.status, Status::failed);
  EXPECT_FALSE(report->ingest.version.has_value());
  EXPECT_GE(report->steps.back().problems, 3U);
  EXPECT_EQ(report->steps.back().key.step, Step::verify);
  expect_as_the_doors(*report);
}

/// A bag that fetches its only file.
BagFiles fetching() {
  BagFiles files = BagBuilder("a").file("data/held.txt", "held").build();
  files["fetch.txt"] = "s3://one/space/a/v1/data/held.txt - data/held.txt\n";
  files.erase("data/held.txt");
  return files;
}

TEST_F(DryRunTest, AFetchFileIsHeldAgainstWhatIsStored) {
  place(package(fetching()));
  const auto report = run(order(IngestType::update));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_NE(report->conclusion.find("fetch.txt refers to a bag that is not stored"), std::string::npos)
      << report->conclusion;
  expect_as_the_doors(*report);
}

TEST_F(DryRunTest, AFetchFileIsForUpdates) {
  place(package(fetching()));
  const auto report = run(order(IngestType::create));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_NE(report->conclusion.find("fetch.txt is only allowed in an update"), std::string::npos) << report->conclusion;
  expect_as_the_doors(*report);
}

TEST_F(DryRunTest, PackagesThatCannotBeOpened) {
  const auto missing = run(order());
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->conclusion, "Unpacking failed - There is no archive at file://uploads/a.tar");
  expect_as_the_doors(*missing);
}

TEST_F(DryRunTest, PackagesThatAreNoArchivesOrMayNotBeRead) {
  place("no archive at all");
  const auto odd = run(order());
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->steps.size(), 1U);
  EXPECT_EQ(odd->steps.front().problems, 1U);
  expect_as_the_doors(*odd);
  sources_.forbid("uploads", "a.tar");
  const auto forbidden = run(order());
  ASSERT_TRUE(forbidden);
  EXPECT_NE(forbidden->conclusion.find("doesn't have permission to read it"), std::string::npos);
}

TEST_F(DryRunTest, LimitsOfArchivesHold) {
  settings_.archive.entries = 3;
  place(package(BagBuilder("a").build()));
  const auto report = run(order());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ingest.status, Status::failed);
  EXPECT_EQ(report->steps.size(), 1U);
  expect_as_the_doors(*report);
}

TEST_F(DryRunTest, NoBagRoot) {
  place(package({{"a/x", "1"}, {"b/x", "2"}}));
  const auto report = run(order());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->steps.back().key.step, Step::find_root);
  expect_as_the_doors(*report);
}

TEST_F(DryRunTest, TheVersionIsChosenFromWhatIsStoredNow) {
  store(1);
  store(2);
  place(package(BagBuilder("a").build()));
  const auto refused = run(order());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->conclusion,
            "Assigning bag version failed - Cannot create new bag: a bag with the supplied external identifier already "
            "exists in this space");
  ASSERT_TRUE(refused->findings.contains(Step::assign_version));
  EXPECT_NE(text_of(*refused->findings.at(Step::assign_version)).find(R"("rule":"P6","kind":"exists")"),
            std::string::npos);

  DryRunOrder update = order(IngestType::update);
  update.request.expected_version = Version(1);
  const auto stale = run(update);
  ASSERT_TRUE(stale);
  EXPECT_EQ(stale->ingest.status, Status::failed);
  EXPECT_NE(stale->conclusion.find("The supplied version v1 is not the current version"), std::string::npos);

  update.request.expected_version = Version(2);
  const auto good = run(update);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->ingest.version, Version(3));
  // Nothing was reserved by it.
  EXPECT_EQ(bench_.catalogue->versions_now(update.request.bag).value().size(), 1U);
  update.id = order().id;
  EXPECT_EQ(run(update)->ingest.version, Version(3));
  expect_as_the_doors(*good);
}

TEST_F(DryRunTest, AClockThatWasSetBackMakesNoVersionTooOld) {
  store(1);
  bench_.clock.step_wall(-std::chrono::hours(24));
  place(package(BagBuilder("a").build()));
  const auto report = run(order(IngestType::update));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ingest.version, Version(2)) << report->conclusion;
}

TEST_F(DryRunTest, AFullDiskIsTroubleAndNoVerdict) {
  place(package(BagBuilder("a").build()));
  gauge_.set(settings_.min_free - 1);
  const auto report = run(order());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().act, Act::temporary);
  EXPECT_EQ(report.error().reason, Reason::no_space);
}

TEST_F(DryRunTest, AStopEndsIt) {
  place(package(BagBuilder("a").build()));
  std::stop_source stop;
  stop.request_stop();
  const auto report = run(order(), stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().reason, Reason::stopped);
}

TEST_F(DryRunTest, TheCatalogueAndTheLocationsAreNotTouched) {
  place(package(damaged()));
  const DryRunOrder asked = order();
  ASSERT_TRUE(run(asked));
  EXPECT_FALSE(bench_.catalogue->find_ingest(asked.id).value().has_value());
  EXPECT_TRUE(bench_.outgoing().value().empty());
  EXPECT_TRUE(bench_.finds_nothing(bench_.ann).value());
  EXPECT_TRUE(location_.objects().empty());
  EXPECT_TRUE(location_.staged().empty());
}

}  // namespace
}  // namespace strongroom::ingest
