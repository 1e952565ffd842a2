// The journey when something is wrong, one thing at a time, on memory adapters: what the events say, what becomes of
// the version number, and that nothing half done is visible. A hook at a named port event does the damage.
//
// Cases of cases-storage.md by number in the names.
#include <gtest/gtest.h>

#include "world.hpp"

namespace strongroom::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Calls a hook at every event; the hook may answer with an Error.
class HookGate final : public Gate {
 public:
  using Hook = std::function<Result<void>(const std::string& event, Moment moment)>;
  Result<void> at(const char* event, Moment moment) override { return hook_ ? hook_(event, moment) : ok(); }
  void set(Hook hook) { hook_ = std::move(hook); }

 private:
  Hook hook_;
};

class TroubleTest : public testing::Test {
 protected:
  void SetUp() override { world_.emplace(WorldSettings{}, gate_); }

  IngestId post(const std::string& identifier, IngestType type = IngestType::create) {
    world_->post({type, identifier, make_bag(identifier, {{"a.txt", "hello\n"}}), true, false, ""});
    return world_->ingests().back();
  }
  void run() {
    world_->run_to_rest([] { return false; });
  }
  Ingest ingest(const IngestId& id) { return world_->catalogue().find_ingest(id).value().value(); }
  std::vector<std::string> events(const IngestId& id) {
    std::vector<std::string> texts;
    for (const IngestEvent& event : world_->catalogue().events_of(id).value()) texts.push_back(event.description);
    return texts;
  }
  bool has_event(const IngestId& id, const std::string& text) {
    const auto all = events(id);
    return std::find(all.begin(), all.end(), text) != all.end();
  }
  std::int64_t count_events(const IngestId& id, const std::string& begin) {
    const auto all = events(id);
    return std::count_if(all.begin(), all.end(), [&](const std::string& text) { return text.starts_with(begin); });
  }
  void expect_failed_without_trace(const IngestId& id) {
    EXPECT_EQ(ingest(id).status, Status::failed);
    const auto bag = ingest(id).request.bag;
    EXPECT_FALSE(world_->catalogue().find_registered(bag, std::nullopt).value().has_value());
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(world_->location(i).staged().empty());
    EXPECT_TRUE(world_->working().contents().empty());
  }

  HookGate gate_;
  std::optional<World> world_;
};

TEST_F(TroubleTest, F2EventsInTheirOrder) {
  const IngestId id = post("x");
  run();
  std::vector<std::string> expected = {"Unpacking started",
                                       "Unpacking succeeded - Unpacked 365 bytes from 5 files",
                                       "Detecting bag root started",
                                       "Detecting bag root succeeded",
                                       "Verification (pre-replicating to archive storage) started",
                                       "Verification (pre-replicating to archive storage) succeeded",
                                       "Assigning bag version started",
                                       "Assigning bag version succeeded - assigned bag version v1"};
  const auto all = events(id);
  ASSERT_GE(all.size(), expected.size());
  expected[1] = all[1];
  EXPECT_TRUE(all[1].starts_with("Unpacking succeeded - Unpacked ") && all[1].ends_with(" from 5 files")) << all[1];
  EXPECT_EQ(std::vector<std::string>(all.begin(), all.begin() + 8), expected);
  EXPECT_EQ(all[all.size() - 2], "Register started");
  EXPECT_EQ(all.back(), "Register succeeded (completed)");
  for (const char* label : {"primary location", "replica-1", "replica-2"}) {
    for (const std::string& step :
         {std::string("Replicating to ") + label, std::string("Verification (") + label + ")"}) {
      EXPECT_EQ(count_events(id, step + " started"), 1) << step;
      EXPECT_EQ(count_events(id, step + " succeeded"), 1) << step;
    }
  }
  for (const char* text : {"1 of 3 replicas complete", "2 of 3 replicas complete", "all replicas complete"}) {
    EXPECT_TRUE(has_event(id, std::string("Aggregating replicas succeeded - ") + text)) << text;
  }
}

TEST_F(TroubleTest, K2IdenticalContentIsFoundAndNotWrittenAgain) {
  for (const auto& [name, content] : make_bag("x", {{"a.txt", "hello\n"}})) {
    world_->location(1).plant("maps/x/v1/" + name, content);
  }
  const IngestId id = post("x");
  run();
  EXPECT_EQ(ingest(id).status, Status::succeeded);
  world_->check();
}

TEST_F(TroubleTest, K2DifferentContentIsRefusedAndUntouched) {
  world_->location(1).plant("maps/x/v1/data/a.txt", "other\n");
  const IngestId id = post("x");
  run();
  EXPECT_TRUE(
      has_event(id, "Replicating to replica-1 failed - different content is already stored at maps/x/v1/data/a.txt"));
  EXPECT_EQ(count_events(id, "Verification (primary location) failed - stopped because another location failed"), 1);
  expect_failed_without_trace(id);
  EXPECT_EQ(world_->location(1).objects().at("maps/x/v1/data/a.txt"), "other\n");
  EXPECT_TRUE(world_->location(0).objects().empty()) << "nothing becomes final while one location cannot follow";
}

