// Goal: a notification becomes the packages it tells of, once, and says what became of the rest (transfers.md 3.1).
// Method: whole notifications into a catalogue in memory; one that fails when it is told to.
#include "transfers/intake.hpp"

#include <gtest/gtest.h>

#include "adapters/catalogue/memory/transfers.hpp"
#include "support/counting_metrics.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::transfers {
namespace {

std::string record(const std::string& key, const std::string& sequencer = "0001",
                   const std::string& bucket = "transfer-source", const std::string& more = "") {
  return R"({"eventTime":"2026-07-31T08:00:00.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":")" +
         bucket + R"("},"object":{"key":")" + key + R"(","sequencer":")" + sequencer + R"(")" + more + "}}}";
}

class IntakeTest : public testing::Test {
 protected:
  Result<IntakeReceipt> take(const std::string& records, std::string_view source = "http") {
    return take_in({transfers, dead_letters, clock, entropy, log, metrics}, settings, source,
                   "{\"Records\":[" + records + "]}");
  }
  std::vector<Transfer> all() { return transfers.find_transfers({}, std::nullopt, 1000)->transfers; }

  memory::MemoryTransfers transfers;
  test::FakeClock clock;
  test::FakeEntropy entropy;
  test::FakeLog log;
  test::CountingMetrics metrics;
  Alarm alarm{{transfers, nullptr, clock, entropy, log}};
  DeadLetters dead_letters{transfers, alarm};
  IntakeSettings settings{.areas = {{"main", "transfer-source"}, {"other", "transfer-bucket"}}};
};

TEST_F(IntakeTest, A1_APackageIsReceived) {
  const auto receipt = take(record("born-digital/pkg.zip"));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->accepted, 1U);
  ASSERT_EQ(all().size(), 1U);
  const Transfer one = all().front();
  EXPECT_EQ(one.area, "main");
  EXPECT_EQ(one.bucket, "transfer-source");
  EXPECT_EQ(one.idempotency_key, "95719fbf88fa66a947e7db0d695c2976ecf0669ab2b3dcdd4106dfb105f37465");
  EXPECT_EQ(one.flavour, "catalogued");
  EXPECT_EQ(one.expected_space, "born-digital");
  EXPECT_EQ(one.state, TransferState::received);
  EXPECT_EQ(one.due, clock.wall);
  EXPECT_EQ(one.event.source, "http");
  EXPECT_TRUE(is_uuid(one.id));
  ASSERT_EQ(transfers.told().size(), 1U);
  EXPECT_EQ(transfers.told()[0].notice.space, "born-digital");
  EXPECT_NE(transfers.told()[0].notice.body.find(one.id), std::string::npos);
}

TEST_F(IntakeTest, A3_KeysOfTheOtherBucket) {
  ASSERT_TRUE(take(record("born-digital%2Fpackage+name.zip", "0001", "transfer-bucket")));
  EXPECT_EQ(all().at(0).area, "other");
  EXPECT_EQ(all().at(0).idempotency_key, "acdd628607261d3c630d9b3b2d7ba1effc0d73df771788c5149112b5dbc61ed9");
}

// From what S3 sends to the key that Archivematica gets: decoding and identity together.
TEST_F(IntakeTest, A4_KeysThatAreEncodedAndNotOfAPut) {
  std::string multipart =
      record("born-digital/caf%C3%A9%2Bx.zip", "00ABC123", "transfer-bucket", R"(,"versionId":"version-1")");
  const std::string put = "ObjectCreated:Put";
  multipart.replace(multipart.find(put), put.size(), "ObjectCreated:CompleteMultipartUpload");
  ASSERT_TRUE(take(multipart + "," + record("born-digital/a%22b%5Cc%09d.zip")));
  const auto key_of = [this](const std::string& object) {
    const auto found = transfers.find_transfers({.key = object}, std::nullopt, 10)->transfers;
    return found.size() == 1 ? found.front().idempotency_key : std::to_string(found.size()) + " records";
  };
  EXPECT_EQ(key_of("born-digital/caf\xC3\xA9+x.zip"),
            "6d6e25a0a1f08a2c8541c3a069e619c0abc5322f2ac6e2ca1fff4cdb46c413f4");
  EXPECT_EQ(key_of("born-digital/a\"b\\c\td.zip"), "1a57e1caa9b604540efea080406606d3f96e14423715919214f26def11024026");
}

