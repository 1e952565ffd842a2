// Goal: what the acceptance cases A8, A14, E2, E8, E9, E11 to E13 and E16 say of single packages beyond what the other
// tests of this folder reach: accession numbers of catalogued packages, files that are still being written, answers
// that were kept too long, orders to try again after the end, and bags of another name.
// Method: a world in memory where Archivematica is away, forgets, or is left at the worst moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "transfers/steering.hpp"
#include "transfers/walk/transfer_world.hpp"

namespace strongroom::transfers {
namespace {

using test::TransferWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using AreaTag = AreaTags::value_type;
using Kind = PackageAnswer::Kind;

constexpr const char* kKey = "born-digital/pkg.zip";
constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kMinute = std::chrono::minutes(1);

class CasesTest : public testing::Test, protected TransferWorld {
 protected:
  /// The upload of the vectors of transfers.md 10.4.
  std::string upload_first() {
    const AreaObject object = area.place(kKey, package());
    const TransferEvent event{
        "ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", object.version_id, object.etag, "http"};
    const auto added = transfers.add_transfer(
        newly(arrived(areas.front(), kKey, event, settings.prefixes, clock.now(), entropy), entropy));
    EXPECT_TRUE(added);
    return added->transfer.id;
  }
  void order_retry(const std::string& id, bool new_submission = false) {
    const Transfer before = show(id);
    const auto after = retried(before, new_submission, "ann", clock.now());
    ASSERT_TRUE(after) << after.error().text();
    const Deed deed{"ann", "retry", id, "done", {}, clock.now()};
    ASSERT_TRUE(transfers.change_transfer(before, {*after}, deed));
  }
  /// The body of the only POST for a package of this name.
  std::string body_of(const std::string& name) {
    std::vector<std::string> found;
    for (const auto& sent : archivematica.sent) {
      if (sent.body.find("\"name\":\"" + name + "\"") != std::string::npos) found.push_back(sent.body);
    }
    EXPECT_EQ(found.size(), 1U) << name;
    return found.empty() ? std::string() : found.front();
  }
};

TEST_F(CasesTest, A8_AnAccessionNumberOfACataloguedPackageGoesWithIt) {
  const std::string head = "filename,dc.identifier,accession_number\nobjects/,LE/MON/1,";
  upload("born-digital/with.zip", package(head + "77\n"));
  upload("born-digital/without.zip", package(head + "\n"));
  ASSERT_TRUE(work());
  EXPECT_THAT(body_of("with.zip"), HasSubstr(R"("accession":"77")"));
  EXPECT_THAT(area.tags_at("born-digital/with.zip"), Contains(AreaTag("Archivematica-AccessionNumber", "77")));
  EXPECT_THAT(area.tags_at("born-digital/with.zip"),
              Contains(AreaTag("Archivematica-CatalogueIdentifier", "LE/MON/1")));
  EXPECT_THAT(body_of("without.zip"), Not(HasSubstr("accession\"")));
  EXPECT_EQ(area.tags_at("born-digital/without.zip").size(), 4U) << "transfer, configuration, identifier and time";
}

TEST_F(CasesTest, A14_AFileThatSeemsCutOffIsBlamedAfterAQuarterOfAnHourOnly) {
  areas.front().is_directory = true;
  const std::string whole = package();
  const std::string id = upload(kKey, whole.substr(0, whole.size() / 2));
  live(std::chrono::minutes(14));
  EXPECT_EQ(state(id), TransferState::received);
  EXPECT_THAT(logs(), Not(Contains(HasSubstr(".failed."))));
  live(std::chrono::minutes(3));
  EXPECT_EQ(state(id), TransferState::rejected);
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("[ZIP-TRUNCATED]"));
  // A bucket holds no half objects.
  TransferWorld bucket;
  const std::string at_once = bucket.upload(kKey, whole.substr(0, whole.size() / 2));
  ASSERT_TRUE(bucket.work());
  EXPECT_EQ(bucket.state(at_once), TransferState::rejected);
}

// The answer that was kept was from before the configuration was made; nobody is bothered with that.
TEST_F(CasesTest, E11_AConfigurationIsMissingOnlyInAFreshAnswer) {
  archivematica.configurations = {"default"};
  archivematica.when_forgotten = [&] { archivematica.configurations.emplace_back("born_digital"); };
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_EQ(archivematica.forgotten, 1);
  EXPECT_EQ(alerts(), 0U);
}

TEST_F(CasesTest, E2_ALocationIsMissingOnlyInAFreshAnswer) {
  const std::vector<SourceArea> sources = archivematica.sources;
  archivematica.sources.clear();
  archivematica.when_forgotten = [&] { archivematica.sources = sources; };
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_EQ(archivematica.forgotten, 1);
  EXPECT_EQ(alerts(), 0U);
  // Missing afresh, too.
  archivematica.sources.clear();
  archivematica.when_forgotten = nullptr;
  const std::string other = upload("born-digital/other.zip", package());
  ASSERT_TRUE(work());
  EXPECT_EQ(show(other).reason->code, transfer_reason::kNoLocation);
  EXPECT_EQ(archivematica.forgotten, 2);
}

// Answers that served are kept: each look-up is a burden to Archivematica.
TEST_F(CasesTest, E12_OnlyWhatReachedNobodyIsLookedUpAfresh) {
  archivematica.when_forgotten = [&] { archivematica.sources.front().uuid = "L9"; };
  archivematica.answers = {Kind::transient};
  upload("born-digital/lost.zip", package());
  live(kMinute);
  EXPECT_EQ(archivematica.forgotten, 0) << "the body that may have arrived is replayed";
  archivematica.answers = {Kind::not_taken};
  upload("born-digital/unsent.zip", package());
  live(kMinute);
  EXPECT_EQ(archivematica.forgotten, 1);
  EXPECT_THAT(archivematica.sent.back().body, HasSubstr(to_base64(as_bytes("L9:/unsent.zip"))));
}

TEST_F(CasesTest, E8_WhoDiesBetweenTheAnswerAndItsRecordSendsTheSameOnceMore) {
  archivematica.before_submit = [&] { mortal.dead = archivematica.sent.empty(); };
  const std::string id = upload(kKey, package());
  EXPECT_FALSE(work()) << "dead, though Archivematica has answered 202";
  EXPECT_EQ(state(id), TransferState::submitting);
  EXPECT_EQ(archivematica.taken.size(), 1U);
  live(std::chrono::minutes(10));
  ASSERT_EQ(archivematica.sent.size(), 2U);
  EXPECT_EQ(archivematica.sent[1].key, archivematica.sent[0].key);
  EXPECT_EQ(archivematica.sent[1].body, archivematica.sent[0].body);
  EXPECT_EQ(archivematica.taken.size(), 1U);
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_THAT(area.tags_at(kKey), Contains(AreaTag("Archivematica-TransferId", "T-1")));
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".success.")));
}

