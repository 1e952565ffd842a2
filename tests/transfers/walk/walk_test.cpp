// Goal: every package that was noticed comes to a named end, none is submitted twice, and each is answered
// (transfers.md 2 to 5, 10, 11; cases A, B11 and E of cases-transfers.md). Method: a world in memory where calls fail,
// answers are lost, files are replaced and workers die, as told or by chance.
// STRONGROOM_WORLDS sets the number of worlds of chance (default 150), STRONGROOM_SEED the first of their seeds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/hex.hpp"
#include "transfers/steering.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = PackageAnswer::Kind;

constexpr const char* kKey = "born-digital/pkg.zip";
constexpr Duration kHour = std::chrono::hours(1);

std::string tag(const AreaTags& tags, std::string_view name) {
  for (const auto& [key, value] : tags) {
    if (key == name) return value;
  }
  return "";
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class WalkTest : public testing::Test, protected TransferWorld {};

TEST_F(WalkTest, A1_AGoodPackageIsHandedOverOnceAndAnswered) {
  std::vector<std::string> logs_at_post;
  archivematica.before_submit = [&] { logs_at_post = logs(); };
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(archivematica.sent.size(), 1U);
  EXPECT_EQ(archivematica.sent[0].body, R"({"name":"pkg.zip","type":"zipfile","path":")" +
                                            to_base64(as_bytes("L1:/pkg.zip")) +
                                            R"(","processing_config":"born_digital","auto_approve":true})");
  const Transfer transfer = show(id);
  EXPECT_EQ(archivematica.sent[0].key, transfer.idempotency_key);
  EXPECT_EQ(transfer.state, TransferState::accepted);
  EXPECT_EQ(transfer.archivematica->transfer_id, "T-1");
  EXPECT_THAT(logs_at_post, IsEmpty()) << "nothing may go while Archivematica copies";
  const std::string answer =
      std::string(kKey) + ".success.2026-07-31T08:00:00.000Z." + transfer.idempotency_key.substr(0, 12) + ".log";
  EXPECT_THAT(logs(), ElementsAre(answer));
  for (const std::string& key : {std::string(kKey), answer}) {
    EXPECT_EQ(tag(area.tags_at(key), "Archivematica-TransferId"), "T-1");
    EXPECT_EQ(tag(area.tags_at(key), "Archivematica-CatalogueIdentifier"), "LE/MON/1");
    EXPECT_EQ(area.tags_at(key).size(), 4U);
  }
  std::vector<std::string> states;
  for (const memory::ToldEvent& event : transfers.told()) {
    const std::size_t at = event.notice.body.find("\"status\":{\"id\":\"") + 16;
    states.push_back(event.notice.body.substr(at, event.notice.body.find('"', at) - at));
  }
  EXPECT_THAT(states, ElementsAre("received", "checking", "submitting", "accepted"));
}

TEST_F(WalkTest, ABadPackageIsRejectedAndNobodyElseIsAsked) {
  archivematica.lookups_fail = broken("must not be asked");
  const std::string id = upload(kKey, package("filename,dc.identifier\nobjects/,A\nobjects/,B\n"));
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::rejected);
  EXPECT_THAT(archivematica.sent, IsEmpty());
  ASSERT_EQ(logs().size(), 1U);
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("[META-ROWS]"));
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("Result: REJECTED, 1 problem"));
  EXPECT_THAT(area.tags_at(kKey), IsEmpty());
  EXPECT_EQ(alerts(), 0U);
}

TEST_F(WalkTest, B11_ANestedKeyIsRejectedAfterTheLookUp) {
  const std::string id = upload("born-digital/born-digital/x.zip", package());
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::rejected);
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("[KEY-NESTED]"));
  EXPECT_THAT(archivematica.sent, IsEmpty());
}

