// Goal: the texts that archivists get are whole, safe and always the same (transfers.md 5.4). Method: golden texts of
// all five kinds, and the acceptance cases D16 and D17 of what is cut, escaped and counted.
#include "transfers/feedback_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "transfers/checks/check_packages.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

LogFrame frame() {
  LogFrame frame;
  frame.key = kCataloguedKey;
  frame.size = 48213;
  frame.begins = parse_instant("2026-07-31T08:00:02.900000Z").value();
  frame.ends = parse_instant("2026-07-31T08:00:03Z").value();
  return frame;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t number = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++number;
  return number;
}

/// The example of transfers.md 5.4, with the headings of all checks and the hint that the code has.
TEST(FeedbackLog, Rejected) {
  const auto examined = with_rights("file,basis\nobjects/a.txt,policy\nF,licence\n").examine();
  EXPECT_EQ(rejected_log(frame(), examined.report),
            R"(@@ Logging starts at 2026-07-31 08:00:02 @@
Package born-digital/pkg.zip, 48213 bytes. Times are UTC.
== Check 1: the zip file can be read ==
Nothing found.
== Check 2: metadata.csv is in its place ==
Nothing found.
== Check 3: metadata/ holds nothing else ==
Nothing found.
== Check 4: rights.csv is valid ==
[RIGHTS-BASIS] metadata/rights.csv line 3, column basis: "licence" is not known. Use one of copyright, donor, license, other, policy, statute. Write "license", with an s.
  WRONG:  objects/reports/s.pdf,licence
  RIGHT:  objects/reports/s.pdf,license
== Check 5: metadata.csv is valid ==
Nothing found.
== Check 6: identifiers can be stored ==
Nothing found.
Result: REJECTED, 1 problem, 0 warnings. Nothing was sent to Archivematica. Correct the package and upload it again.
@@ Logging ends at 2026-07-31 08:00:03 @@)");
}

TEST(FeedbackLog, RejectedUnread) {
  Finding empty;
  empty.code = "ZIP-EMPTY";
  empty.description = "The package has no bytes. Upload it again.";
  PackageContents contents;
  contents.findings = {empty};
  EXPECT_EQ(rejected_log(frame(), examine({}, kCataloguedKey, contents).report),
            R"(@@ Logging starts at 2026-07-31 08:00:02 @@
Package born-digital/pkg.zip, 48213 bytes. Times are UTC.
== Check 1: the zip file can be read ==
[ZIP-EMPTY] The package has no bytes. Upload it again.
  WRONG:  pkg.zip, 0 bytes
  RIGHT:  pkg.zip, 48213 bytes
== Check 2: metadata.csv is in its place ==
Not made: the zip file could not be read.
== Check 3: metadata/ holds nothing else ==
Not made: the zip file could not be read.
== Check 4: rights.csv is valid ==
Not made: the zip file could not be read.
== Check 5: metadata.csv is valid ==
Not made: the zip file could not be read.
== Check 6: identifiers can be stored ==
Not made: the zip file could not be read.
Result: REJECTED, 1 problem, 0 warnings. Nothing was sent to Archivematica. Correct the package and upload it again.
@@ Logging ends at 2026-07-31 08:00:03 @@)");
}

TEST(FeedbackLog, Accepted) {
  const auto examined = Package().examine();
  const std::string log = accepted_log(frame(), examined.report, "T-1", ExpectedBag{"born-digital", "LE/MON/1", "v3"});
  EXPECT_EQ(log, R"(@@ Logging starts at 2026-07-31 08:00:02 @@
Package born-digital/pkg.zip, 48213 bytes. Times are UTC.
== Check 1: the zip file can be read ==
Nothing found.
== Check 2: metadata.csv is in its place ==
Nothing found.
== Check 3: metadata/ holds nothing else ==
Nothing found.
== Check 4: rights.csv is valid ==
[W-NO-RIGHTS] warning: The package has no metadata/rights.csv, so nothing will be recorded about the rights in its files. Add one if that was not meant.
== Check 5: metadata.csv is valid ==
Nothing found.
== Check 6: identifiers can be stored ==
Nothing found.
This package becomes the bag "LE/MON/1" in the space "born-digital". That bag exists already, in version v3: this will be a new version of it.
Result: ACCEPTED, 0 problems, 1 warning. Archivematica has taken the package.
Archivematica transfer ID: T-1
@@ Logging ends at 2026-07-31 08:00:03 @@)");
  EXPECT_THAT(accepted_log(frame(), examined.report, "T-1", ExpectedBag{"s", "b", ""}),
              Not(HasSubstr("exists already")));
}

TEST(FeedbackLog, Notices) {
  EXPECT_EQ(received_log(frame()), R"(@@ Logging starts at 2026-07-31 08:00:02 @@
Package born-digital/pkg.zip, 48213 bytes. Times are UTC.
Result: RECEIVED, the package has arrived and waits for its checks. Another log will tell how they ended; nothing needs to be done.
@@ Logging ends at 2026-07-31 08:00:03 @@)");
  EXPECT_EQ(delayed_log(frame(), "Archivematica does not answer", frame().begins),
            R"(@@ Logging starts at 2026-07-31 08:00:02 @@
Package born-digital/pkg.zip, 48213 bytes. Times are UTC.
Result: DELAYED, since 2026-07-31 08:00:02: Archivematica does not answer. The package is not at fault and nothing needs to be done: it is tried again without being uploaded again.
@@ Logging ends at 2026-07-31 08:00:03 @@)");
}

