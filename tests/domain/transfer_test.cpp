// Goal: what the catalogue keeps of a package comes back as it was, whatever its texts hold, and damage is told.
// Method: a package with every member set, checked by taking the type apart, there and back; each member left out or
// replaced in the text.
#include "domain/transfer.hpp"

#include <gtest/gtest.h>

#include <set>

#include "domain/json_members.hpp"

namespace strongroom {
namespace {

Instant at(int second) { return *parse_instant("2026-07-31T08:00:00.000001Z") + std::chrono::seconds(second); }

AreaObject object(std::string key) { return {std::move(key), "version-1", "d41d8cd9", 48'213, at(1)}; }

/// No member as it is without being set.
Transfer full() {
  Transfer transfer;
  transfer.id = "7b3f8e9a-16a4-4b43-9a62-6b2c7d1f0a55";
  transfer.area = "uploads";
  transfer.bucket = "transfer-source";
  transfer.key = "born-digital/a\"b\\c\td\xEF\xBF\xBD.zip";
  transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", "version-1", "d41d8cd9", "http"};
  transfer.idempotency_key = "1a57e1ca";
  transfer.resubmission = 2;
  transfer.created = at(2);
  transfer.modified = at(3);
  transfer.state = TransferState::failed;
  transfer.held = true;
  transfer.bound = object(transfer.key);
  transfer.flavour = "catalogued";
  transfer.expected_space = "born-digital";
  transfer.delay = TransferDelay{at(4), "no answer", true, 3, at(5), at(6)};
  transfer.reason = TransferReason{"gave-up", "Archivematica could not be reached"};
  transfer.catalogue_identifier = "LE/MON/1";
  transfer.accession_number = "1234";
  transfer.findings = {{"RIGHTS-BASIS", TransferSeverity::problem, "metadata/rights.csv", 3, "basis", "lic\xFF", "no"},
                       {"W-NO-RIGHTS", TransferSeverity::warning}};
  transfer.submission = TransferSubmission{R"({"name":"pkg.zip"})", "born_digital", true, at(7), 4};
  transfer.twin = TransferTwin{"born-digital/pkg.zip", object("born-digital/pkg.zip")};
  transfer.archivematica = TransferAtArchivematica{"T-1", "S-1", "born_digital", "PROCESSING", "Scan", at(8), at(9)};
  transfer.tagged = true;
  transfer.object_lost = true;
  transfer.accepted = at(10);
  transfer.alerted = {"user input", "\xC3\xA9"};
  transfer.bag = TransferBag{"born-digital", "LE/MON/1", "v3", "another one"};
  transfer.logs = {{"success", "born-digital/pkg.zip.success.log", "@@\n", true, true, "v-9", "etag"},
                   {"received", "k", "t"}};
  transfer.remarks = {{"The package was noticed", at(11)}, {"\xE2\x80\xA8", at(12)}};
  transfer.dismissed = TransferDismissal{"archivist", at(13), "a test"};
  transfer.resolved = true;
  transfer.reported_stored = true;
  transfer.reported_gone = true;
  transfer.cleaned_up = true;
  transfer.due = at(14);
  return transfer;
}

/// Fails to compile when a member is added that full() does not know of.
template <class Check>
void each_member(const Transfer& a, const Transfer& b, const Check& check) {
  const auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23,
               a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35] = a;
  const auto& [b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23,
               b24, b25, b26, b27, b28, b29, b30, b31, b32, b33, b34, b35] = b;
  check(a1, b1), check(a2, b2), check(a3, b3), check(a4, b4), check(a5, b5), check(a6, b6), check(a7, b7);
  check(a8, b8), check(a9, b9), check(a10, b10), check(a11, b11), check(a12, b12), check(a13, b13), check(a14, b14);
  check(a15, b15), check(a16, b16), check(a17, b17), check(a18, b18), check(a19, b19), check(a20, b20);
  check(a21, b21), check(a22, b22), check(a23, b23), check(a24, b24), check(a25, b25), check(a26, b26);
  check(a27, b27), check(a28, b28), check(a29, b29), check(a30, b30), check(a31, b31), check(a32, b32);
  check(a33, b33), check(a34, b34), check(a35, b35);
}

TEST(Transfer, ComesBackWithEveryMember) {
  each_member(full(), Transfer{}, [](const auto& set, const auto& unset) { EXPECT_FALSE(set == unset); });
  const auto again = parse_transfer(write_transfer(full()));
  ASSERT_TRUE(again) << again.error().text();
  each_member(*again, full(), [](const auto& read, const auto& written) { EXPECT_TRUE(read == written); });
  EXPECT_EQ(write_transfer(*again), write_transfer(full()));
}

TEST(Transfer, ComesBackWithNothingSet) {
  EXPECT_EQ(parse_transfer(write_transfer(Transfer{})).value(), Transfer{});
  Transfer bare = full();
  bare.bound->version_id = std::nullopt;
  bare.event.version_id = "";  // is not the same as none
  bare.twin->object = std::nullopt;
  EXPECT_EQ(parse_transfer(write_transfer(bare)).value(), bare);
}

// File names and values of a CSV are bytes.
TEST(Transfer, KeepsTextsThatAreNotUtf8) {
  for (const std::string& text : {std::string("caf\xE9.zip"), std::string("\0\xFF", 2), std::string("\xED\xA0\x80")}) {
    Transfer transfer = full();
    transfer.key = text;
    transfer.findings.front().value = text;
    transfer.event.version_id = text;
    transfer.logs.front().text = text;
    EXPECT_EQ(parse_transfer(write_transfer(transfer)).value(), transfer);
  }
}

TEST(Transfer, EveryStateHasItsName) {
  std::set<std::string_view> names;
  for (int number = 0; number < 8; ++number) {
    Transfer transfer = full();
    transfer.state = static_cast<TransferState>(number);
    EXPECT_EQ(parse_transfer_state(name_of(transfer.state)), transfer.state);
    EXPECT_EQ(parse_transfer(write_transfer(transfer)).value(), transfer);
    names.insert(name_of(transfer.state));
  }
  EXPECT_EQ(names.size(), 8U);
  EXPECT_EQ(parse_transfer_state("Received"), std::nullopt);
}

TEST(Transfer, DamageIsTold) {
  const std::string good = write_transfer(full());
  const auto replaced = [&good](std::string_view from, std::string_view to) {
    std::string text = good;
    const std::size_t found = text.find(from);
    EXPECT_NE(found, std::string::npos) << from;
    return parse_transfer(text.replace(found, from.size(), to));
  };
  for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
           {R"("area":"uploads",)", ""},
           {R"("state":"failed")", R"("state":"Failed")"},
           {R"("held":true)", R"("held":"true")"},
           {R"("size":48213)", R"("size":-1)"},
           {R"("attempts":3)", R"("attempts":2147483648)"},
           {R"("due":"2026)", R"("due":"x026)"},
           {R"("severity":"warning")", R"("severity":"hint")"},
           {R"("value.hex":"6c6963ff")", R"("value.hex":"6c6963f")"},
           {R"("value.hex":"6c6963ff")", R"("value.hex":7)"},
           {R"("logs":[)", R"("logs":[7,)"},
           {R"("twin":{)", R"("twin":[],"x":{)"},
           {R"("result":"success",)", ""}}) {
    const auto read = replaced(from, to);
    ASSERT_FALSE(read) << from;
    EXPECT_EQ(read.error().reason, Reason::corrupt) << from;
  }
  EXPECT_FALSE(parse_transfer("[]"));
  EXPECT_FALSE(parse_transfer(good.substr(0, good.size() - 1)));
  // A member of a later release is passed over.
  EXPECT_TRUE(replaced(R"("held":true)", R"("held":true,"later":1)"));
}

// What one object is (transfers.md 2.1, 3.5).

AreaObject seen(std::optional<std::string> version, std::string etag, int second) {
  return {"born-digital/pkg.zip", std::move(version), std::move(etag), 10, at(second)};
}

Transfer notified(std::optional<std::string> version, std::string etag) {
  Transfer transfer;
  transfer.area = "main";
  transfer.key = "born-digital/pkg.zip";
  transfer.event = {
      "ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", std::move(version), std::move(etag), "http"};
  return transfer;
}

/// As a sweep notices it; not looked at yet.
Transfer observed(const AreaObject& object, int second) {
  Transfer transfer = notified(std::nullopt, "");
  transfer.key = object.key;
  transfer.event = {std::string(kObservedEvent),
                    format_instant(object.modified),
                    object.etag + "-t",
                    object.version_id,
                    object.etag,
                    "sweep"};
  transfer.created = at(second);
  return transfer;
}

TEST(Transfer, IsAboutTheObjectItIsBoundTo) {
  Transfer transfer = notified("v1", "e");
  transfer.bound = seen("v1", "e", 0);
  EXPECT_TRUE(is_about(transfer, seen("v1", "other", 9)));
  EXPECT_FALSE(is_about(transfer, seen("v2", "e", 0)));
  // A listing that does not tell versions, and one that tells fractions of a second.
  EXPECT_TRUE(is_about(transfer, seen(std::nullopt, "e", 0)));
  AreaObject fraction = seen(std::nullopt, "e", 0);
  fraction.modified += std::chrono::milliseconds(999);
  EXPECT_TRUE(is_about(transfer, fraction));
  EXPECT_FALSE(is_about(transfer, seen(std::nullopt, "e", 1)));
  EXPECT_FALSE(is_about(transfer, seen(std::nullopt, "f", 0)));
  AreaObject elsewhere = seen("v1", "e", 0);
  elsewhere.key += "2";
  EXPECT_FALSE(is_about(transfer, elsewhere));
}

TEST(Transfer, IsAboutTheObjectThatItWaitsToLookAt) {
  EXPECT_TRUE(is_about(notified("v1", "e"), seen("v1", "f", 5)));
  EXPECT_FALSE(is_about(notified("v1", "e"), seen("v2", "e", 5)));
  EXPECT_TRUE(is_about(notified("v1", "e"), seen(std::nullopt, "e", 5)));
  EXPECT_FALSE(is_about(notified("v1", "e"), seen(std::nullopt, "f", 5)));
  EXPECT_TRUE(is_about(notified(std::nullopt, ""), seen("v7", "f", 5)));
  EXPECT_FALSE(is_about(notified(std::nullopt, "e"), seen("v7", "f", 5)));
  Transfer replaced = notified(std::nullopt, "");
  replaced.state = TransferState::failed;
  EXPECT_FALSE(is_about(replaced, seen("v7", "f", 5)));
}

Transfer later_one() {
  Transfer later = notified(std::nullopt, "e");
  later.event.time = format_instant(at(901));
  return later;
}

TEST(Transfer, A13_NoticedInTwoWaysItIsOnePackage) {
  // Its time is later than that of the object, as when an upload takes long.
  const Transfer swept = observed(seen("v1", "e", -600), 900);
  EXPECT_TRUE(is_same_package(swept, notified("v1", "f")));
  EXPECT_FALSE(is_same_package(swept, notified("v2", "e")));
  EXPECT_TRUE(is_same_package(swept, notified(std::nullopt, "e")));
  EXPECT_TRUE(is_same_package(swept, notified(std::nullopt, "")));
  EXPECT_FALSE(is_same_package(swept, notified(std::nullopt, "f")));
  Transfer later = later_one();
  EXPECT_FALSE(is_same_package(swept, later));
  later.event.time = "yesterday";
  EXPECT_TRUE(is_same_package(swept, later));
  Transfer elsewhere = notified("v1", "e");
  elsewhere.area = "other";
  EXPECT_FALSE(is_same_package(swept, elsewhere));
  // A sweep that comes behind the notification, and a second sweep.
  EXPECT_TRUE(is_same_package(notified(std::nullopt, "e"), swept));
  EXPECT_FALSE(is_same_package(notified(std::nullopt, "f"), swept));
  EXPECT_TRUE(is_same_package(swept, observed(seen(std::nullopt, "e", -600), 950)));
  EXPECT_FALSE(is_same_package(swept, observed(seen(std::nullopt, "e", -500), 950)));
  // Bound, it is the same.
  Transfer looked_at = swept;
  looked_at.bound = seen("v1", "e", -600);
  EXPECT_TRUE(is_same_package(looked_at, notified(std::nullopt, "e")));
  EXPECT_FALSE(is_same_package(looked_at, later_one()));
  EXPECT_TRUE(is_same_package(looked_at, observed(seen(std::nullopt, "e", -600), 950)));
  // Two notifications are two packages.
  Transfer bound = notified("v1", "e");
  bound.bound = seen("v1", "e", 0);
  EXPECT_FALSE(is_same_package(bound, notified("v1", "e")));
}

TEST(Transfer, A10_ATwinIsNoPackageOfItsOwn) {
  Transfer upper = notified(std::nullopt, "e");
  upper.key = "born-digital/pkg.ZIP";
  EXPECT_FALSE(is_same_package(upper, notified(std::nullopt, "e")));
  upper.twin = TransferTwin{"born-digital/pkg.zip"};
  EXPECT_TRUE(is_same_package(upper, notified(std::nullopt, "c")));
  EXPECT_TRUE(is_about(upper, seen(std::nullopt, "c", 0)));
  upper.twin->object = seen(std::nullopt, "c", 0);
  EXPECT_TRUE(is_same_package(upper, notified(std::nullopt, "c")));
  EXPECT_FALSE(is_same_package(upper, notified(std::nullopt, "f")));
  EXPECT_FALSE(is_about(upper, seen(std::nullopt, "f", 0)));
  EXPECT_TRUE(is_same_package(upper, observed(seen(std::nullopt, "c", 0), 900)));
  Transfer later = notified(std::nullopt, "c");
  later.event.time = format_instant(at(61));
  EXPECT_FALSE(is_same_package(upper, later));
}

TEST(Transfer, A5_AnEventIsKnownByItsMembers) {
  const Transfer one = notified(std::nullopt, "e");
  Transfer same = notified(std::nullopt, "f");
  same.event.time = "later";
  same.event.source = "sqs";
  same.bucket = "b";
  EXPECT_EQ(event_identity(one), event_identity(same));
  std::set<std::string> identities = {event_identity(one)};
  for (int i = 0; i < 7; ++i) {
    Transfer other = one;
    if (i == 0) other.area = "main2";
    if (i == 1) other.event.name = "ObjectCreated:Pu";
    if (i == 2) other.key += "2";
    if (i == 3) other.event.sequencer = "00012";
    if (i == 4) other.event.version_id = "";
    if (i == 5) other.event.version_id = "v";
    if (i == 6) std::swap(other.area, other.key);
    identities.insert(event_identity(other));
  }
  EXPECT_EQ(identities.size(), 8U);
}

TEST(Transfer, WhatIsShownOfIt) {
  Transfer transfer;
  EXPECT_EQ(transfer.label(), "received");
  EXPECT_TRUE(transfer.is_unresolved());
  transfer.key = "born-digital/P.ZIP";
  EXPECT_EQ(transfer.submitted_key(), "born-digital/P.ZIP");
  transfer.twin = TransferTwin{"born-digital/P.zip"};
  EXPECT_EQ(transfer.submitted_key(), "born-digital/P.zip");
  transfer.bag = TransferBag{"born-digital", "LE/MON/1", "v3"};
  EXPECT_EQ(transfer.label(), "received");
  transfer.state = TransferState::stored;
  EXPECT_EQ(transfer.label(), "stored v3");
  EXPECT_FALSE(transfer.is_unresolved());
  transfer.state = TransferState::failed;
  EXPECT_TRUE(transfer.is_unresolved());
  transfer.resolved = true;
  EXPECT_FALSE(transfer.is_unresolved());
  transfer.resolved = false;
  transfer.dismissed = TransferDismissal{"a", at(0), "b"};
  EXPECT_FALSE(transfer.is_unresolved());

  const std::set<TransferState> final_ones = {TransferState::rejected, TransferState::stored, TransferState::failed};
  for (int number = 0; number < 8; ++number) {
    const auto state = static_cast<TransferState>(number);
    EXPECT_EQ(is_final(state), final_ones.contains(state)) << name_of(state);
  }
}

}  // namespace
}  // namespace strongroom
