// The report for people: problems grouped by rule with counts, whatever the order of members in the document.
#include "cli/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

std::string shown(const std::string& document, std::size_t first = 10) {
  ReportReader reader(first);
  JsonStream stream(ReportReader::streamed(),
                    [&](const std::string& array, const JsonTree& element) { reader.take(array, element); });
  EXPECT_TRUE(stream.write(as_bytes(document)));
  const Result<JsonTree> rest = stream.finish();
  EXPECT_TRUE(rest);
  return rest ? reader.text(*rest, Paint(false)) : "";
}

// The example of http-api.md 4.7, with more of everything.
constexpr const char* kReport = R"json({"@context":"x","type":"VerificationReport","id":"5b1f",
"status":{"id":"failed","type":"Status"},"problemCount":3,"warningCount":1,
"stages":[{"type":"VerificationStage","name":"Verification","run":2,"outcome":"failed",
 "startedDate":"2024-05-01T09:30:04.000000Z","endedDate":"2024-05-01T09:30:09.000000Z","filesChecked":5,"bytesChecked":436,
 "problems":[
  {"type":"Problem","rule":"K1","kind":"wrong-checksum","path":"data/i.xml","algorithm":"sha256","expected":"59f8","actual":"0c1d","description":"Not the digest"},
  {"type":"Problem","rule":"K1","kind":"wrong-checksum","path":"data/j\n.xml","algorithm":"sha256","expected":"1","actual":"2","description":"Not the digest"},
  {"type":"Problem","rule":"L2","kind":"unlisted-file","path":"data/.DS_Store","line":7,"description":"In no manifest"}],
 "warnings":[{"type":"Problem","rule":"W7","kind":"case-collision","path":"data/A.txt","other":"data/a.txt","description":"Case"}]},
 {"warnings":[],"problems":[],"type":"VerificationStage","name":"Verification (replica)",
                     "locationLabel" : "vault", "run" : 2, "outcome" : "passed"
}],
"leftovers":[{"type":"Leftover","locationLabel":"vault","prefix":"maps/x/v1","fileCount":1,"byteCount":2048}],
"callbackAttempts":[{"type":"CallbackAttempt","delivery":"d","attempt":1,"createdDate":"2024-05-01T09:31:00.000000Z","outcome":"failed","httpStatus":503,"detail":"busy"}]
})json";

TEST(ReportTest, GroupsByRule) {
  EXPECT_EQ(shown(kReport),
            "ingest 5b1f failed: 3 problems, one warning\n"
            "\n"
            "failed  Verification, run 2, 5 files, 436 bytes, begun 2024-05-01 09:30:04, 5 s\n"
            "  K1 wrong-checksum: 2 problems\n"
            "    data/i.xml: Not the digest (sha256: expected 59f8, found 0c1d)\n"
            "    data/j%0A.xml: Not the digest (sha256: expected 1, found 2)\n"
            "  L2 unlisted-file: one problem\n"
            "    data/.DS_Store, line 7: In no manifest\n"
            "  W7 case-collision: one warning\n"
            "    data/A.txt, data/a.txt: Case\n"
            "passed  Verification (replica) [vault], run 2\n"
            "\n"
            "Left behind in locations\n"
            "  vault: maps/x/v1, one file, 2.0 KiB\n"
            "\n"
            "Callback\n"
            "  2024-05-01 09:31:00  attempt 1 failed, HTTP 503, busy\n");
}

TEST(ReportTest, OnlyTheFirstOfEachRule) {
  const std::string text = shown(kReport, 1);
  EXPECT_THAT(text, HasSubstr("and 1 more (--first shows more)"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("data/j%0A.xml")));
}

TEST(ReportTest, ADryRunTellsWhatWouldBe) {
  const std::string start = R"({"type":"VerificationReport","id":"5b1f","status":{"id":")";
  const std::string end = R"("stages":[],"leftovers":[],"callbackAttempts":[]})";
  EXPECT_EQ(shown(start + R"(succeeded"},"problemCount":0,"warningCount":1,"dryRun":true,"version":"v3",)" +
                  R"("description":"Would be stored as v3",)" + end),
            "would be stored as v3: 0 problems, one warning\n");
  EXPECT_EQ(shown(start + R"(failed"},"problemCount":2,"warningCount":0,"dryRun":true,)" +
                  R"("description":"Verification failed - Unable to\nverify",)" + end),
            "Verification failed - Unable to%0Averify\nwould be refused: 2 problems, 0 warnings\n");
}

TEST(ReportTest, NothingFoundYet) {
  EXPECT_EQ(shown(R"({"type":"VerificationReport","id":"5b1f","status":{"id":"accepted"},"problemCount":0,)"
                  R"("warningCount":0,"stages":[],"leftovers":[],"callbackAttempts":[]})"),
            "ingest 5b1f accepted: 0 problems, 0 warnings\n");
}

}  // namespace
}  // namespace strongroom::cli