TEST_F(CasesTest, E9_AwayForTwoHoursItIsHandedOverAfterwards) {
  archivematica.lookups_fail = temporary("Archivematica does not answer");
  const std::string id = upload(kKey, package());
  live(kHour * 2);
  EXPECT_EQ(state(id), TransferState::submitting);
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".delayed."), HasSubstr(".received.")));
  EXPECT_FALSE(show(id).delay->operator_problem);
  archivematica.lookups_fail.reset();
  live(kHour / 2);
  EXPECT_EQ(state(id), TransferState::accepted);
  EXPECT_EQ(archivematica.sent.size(), 1U);
  EXPECT_THAT(logs(), ElementsAre(HasSubstr(".success.")));
}

TEST_F(CasesTest, E9_GivenUpItIsHandedOverByAnOrderUnderTheSameKey) {
  archivematica.lookups_fail = temporary("Archivematica does not answer");
  const std::string id = upload(kKey, package());
  live(settings.retry_for + kHour);
  ASSERT_EQ(state(id), TransferState::failed);
  ASSERT_EQ(show(id).reason->code, transfer_reason::kGaveUp);
  const std::string key = show(id).idempotency_key;
  archivematica.lookups_fail.reset();
  order_retry(id);
  ASSERT_TRUE(work());
  EXPECT_EQ(state(id), TransferState::accepted);
  ASSERT_EQ(archivematica.sent.size(), 1U);
  EXPECT_EQ(archivematica.sent[0].key, key);
  EXPECT_THAT(logs(), Contains(HasSubstr(".success.")));
}

TEST_F(CasesTest, E13_ANewSubmissionHasAKeyAndAnAnswerOfItsOwn) {
  archivematica.answers.assign(2000, Kind::busy);
  const std::string id = upload_first();
  live(settings.retry_for + kHour);
  ASSERT_EQ(show(id).reason->code, transfer_reason::kUncertain);
  ASSERT_THAT(logs(), ElementsAre(testing::EndsWith(".95719fbf88fa.log")));
  EXPECT_THAT(logs().front(), HasSubstr(".failed."));
  EXPECT_THAT(*area.content(logs().front()), HasSubstr("outcome-uncertain"));
  EXPECT_EQ(alerts(), 1U) << "somebody has to look in the dashboard";
  EXPECT_THAT(transfers.told().back().notice.body, HasSubstr("look in its dashboard before a new submission"));
  EXPECT_FALSE(retried(show(id), false, "ann", clock.now()));
  archivematica.answers.clear();
  const std::size_t before = archivematica.sent.size();
  order_retry(id, true);
  ASSERT_TRUE(work());
  ASSERT_EQ(archivematica.sent.size(), before + 1);
  EXPECT_EQ(archivematica.sent.back().key, "4dfa2260aff4dbd2baaf23efbdf19712632a447dac626aea4bd8352c4dd2ea8f");
  EXPECT_EQ(state(id), TransferState::accepted);
  archivematica.statuses["T-1"] = {"PROCESSING", "Scan for viruses", ""};
  live(kHour);
  EXPECT_THAT(logs(), ElementsAre(testing::EndsWith(".95719fbf88fa.log"), testing::EndsWith(".4dfa2260aff4.log")));
  EXPECT_THAT(logs().back(), HasSubstr(".success."));
}

TEST_F(CasesTest, E16_UnderAnotherNameItIsStoredAllTheSameAndThatIsSaid) {
  const std::string id = upload(kKey, package());
  ASSERT_TRUE(work());
  ASSERT_EQ(state(id), TransferState::accepted);
  const BagId other{*Space::parse("elsewhere"), *ExternalIdentifier::parse("PP/9")};
  ASSERT_TRUE(transfers.add_mets_names(other, Version(2), {"data/x-XT-1x/METS.xml", "data/x-T-1/METS.xml.bak"}));
  live(kHour);
  EXPECT_EQ(state(id), TransferState::accepted) << "neither is of this transfer";
  ASSERT_TRUE(
      transfers.add_mets_names(other, Version(2), {"data/objects/submissionDocumentation/transfer-pkg-T-1/METS.xml"}));
  live(kHour);
  ASSERT_EQ(state(id), TransferState::stored);
  EXPECT_EQ(show(id).label(), "stored v2");
  EXPECT_EQ(show(id).bag->external_identifier, "PP/9");
  EXPECT_EQ(show(id).bag->note, "it was expected in the space born-digital, and as LE/MON/1");
  EXPECT_THAT(show(id).remarks.back().description, HasSubstr("it was expected in the space born-digital"));
}

}  // namespace
}  // namespace strongroom::transfers