TEST_F(TroubleTest, K2UnexpectedContentIsRefused) {
  for (const auto& [name, content] : make_bag("x", {{"a.txt", "hello\n"}})) {
    world_->location(2).plant("maps/x/v1/" + name, content);
  }
  world_->location(2).plant("maps/x/v1/zz.txt", "?");
  const IngestId id = post("x");
  run();
  EXPECT_TRUE(
      has_event(id, "Replicating to replica-2 failed - unexpected content is already stored at maps/x/v1/zz.txt"));
  expect_failed_without_trace(id);
}

/// Flips a byte of what lies in staging of location 1 whenever it was sealed, up to `times`.
HookGate::Hook flip_after_seal(World& world, int times) {
  auto left = std::make_shared<int>(times);
  return [&world, left](const std::string& event, Moment moment) -> Result<void> {
    if (event != "deposit.seal" || moment != Moment::after || *left == 0) return {};
    for (const auto& [key, bytes] : world.location(1).staged()) {
      if (!key.ends_with("data/a.txt") || bytes == "jello\n") continue;
      *left -= 1;
      world.location(1).plant(key, "jello\n");
    }
    return {};
  };
}

TEST_F(TroubleTest, ABadDepositIsWrittenAgainOnce) {
  gate_.set(flip_after_seal(*world_, 1));
  const IngestId id = post("x");
  run();
  EXPECT_EQ(ingest(id).status, Status::succeeded);
  world_->check();
}

TEST_F(TroubleTest, K3AFlippedByteFailsTheVerificationOfThatReplica) {
  gate_.set(flip_after_seal(*world_, 2));
  const IngestId id = post("x");
  run();
  EXPECT_TRUE(has_event(id, "Verification (replica-1) failed - Unable to verify one file in the bag: data/a.txt"));
  expect_failed_without_trace(id);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(world_->location(i).objects().empty());
  EXPECT_FALSE(ingest(id).version.has_value()) << "J5: nothing was stored, the number is released";
}

TEST_F(TroubleTest, J5AReleasedNumberIsGivenAgain) {
  gate_.set(flip_after_seal(*world_, 2));
  post("x");
  run();
  gate_.set({});
  const IngestId second = post("x");
  run();
  EXPECT_EQ(ingest(second).version, Version(1));
}

TEST_F(TroubleTest, J5ALeftOverNumberIsNot) {
  world_->location(1).plant("maps/x/v1/data/a.txt", "other\n");
  const IngestId first = post("x");
  run();
  EXPECT_EQ(ingest(first).version, Version(1)) << "left over: it stays with the ingest";
  const IngestId second = post("x");
  run();
  EXPECT_EQ(ingest(second).status, Status::succeeded);
  EXPECT_EQ(ingest(second).version, Version(2));
}

TEST_F(TroubleTest, ANumberUnderWhichARenameWasTriedIsLeftOverWhateverListingsSay) {
  // Every rename fails, so no location shows anything; but one of them may land later (CORRECTNESS 1.3).
  gate_.set([](const std::string& event, Moment moment) -> Result<void> {
    if (event == "deposit.commit" && moment == Moment::before) return rejected("the simulated location refuses");
    return {};
  });
  const IngestId first = post("x");
  run();
  EXPECT_EQ(ingest(first).status, Status::failed);
  EXPECT_EQ(ingest(first).version, Version(1));
  gate_.set({});
  const IngestId second = post("x");
  run();
  EXPECT_EQ(ingest(second).version, Version(2));
}

TEST_F(TroubleTest, K5AnotherDescriptionIsRefused) {
  world_->location(2).plant("_strongroom/manifests/maps/x/v1.json", "{}");
  const IngestId id = post("x");
  run();
  EXPECT_TRUE(has_event(id, "Register failed - a different description of maps/x v1 is already stored at replica-2"));
  EXPECT_EQ(ingest(id).status, Status::failed);
  EXPECT_EQ(world_->location(0).objects().count("_strongroom/manifests/maps/x/v1.json"), 0U)
      << "looked for in every location before anything is written";
  EXPECT_FALSE(world_->catalogue().find_registered(ingest(id).request.bag, std::nullopt).value().has_value());
}

TEST_F(TroubleTest, F4AnUnexpectedFaultIsTriedThreeTimesMoreAndThenQuotesTheRequest) {
  int calls = 0;
  gate_.set([&](const std::string& event, Moment moment) -> Result<void> {
    if (event != "depository.open" || moment != Moment::before) return {};
    calls += 1;
    return broken("an answer nobody understands");
  });
  const IngestId id = post("x");
  run();
  EXPECT_TRUE(has_event(id, "Replicating to primary location failed - internal error, quote request request-0"));
  EXPECT_EQ(ingest(id).status, Status::failed);
  EXPECT_GE(calls, 4);
}