TEST_F(IntakeTest, A5_DeliveredTwiceItIsOne) {
  ASSERT_TRUE(take(record("born-digital/pkg.zip")));
  const auto again = take(record("born-digital/pkg.zip"), "sqs");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->known, 1U);
  EXPECT_EQ(again->accepted, 0U);
  const auto others = take(record("born-digital/pkg.zip", "0002") + "," +
                           record("born-digital/pkg.zip", "0001", "transfer-source", R"(,"versionId":"v")"));
  ASSERT_TRUE(others);
  EXPECT_EQ(others->accepted, 2U);
  std::string later = record("born-digital/pkg.zip");
  later.replace(later.find("T08:00"), 6, "T09:30");
  const auto same = take(later);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->known, 1U) << "the time of an event is no part of its identity";
  EXPECT_EQ(all().size(), 3U);
  EXPECT_EQ(metrics.counts["strongroom_transfer_notifications_total sqs known"], 1);
  EXPECT_EQ(metrics.counts["strongroom_transfer_notifications_total http accepted"], 3);
}

TEST_F(IntakeTest, A9_WhatIsNoPackageIsIgnored) {
  const auto receipt =
      take(record("born-digital/readme.txt") + "," + record("born-digital/pkg.zip.success.x.log", "0002") + "," +
           record("born-digital/a.tar.gz", "0003") + "," + record("born-digital/x.zip/", "0004") + "," +
           record("born-digital/pkg.zip", "0005", "elsewhere") + R"(,{"eventName":"ObjectRemoved:Delete"})");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->ignored, 6U);
  EXPECT_TRUE(all().empty());
  EXPECT_TRUE(transfers.told().empty());
  EXPECT_NE(log.text.find("notification_of_other_bucket bucket=elsewhere"), std::string::npos);
  EXPECT_EQ(metrics.counts["strongroom_transfer_notifications_total http ignored"], 6);
}

// E3: outside of the prefixes it is answered, so it is received.
TEST_F(IntakeTest, E3_OutsideOfThePrefixesItIsReceived) {
  ASSERT_TRUE(take(record("unknown/PKG.Zip") + "," + record("born-digital-accessions/a.ZIP", "0002")));
  ASSERT_EQ(all().size(), 2U);
  EXPECT_EQ(all()[0].flavour, "accession");
  EXPECT_EQ(all()[1].flavour, "");
  EXPECT_EQ(all()[1].expected_space, "");
}

TEST_F(IntakeTest, A12_AMalformedRecordIsSetAside) {
  const std::string three =
      record("born-digital/a.zip") + R"(,{"eventName":"ObjectCreated:Put"},)" + record("born-digital/b.zip", "0002");
  const auto receipt = take(three);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->accepted, 2U);
  ASSERT_EQ(receipt->malformed.size(), 1U);
  EXPECT_EQ(receipt->malformed[0].index, 1U);
  ASSERT_TRUE(take(three));  // repeated, it is told once
  const auto kept = transfers.messages_aside(0, 10);
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_EQ(kept->front().source, "http");
  EXPECT_EQ(kept->front().body, R"({"Records":[{"eventName":"ObjectCreated:Put"}]})");
  EXPECT_EQ(kept->front().reason, "eventTime is missing");
  int alerts = 0;
  for (const auto& told : transfers.told()) alerts += told.kind == "operator-alert" ? 1 : 0;
  EXPECT_EQ(alerts, 1);
}

TEST_F(IntakeTest, A12_ABodyThatIsNoneRecordsNothing) {
  const auto none = take_in({transfers, dead_letters, clock, entropy, log, metrics}, settings, "http", "hello");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().act, Act::rejected);
  EXPECT_TRUE(all().empty());
  EXPECT_TRUE(transfers.told().empty());
}