TEST_F(WalkTest, A10_AnExtensionInCapitalsGoesByATwin) {
  const std::string id = upload("born-digital/PKG.ZIP", package());
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_EQ(area.content("born-digital/PKG.zip"), package());
  EXPECT_THAT(archivematica.sent.at(0).body, HasSubstr(to_base64(as_bytes("L1:/PKG.zip"))));
  EXPECT_EQ(tag(area.tags_at("born-digital/PKG.zip"), "Archivematica-TransferId"), "T-1");
  EXPECT_TRUE(logs().front().starts_with("born-digital/PKG.ZIP.success."));
  area.place("born-digital/OTHER.zip", "somebody else's");
  const std::string other = upload("born-digital/OTHER.ZIP", package());
  ASSERT_TRUE(work());
  EXPECT_EQ(state(other), TransferState::rejected);
  EXPECT_EQ(area.content("born-digital/OTHER.zip"), "somebody else's");
}

TEST_F(WalkTest, E2_NoLocationFailsAndARetryGoesUnderTheSameKey) {
  archivematica.sources.front().enabled = false;
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(state(id), TransferState::failed);
  EXPECT_EQ(show(id).reason->code, "no-location");
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("Result: FAILED, no-location"));
  EXPECT_EQ(alerts(), 1U);
  archivematica.sources.front().enabled = true;
  const Transfer before = show(id);
  const auto again = retried(before, false, "ann", clock.now());
  ASSERT_TRUE(again);
  const Deed deed{"ann", "retry", id, "done", {}, clock.now()};
  ASSERT_TRUE(transfers.change_transfer(before, {*again}, deed));
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_EQ(archivematica.sent.at(0).key, before.idempotency_key);
}

TEST_F(WalkTest, E4_ARefusalEndsItWithArchivematicasWords) {
  archivematica.answers = {Kind::refused};
  const std::string id = upload(kKey, package());
  live(kHour);
  EXPECT_EQ(show(id).reason->code, "archivematica-refused");
  EXPECT_EQ(archivematica.sent.size(), 1U);
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("Archivematica did not take it"));
  EXPECT_THAT(area.tags_at(kKey), IsEmpty());
}

TEST_F(WalkTest, E5_LostAnswersAreRepeatedWithTheSameBytes) {
  archivematica.answers = {Kind::transient, Kind::busy, Kind::transient, Kind::not_taken};
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_TRUE(show(id).delay.has_value());
  archivematica.sources.front().uuid = "L9";  // E12: the first body is replayed all the same
  live(kHour);
  EXPECT_EQ(state(id), TransferState::accepted);
  ASSERT_EQ(archivematica.sent.size(), 5U);
  for (const auto& sent : archivematica.sent) {
    EXPECT_EQ(sent.body, archivematica.sent[0].body);
    EXPECT_EQ(sent.key, archivematica.sent[0].key);
  }
  EXPECT_EQ(archivematica.taken.size(), 1U);
}

TEST_F(WalkTest, E12_WhatNeverArrivedIsComposedAnew) {
  archivematica.answers = {Kind::not_taken};
  upload(kKey, package());
  ASSERT_TRUE(work());
  archivematica.sources.front().uuid = "L9";
  live(kHour);
  ASSERT_EQ(archivematica.sent.size(), 2U);
  EXPECT_THAT(archivematica.sent[1].body, HasSubstr(to_base64(as_bytes("L9:/pkg.zip"))));
}

TEST_F(WalkTest, E6_WhatOperatorsHaveToMendIsNeverGivenUpAndToldOnce) {
  archivematica.lookups_fail = broken("Archivematica does not accept the API key");
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(upload("born-digital/p" + std::to_string(i) + ".zip", package()));
  live(kHour);
  EXPECT_EQ(alerts(), 1U);
  for (int day = 0; day < 10; ++day) {
    clock.pass(std::chrono::hours(24));
    work();
  }
  EXPECT_LE(alerts(), 12U) << "again after a day, not for each package";
  for (const std::string& id : ids) {
    EXPECT_EQ(state(id), TransferState::submitting);
    EXPECT_TRUE(show(id).delay->operator_problem);
  }
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("The package is not at fault"));
  archivematica.lookups_fail.reset();
  live(kHour);
  for (const std::string& id : ids) EXPECT_EQ(state(id), TransferState::accepted);
}

