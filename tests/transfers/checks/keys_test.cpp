// Goal: the names of things agree byte for byte with the services before: idempotency keys, log keys, tags, prefixes.
// Method: the vectors of transfers.md 10.4 and the acceptance cases A1 to A5, A8 and E13; the rules by their edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfers/failure.hpp"
#include "transfers/idempotency_key.hpp"
#include "transfers/log_keys.hpp"
#include "transfers/prefixes.hpp"
#include "transfers/tags.hpp"

namespace strongroom::transfers {
namespace {

using testing::HasSubstr;

const EventIdentity kEvent = {"transfer-source", "ObjectCreated:Put", "born-digital/pkg.zip", "0001", std::nullopt};
constexpr char kTime[] = "2026-07-31T08:00:00.000Z";

TEST(IdempotencyKey, Vectors) {
  const EventIdentity blank = {"transfer-bucket", "ObjectCreated:Put", "born-digital/package name.zip", "0001", {}};
  EXPECT_EQ(idempotency_key(blank), "acdd628607261d3c630d9b3b2d7ba1effc0d73df771788c5149112b5dbc61ed9") << "A3";
  const EventIdentity accent = {"transfer-bucket", "ObjectCreated:CompleteMultipartUpload",
                                "born-digital/caf\xC3\xA9+x.zip", "00ABC123", "version-1"};
  EXPECT_EQ(idempotency_key(accent), "6d6e25a0a1f08a2c8541c3a069e619c0abc5322f2ac6e2ca1fff4cdb46c413f4") << "A4";
  EXPECT_EQ(idempotency_key(kEvent), "95719fbf88fa66a947e7db0d695c2976ecf0669ab2b3dcdd4106dfb105f37465") << "A1";
  EventIdentity escaped = kEvent;
  escaped.object_key = "born-digital/a\"b\\c\td.zip";
  EXPECT_EQ(idempotency_key(escaped), "1a57e1caa9b604540efea080406606d3f96e14423715919214f26def11024026") << "A4";
  EXPECT_EQ(idempotency_key(kEvent, 1), "4dfa2260aff4dbd2baaf23efbdf19712632a447dac626aea4bd8352c4dd2ea8f") << "E13";
}

TEST(IdempotencyKey, A5_EveryMemberCounts) {
  std::set<std::string> keys = {idempotency_key(kEvent), idempotency_key(kEvent, 1), idempotency_key(kEvent, 2)};
  EventIdentity other = kEvent;
  other.sequencer = "0002";
  keys.insert(idempotency_key(other));
  other = kEvent;
  other.version_id = "1";
  keys.insert(idempotency_key(other));
  other.version_id = "null";
  keys.insert(idempotency_key(other));
  other.version_id = "";
  keys.insert(idempotency_key(other));
  EXPECT_EQ(keys.size(), 7U);
}

TEST(IdempotencyKey, EscapesWhatJsonDemandsOnly) {
  EventIdentity event = kEvent;
  event.object_key = std::string("\b\f\n\r\t\x01\x1F\x7F/<\0", 11);
  EXPECT_THAT(idempotency_text(event), HasSubstr("\"object_key\":\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7F/<\\u0000\","));
}

TEST(LogKey, Layouts) {
  const std::string hex = "acdd628607261d3c630d9b3b2d7ba1effc0d73df771788c5149112b5dbc61ed9";
  EXPECT_EQ(log_key({}, "born-digital/package name.zip", LogResult::success, kTime, hex),
            "born-digital/package name.zip.success.2026-07-31T08:00:00.000Z.acdd62860726.log")
      << "A3";
  EXPECT_EQ(log_key({"feedback/", false}, "born-digital/pkg.zip", LogResult::failed, kTime, hex),
            "feedback/born-digital/pkg.zip.failed.2026-07-31T08:00:00.000Z.acdd62860726.log");
  EXPECT_EQ(log_key({"", true}, "born-digital/a:b.zip", LogResult::received, kTime, hex),
            "born-digital/a:b.zip.received.2026-07-31T08-00-00.000Z.acdd62860726.log");
  EXPECT_EQ(log_key({}, "k", LogResult::delayed, kTime, hex), "k.delayed.2026-07-31T08:00:00.000Z.acdd62860726.log");
}

TEST(LogKey, H3_SeparatePrefixes) {
  const auto prefixes = default_prefixes();
  EXPECT_TRUE(check_layout({}, prefixes));
  EXPECT_TRUE(check_layout({"feedback/", false}, prefixes));
  EXPECT_TRUE(check_layout({"born-digital-logs/", false}, prefixes));
  for (const std::string prefix : {"feedback", "born-digital/", "born-digital/logs/"}) {
    EXPECT_FALSE(check_layout({prefix, false}, prefixes)) << prefix;
  }
}

TEST(Tags, A1_A2_A8) {
  PackageIdentifiers identifiers;
  identifiers.catalogue_identifier = "LE/MON/1";
  EXPECT_EQ(tags_of("T-1", "born_digital", identifiers, kTime),
            (std::vector<Tag>{{"Archivematica-TransferId", "T-1"},
                              {"Archivematica-ProcessingConfig", "born_digital"},
                              {"Archivematica-CatalogueIdentifier", "LE/MON/1"},
                              {"Archivematica-S3EventTime", kTime}}));
  identifiers.accession_number = "77";
  EXPECT_EQ(tags_of("T-1", "born_digital", identifiers, kTime).size(), 5U);
  identifiers = {};
  identifiers.accession_number = "1234";
  EXPECT_EQ(tags_of("T-2", "b_dig_accessions", identifiers, kTime)[2], Tag("Archivematica-AccessionNumber", "1234"));
}

TEST(Prefixes, WhichKeysArePackages) {
  for (const std::string key : {"a.zip", "born-digital/PKG.ZIP", "x.Zip", ".zip"})
    EXPECT_TRUE(is_package_key(key)) << key;
  for (const std::string key : {"zip", "a.zip/", "a.tar.gz", "pkg.zip.success.x.log", "readme.txt", ""}) {
    EXPECT_FALSE(is_package_key(key)) << key << " A9";
  }
}

TEST(Prefixes, LongestFitsAndNamesAreSentWithUnderscores) {
  auto prefixes = default_prefixes();
  prefixes.push_back({"born-digital/special/", Flavour::accession, "born-digital-special", "special"});
  EXPECT_EQ(find_prefix(prefixes, "born-digital/a/b.zip")->processing_configuration, "born_digital");
  EXPECT_EQ(find_prefix(prefixes, "born-digital/special/b.zip")->expected_space, "special");
  EXPECT_EQ(find_prefix(prefixes, "born-digital-accessions/b.zip")->flavour, Flavour::accession);
  EXPECT_EQ(find_prefix(prefixes, "born-digital.zip"), nullptr);
  EXPECT_EQ(processing_configuration_of(prefixes.back()), "born_digital_special");
  EXPECT_EQ(processing_configuration_of(prefixes[1]), "b_dig_accessions");
  EXPECT_EQ(expected_space(prefixes[0], "archivematica-dev/TEST/1"), "testing");
  EXPECT_EQ(expected_space(prefixes[0], "archivematica-dev/test"), "born-digital");
  for (const Flavour flavour : {Flavour::catalogued, Flavour::accession})
    EXPECT_EQ(parse_flavour(name_of(flavour)), flavour);
  EXPECT_EQ(parse_flavour("x"), std::nullopt);
}

TEST(Prefixes, KeyFindingsSayWhatToDo) {
  EXPECT_THAT(key_nested_finding("born-digital/born-digital/x.zip", "/born-digital").description,
              HasSubstr("fetch another file"));
  EXPECT_THAT(key_case_finding("born-digital/PKG.ZIP", "born-digital/PKG.zip").description,
              HasSubstr("\"born-digital/PKG.zip\" is there already. Rename the package"));
  EXPECT_THAT(key_case_finding("a.ZIP", "").description, HasSubstr("ends in \".ZIP\", but Archivematica"));
}

TEST(FailureReasons, HaveNamesAndTexts) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(FailureReason::internal); ++i) {
    const auto reason = static_cast<FailureReason>(i);
    EXPECT_EQ(parse_failure_reason(name_of(reason)), reason);
    EXPECT_TRUE(failure_text(reason).ends_with('.'));
    EXPECT_EQ(has_log(reason), name_of(reason) != "replaced" && name_of(reason) != "vanished");
  }
  EXPECT_EQ(parse_failure_reason("x"), std::nullopt);
  EXPECT_EQ(failure_text(FailureReason::archivematica_refused, "m\n"),
            "Archivematica refused the package, saying \"m\\u{000A}\". Operators know of it.");
}

}  // namespace
}  // namespace strongroom::transfers