TEST_F(IntakeTest, A13_ItIsAttachedToWhatASweepHasRecorded) {
  Transfer swept;
  swept.id = "7b3f8e9a-16a4-4b43-9a62-6b2c7d1f0a55";
  swept.area = "main";
  swept.key = "born-digital/pkg.zip";
  swept.event = {
      std::string(kObservedEvent), "2026-07-31T08:00:00.000Z", "e1-20260731T080000.000Z", std::nullopt, "e1", "sweep"};
  swept.created = *parse_instant("2026-07-31T08:20:00Z");
  swept.modified = swept.created;
  ASSERT_TRUE(transfers.add_transfer({swept, {}}));
  const auto receipt = take(record("born-digital/pkg.zip", "0001", "transfer-source", R"(,"eTag":"e1")"));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->known, 1U);
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(all()[0].event.name, kObservedEvent);
}

/// Says no to every second package.
class HalfDown final : public Transfers {
 public:
  explicit HalfDown(Transfers& inner) : inner_(inner) {}
  Result<AddedTransfer> add_transfer(const NewTransfer& transfer) override {
    if (++calls % 2 == 0) return temporary("the disk is full");
    return inner_.add_transfer(transfer);
  }
  int calls = 0;

  Result<std::optional<Transfer>> find_transfer(const std::string&) override { return test::not_in_fake(); }
  Result<TransferPage> find_transfers(const TransferFilter&, const std::optional<TransferPlace>&,
                                      std::size_t) override {
    return test::not_in_fake();
  }
  Result<std::vector<Transfer>> transfers_of_object(const std::string&, const AreaObject&) override {
    return test::not_in_fake();
  }
  Result<std::vector<Transfer>> transfers_of_key(const std::string&, const std::string&) override {
    return test::not_in_fake();
  }
  Result<std::optional<TransferClaim>> claim_transfer(Instant, Duration) override { return test::not_in_fake(); }
  Result<std::optional<TransferClaim>> claim_transfer(const std::string&, Instant, Duration) override {
    return test::not_in_fake();
  }
  Result<void> renew_transfer(const std::string&, std::uint64_t, Instant) override { return test::not_in_fake(); }
  Result<void> save_transfer(const TransferSave&, Instant) override { return test::not_in_fake(); }
  Result<void> change_transfer(const Transfer&, const TransferSave&, const Deed&) override {
    return test::not_in_fake();
  }
  Result<std::optional<Instant>> next_transfer_due() override { return test::not_in_fake(); }
  Result<void> add_mets_names(const BagId&, Version, const std::vector<std::string>&) override {
    return test::not_in_fake();
  }
  Result<std::optional<TransferBag>> find_mets_suffix(const std::string&) override { return test::not_in_fake(); }
  Result<bool> tell_alert(const std::string&, const std::string&, const TransferNotice&, Instant, Duration) override {
    return test::not_in_fake();
  }
  Result<bool> end_alert(const std::string&, const TransferNotice&, Instant) override { return test::not_in_fake(); }
  Result<std::string> transfer_fact(const std::string&) override { return test::not_in_fake(); }
  Result<void> set_transfer_fact(const std::string&, const std::string&) override { return test::not_in_fake(); }
  Result<std::optional<Version>> latest_version(const BagId&) override { return test::not_in_fake(); }
  Result<std::optional<Transfer>> find_stored_content(const std::string&, std::uint64_t) override {
    return test::not_in_fake();
  }
  Result<TransferTally> transfer_tally() override { return test::not_in_fake(); }

 private:
  Transfers& inner_;
};

TEST_F(IntakeTest, TroubleWithOneKeepsNoOtherBackAndIsTold) {
  HalfDown half(transfers);
  const auto receipt =
      take_in({half, dead_letters, clock, entropy, log, metrics}, settings, "http",
              "{\"Records\":[" + record("born-digital/a.zip", "1") + "," + record("born-digital/b.zip", "2") + ",7," +
                  record("born-digital/c.zip", "3") + "]}");
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().act, Act::temporary);
  EXPECT_EQ(all().size(), 2U);
  EXPECT_EQ(transfers.messages_aside(0, 10)->size(), 1U);
}

}  // namespace
}  // namespace strongroom::transfers