TEST_F(WalkTest, E9_TroubleOfADayIsWaitedForAndOfFourDaysGivenUp) {
  archivematica.lookups_fail = temporary("Archivematica does not answer");
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(logs().size(), 1U);
  EXPECT_THAT(logs().front(), HasSubstr(".received."));
  live(std::chrono::minutes(3));
  ASSERT_EQ(logs().size(), 2U);
  EXPECT_THAT(logs().front(), HasSubstr(".delayed."));
  live(std::chrono::hours(25));
  EXPECT_EQ(state(id), TransferState::submitting);
  live(std::chrono::hours(48));
  ASSERT_EQ(state(id), TransferState::failed);
  EXPECT_EQ(show(id).reason->code, "gave-up");
  ASSERT_EQ(logs().size(), 1U) << "notices go with the last word";
  EXPECT_THAT(logs().front(), HasSubstr(".failed."));
}

TEST_F(WalkTest, E13_AnswersThatAreAlwaysBusyEndUncertain) {
  archivematica.answers.assign(2000, Kind::busy);
  const std::string id = upload(kKey, package());
  live(std::chrono::hours(73));
  EXPECT_EQ(show(id).reason->code, "outcome-uncertain");
  EXPECT_FALSE(retried(show(id), false, "ann", clock.now()));
  EXPECT_TRUE(retried(show(id), true, "ann", clock.now()));
}

TEST_F(WalkTest, E10_AReplacedFileIsNeverReadTaggedOrHandedOver) {
  for (const std::string_view at : {"stat", "open", "read", "put_log", "set_tags.put"}) {
    TransferWorld world;
    bool replaced = false;
    const std::string id = world.upload(kKey, package());
    world.area.set_hook([&](std::string_view step, const std::string& key) -> Result<void> {
      if (step == at && !replaced && (key == kKey || step == "put_log")) {
        replaced = true;
        world.area.place(kKey, package("another"));
      }
      return {};
    });
    world.live(kHour);
    ASSERT_TRUE(replaced) << at;
    const Transfer transfer = world.show(id);
    if (transfer.state == TransferState::failed) {
      EXPECT_EQ(transfer.reason->code, "replaced") << at;
      EXPECT_THAT(world.archivematica.sent, IsEmpty()) << at;
      EXPECT_TRUE(transfer.resolved) << at;
    } else {
      EXPECT_EQ(transfer.state, TransferState::accepted) << at;
    }
    EXPECT_THAT(world.area.tags_at(kKey), IsEmpty()) << at;
  }
}

TEST_F(WalkTest, E14_NothingIsRemovedBelowAKeyThatIsBeingCopied) {
  upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(archivematica.sent.size(), 1U);
  // A second upload under the same key brings a notice, which stays while the first is copied.
  const std::string second = upload(kKey, package("bad"));
  ASSERT_TRUE(work());
  EXPECT_EQ(state(second), TransferState::rejected);
  const auto has = [&](std::string_view result) {
    return std::ranges::any_of(logs(), [&](const std::string& key) { return key.find(result) != std::string::npos; });
  };
  EXPECT_TRUE(has(".received."));
  live(kHour);
  EXPECT_TRUE(has(".received."));
  archivematica.statuses["T-1"] = {"PROCESSING", "Verify transfer checksums", ""};
  live(kHour);
  EXPECT_FALSE(has(".received."));
  EXPECT_TRUE(has(".success.") && has(".failed."));
}

TEST_F(WalkTest, E15_ArchivematicasWordMovesItAndACatalogueDecides) {
  const std::string id = upload(kKey, package());
  live(std::chrono::minutes(5));
  EXPECT_EQ(state(id), TransferState::accepted);
  archivematica.statuses["T-1"] = {"PROCESSING", "Extract zipped transfer", ""};
  live(std::chrono::minutes(5));
  EXPECT_EQ(state(id), TransferState::processing);
  archivematica.lookups_fail = broken("500");
  live(std::chrono::minutes(5));
  EXPECT_EQ(state(id), TransferState::processing);
  archivematica.lookups_fail.reset();
  archivematica.statuses["T-1"] = {"FAILED", "Extract zipped transfer", ""};
  live(std::chrono::minutes(5));
  ASSERT_EQ(state(id), TransferState::failed);
  EXPECT_EQ(show(id).reason->code, "archivematica-failed");
  EXPECT_EQ(logs().size(), 2U);
  // The bag turns up all the same.
  const BagId bag{*Space::parse("born-digital"), *ExternalIdentifier::parse("LE/MON/1")};
  ASSERT_TRUE(transfers.add_mets_names(
      bag, Version(3), {"data/objects/submissionDocumentation/transfer-pkg-T-1/METS.xml", "data/x-XT-1x/METS.xml"}));
  auto claim = transfers.claim_transfer(id, clock.now(), kHour).value();
  claim->transfer.due = clock.now();
  ASSERT_TRUE(transfers.save_transfer({claim->transfer, claim->fence, std::nullopt, true}, clock.now()));
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::stored);
  EXPECT_EQ(show(id).label(), "stored v3");
  EXPECT_EQ(show(id).bag->note, "");
}