TEST_F(TroubleTest, F4AnHourOfTroubleIsToldAboutNowAndThenAndSurvived) {
  const Instant until = world_->clock().now() + hours(1);
  gate_.set([&](const std::string& event, Moment moment) -> Result<void> {
    if (event != "deposit.take_in" || moment != Moment::before || world_->clock().now() > until) return {};
    return temporary("the storage provider answered 503");
  });
  const IngestId id = post("x");
  run();
  EXPECT_EQ(ingest(id).status, Status::succeeded);
  const auto told = count_events(id, "Replicating to primary location retrying - the storage provider answered 503");
  EXPECT_GE(told, 2);
  EXPECT_LE(told, 5) << "at most every 15 minutes";
}

TEST_F(TroubleTest, F4TroubleThatLastsIsGivenUpAfterADay) {
  gate_.set([](const std::string& event, Moment moment) -> Result<void> {
    if (event != "deposit.take_in" || moment != Moment::before) return {};
    return temporary("the storage provider answered 503");
  });
  const IngestId id = post("x");
  run();
  EXPECT_EQ(count_events(id, "Replicating to primary location failed - gave up after 24 hours: "), 1);
  expect_failed_without_trace(id);
}

TEST_F(TroubleTest, N3NobodyWritesIntoTheLastOfTheCataloguesDisk) {
  world_->gauge().set(limits::kMinFree - 1);
  const IngestId id = post("x");
  const Instant freed = world_->clock().now() + minutes(30);
  gate_.set([&](const std::string&, Moment) -> Result<void> {
    if (world_->clock().now() > freed) world_->gauge().set(10 * limits::kGiB);
    return {};
  });
  run();
  EXPECT_TRUE(has_event(id, "Unpacking retrying - full disk"));
  EXPECT_EQ(ingest(id).status, Status::succeeded);
}

TEST_F(TroubleTest, ABagThatKillsItsWorkerEveryTimeEnds) {
  int deaths = 0;
  gate_.set([&](const std::string& event, Moment moment) -> Result<void> {
    if (event != "area.create_blob" || moment != Moment::before) return {};
    deaths += 1;
    throw Death{};
  });
  const IngestId id = post("x");
  run();
  EXPECT_EQ(deaths, 6);
  EXPECT_TRUE(has_event(id, "Unpacking failed - internal error, quote request request-0"));
  EXPECT_EQ(ingest(id).status, Status::failed);
}

TEST_F(TroubleTest, ThePackageMustBeTheSameWhenItIsReadAgain) {
  bool rebooted = false;
  gate_.set([&](const std::string& event, Moment moment) -> Result<void> {
    if (rebooted || event != "deposit.take_in" || moment != Moment::before) return {};
    rebooted = true;
    world_->replace_package(0, {{"other", "content"}});
    throw Death{};
  });
  const IngestId id = post("x");
  world_->run_to_rest([] { return true; });
  EXPECT_TRUE(
      has_event(id, "Unpacking failed - The archive at file://uploads/package-0.tar changed while it was being read"));
  expect_failed_without_trace(id);
}

TEST_F(TroubleTest, ADamagedInventoryRestartsTheRunAtUnpack) {
  // An empty inventory would confirm an empty version (CORRECTNESS 1.1).
  for (const std::string& blob : {std::string("archive-inventory"), std::string("inventory")}) {
    bool damaged = false;
    gate_.set([&](const std::string& event, Moment moment) -> Result<void> {
      if (damaged || event != (blob == "inventory" ? "depository.open" : "area.open_blob") ||
          moment != Moment::before) {
        return {};
      }
      for (const auto& [name, bytes] : world_->working().contents()) {
        if (!name.ends_with("/blobs/" + blob)) continue;
        world_->working().tamper(name, "");
        damaged = true;
      }
      return {};
    });
    const IngestId id = post(blob);
    run();
    EXPECT_TRUE(damaged) << blob;
    EXPECT_EQ(ingest(id).status, Status::succeeded) << blob;
    EXPECT_EQ(count_events(id, "Unpacking succeeded"), 1) << "done again, and not told again";
  }
  world_->check();
}

TEST_F(TroubleTest, J1CreateAndUpdateAskForTheirBag) {
  const IngestId update = post("x", IngestType::update);
  run();
  EXPECT_TRUE(has_event(update,
                        "Assigning bag version failed - Cannot update existing bag: a bag with the supplied external "
                        "identifier does not exist in this space"));
  const IngestId create = post("x");
  const IngestId again = post("x");
  run();
  EXPECT_EQ(ingest(create).version, Version(1));
  EXPECT_TRUE(has_event(again,
                        "Assigning bag version failed - Cannot create new bag: a bag with the supplied external "
                        "identifier already exists in this space"));
}

}  // namespace
}  // namespace strongroom::simulation