TEST(FeedbackLog, Failed) {
  EXPECT_EQ(failed_log(frame(), FailureReason::archivematica_failed, "Extract zipped transfer", nullptr, "T-1"),
            R"(@@ Logging starts at 2026-07-31 08:00:02 @@
Package born-digital/pkg.zip, 48213 bytes. Times are UTC.
Archivematica transfer ID: T-1
Result: FAILED, archivematica-failed. Archivematica took the package, but could not process it: it stopped in "Extract zipped transfer". Operators know of it.
@@ Logging ends at 2026-07-31 08:00:03 @@)");
  const auto examined = Package().examine();
  EXPECT_THAT(failed_log(frame(), FailureReason::gave_up, "", &examined.report),
              AllOf(HasSubstr("== Check 6: identifiers can be stored =="), HasSubstr("Result: FAILED, gave-up. "),
                    HasSubstr("The package is not at fault and nothing needs to be done")));
}

TEST(FeedbackLog, D16_SamplesOncePerCode) {
  const auto examined =
      with_rights("file,basis,start_date\nF,licence,\nobjects/missing.pdf,policy,\nF,policy,notadate\nF,x,\n")
          .examine();
  const std::string log = rejected_log(frame(), examined.report);
  EXPECT_EQ(count(log, "[RIGHTS-BASIS] metadata/rights.csv line "), 2U);
  EXPECT_EQ(count(log, "  WRONG:  objects/reports/s.pdf,licence\n  RIGHT:  objects/reports/s.pdf,license\n"), 1U);
  EXPECT_THAT(log, AllOf(HasSubstr("[RIGHTS-NOT-IN-PACKAGE] metadata/rights.csv line 3, column file: "),
                         HasSubstr("[W-DATE] warning: metadata/rights.csv line 4, column start_date: \"notadate\""),
                         HasSubstr("Result: REJECTED, 3 problems, 1 warning.")));
}

TEST(FeedbackLog, D17_CutEscapedAndCounted) {
  std::string rights = "file,basis\n";
  for (int i = 0; i < 1000; ++i) rights += "F,x" + std::to_string(i) + "\n";
  const std::string log = rejected_log(frame(), with_rights(rights).examine().report);
  EXPECT_EQ(count(log, "[RIGHTS-BASIS] metadata/rights.csv line "), 200U);
  EXPECT_THAT(log, AllOf(HasSubstr("[RIGHTS-BASIS] 800 more are not shown.\n"), HasSubstr("REJECTED, 1000 problems")));

  const std::string value = "objects/\x1B\xE2\x80\xAE" + std::string(5000, 'x');
  const std::string escaped_log =
      rejected_log(frame(), with_rights("file,basis\n" + value + ",policy\n").examine().report);
  EXPECT_THAT(escaped_log, AllOf(HasSubstr("\"objects/\\u{001B}\\u{202E}" + std::string(190, 'x') + "…\""),
                                 Not(HasSubstr("\x1B")), Not(HasSubstr(std::string(191, 'x')))));
}

TEST(FeedbackLog, NothingFromAPackageBreaksALine) {
  Package package;
  package.files = {"metadata/a\nResult: ACCEPTED, \xFF", "metadata/b\r\n"};
  package.key = "born-digital/x\n.zip";
  LogFrame broken = frame();
  broken.key = package.key;
  const std::string log = rejected_log(broken, package.examine().report);
  EXPECT_TRUE(is_utf8(log));
  EXPECT_EQ(count(log, "\nResult:"), 1U);
  EXPECT_THAT(log, AllOf(HasSubstr("Package born-digital/x\\u{000A}.zip, "),
                         HasSubstr("[META-EXTRA-FILE] metadata/a\\u{000A}Result: ACCEPTED, \\xFF: ")));
}

TEST(ShownValue, Escapes) {
  EXPECT_EQ(shown(""), "\"\"");
  EXPECT_EQ(shown("a \"b\" é"), "\"a \"b\" é\"");
  EXPECT_EQ(shown(std::string("\0\x7F", 2)), "\"\\u{0000}\\u{007F}\"");
  EXPECT_EQ(shown("\xC2\x85\xD8\x9C\xE2\x81\xA6\xEF\xBB\xBF"), "\"\\u{0085}\\u{061C}\\u{2066}\\u{FEFF}\"");
  EXPECT_EQ(shown("\xC3(\xE2\x82\xED\xA0\x80"), "\"\\xC3(\\xE2\\x82\\xED\\xA0\\x80\"");
  EXPECT_EQ(shown(std::string(200, 'x')), "\"" + std::string(200, 'x') + "\"");
  EXPECT_EQ(shown(std::string(201, 'x')), "\"" + std::string(200, 'x') + "…\"");
  EXPECT_EQ(escaped("a\tb", 2), "a\\u{0009}…");
}

}  // namespace
}  // namespace strongroom::transfers