TEST_F(WalkTest, AStatusThatHasToWaitForItsTurnIsAskedForSoon) {
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  archivematica.statuses["T-1"] = {"PROCESSING", "Verify transfer checksums", ""};
  archivematica.lookups_fail = temporary("another status is being asked for", {}, Reason::limit);
  clock.pass(std::chrono::minutes(1));
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::accepted);
  ASSERT_TRUE(show(id).due);
  EXPECT_GT(*show(id).due, clock.now()) << "its worker is free for others";
  EXPECT_LE(*show(id).due, clock.now() + std::chrono::seconds(21));
  archivematica.lookups_fail.reset();
  clock.pass(std::chrono::seconds(21));
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::processing);
  EXPECT_EQ(alerts(), 0U);
}

TEST_F(WalkTest, E15_APersonThatIsWaitedForIsToldOfOnce) {
  const std::string id = upload(kKey, package());
  archivematica.statuses["T-1"] = {"USER_INPUT", "Approve transfer", ""};
  live(kHour);
  EXPECT_EQ(state(id), TransferState::processing);
  EXPECT_EQ(alerts(), 1U);
}

TEST(WalkByChanceTest, WhateverFailsThereIsOneTransferAndOneAnswer) {
  const std::uint64_t first = number_from("STRONGROOM_SEED", 1);
  const std::uint64_t end = first + number_from("STRONGROOM_WORLDS", 150);
  for (std::uint64_t seed = first; seed < end; ++seed) {
    SCOPED_TRACE(seed);
    TransferWorld world({seed % 2 == 0, seed % 3 != 0});
    std::mt19937_64 chance(seed);
    const auto happens = [&](double rate) { return std::uniform_real_distribution<>(0, 1)(chance) < rate; };
    world.mortal.chance.seed(seed);
    world.mortal.death_rate = 0.03;
    bool trouble = true;
    world.area.set_hook([&](std::string_view, const std::string&) -> Result<void> {
      if (trouble && happens(0.1)) return temporary("the area does not answer");
      return {};
    });
    constexpr std::array kAnswers = {Kind::accepted, Kind::transient, Kind::busy, Kind::not_taken};
    for (int i = 0; i < 12; ++i) {
      world.archivematica.answers.push_back(kAnswers.at(std::uniform_int_distribution<std::size_t>(0, 3)(chance)));
    }
    const std::string good = world.upload(kKey, TransferWorld::package());
    const std::string bad = world.upload("born-digital/bad.zip", "no zip file");
    // Two hours of trouble, then an hour without.
    world.live(kHour * 2);
    trouble = false;
    world.mortal.death_rate = 0;
    world.archivematica.answers.clear();
    world.live(kHour);
    EXPECT_EQ(world.state(good), TransferState::accepted);
    EXPECT_EQ(world.state(bad), TransferState::rejected);
    EXPECT_EQ(world.archivematica.taken.size(), 1U);
    for (const auto& sent : world.archivematica.sent) EXPECT_EQ(sent.key, world.show(good).idempotency_key);
    if (seed % 3 != 0) {
      EXPECT_EQ(tag(world.area.tags_at(kKey), "Archivematica-TransferId"), "T-1");
    }
    // Once Archivematica has copied it, what is left are the answers, each once, and of nothing a notice.
    world.archivematica.statuses["T-1"] = {"PROCESSING", "Scan for viruses", ""};
    world.live(kHour);
    EXPECT_THAT(world.logs(), ElementsAre(HasSubstr("bad.zip.failed."), HasSubstr("pkg.zip.success.")));
  }
}

}  // namespace
}  // namespace strongroom::transfers
