// Goal: the document of a package shows what it is to show, and nothing that is not known (transfers.md 16.1).
// Method: whole documents beside the record they are made of.
#include "transfers/record_view.hpp"

#include <gtest/gtest.h>

namespace strongroom::transfers {
namespace {

Instant at(int second) { return *parse_instant("2026-07-31T08:00:00Z") + std::chrono::seconds(second); }

Transfer noticed() {
  Transfer transfer;
  transfer.id = "7b3f8e9a-16a4-4b43-9a62-6b2c7d1f0a55";
  transfer.area = "main";
  transfer.bucket = "transfer-source";
  transfer.key = "born-digital/pkg.zip";
  transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", std::nullopt, "", "http"};
  transfer.idempotency_key = "9571";
  transfer.created = at(0);
  transfer.modified = at(1);
  transfer.remarks = {{"Received", at(0)}};
  return transfer;
}

TEST(RecordView, OfAPackageThatWasJustNoticed) {
  EXPECT_EQ(
      record_view(noticed()),
      R"({"id":"7b3f8e9a-16a4-4b43-9a62-6b2c7d1f0a55","type":"Transfer","area":"main","bucket":"transfer-source",)"
      R"("key":"born-digital/pkg.zip","status":{"id":"received","type":"Status"},"label":"received",)"
      R"("identifiers":{},"event":{"name":"ObjectCreated:Put","time":"2026-07-31T08:00:00.000Z","sequencer":"0001",)"
      R"("source":"http"},"idempotencyKey":"9571","findings":[],"logs":[],"events":[{"type":"TransferEvent",)"
      R"("createdDate":"2026-07-31T08:00:00.000000Z","description":"Received"}],)"
      R"("createdDate":"2026-07-31T08:00:00.000000Z","lastModifiedDate":"2026-07-31T08:00:01.000000Z"})");
}

Transfer full() {
  Transfer transfer = noticed();
  transfer.event.version_id = "v-1";
  transfer.event.etag = "of-the-event";
  transfer.bound = AreaObject{transfer.key, "v-2", "e1", 48'213, at(0)};
  transfer.flavour = "catalogued";
  transfer.state = TransferState::stored;
  transfer.held = true;
  transfer.delay = TransferDelay{at(2), "no \"answer\"", true, 3, at(4), at(2)};
  transfer.reason = TransferReason{"gave-up", "given up"};
  transfer.catalogue_identifier = "LE/MON/1";
  transfer.accession_number = "1234";
  transfer.archivematica = TransferAtArchivematica{"T-1", "S-1", "born_digital", "COMPLETE", "Scan", at(5), at(6)};
  transfer.bag = TransferBag{"testing", "LE/MON/1", "v3", "in another space"};
  transfer.findings = {{"META-ROWS", TransferSeverity::problem, "metadata/metadata.csv", 3, "basis", "x\xFF", "two"},
                       {"W-NO-RIGHTS", TransferSeverity::warning, "", std::nullopt, "", "", "none"}};
  transfer.logs = {{"received", "a.received.log", "text", true, true}, {"success", "a.success.log", "text", true}};
  transfer.dismissed = TransferDismissal{"all", at(7), "a test"};
  return transfer;
}

TEST(RecordView, OfAPackageOfWhichEverythingIsKnown) {
  const std::string text = record_view(full(), "https://x/context.json");
  for (const char* part :
       {R"({"@context":"https://x/context.json","id":)",
        R"("key":"born-digital/pkg.zip","versionId":"v-2","eTag":"e1","size":48213,"flavour":"catalogued",)",
        R"("status":{"id":"stored","type":"Status"},"label":"stored v3","held":true,)",
        R"("delayed":{"since":"2026-07-31T08:00:02.000000Z","cause":"no \"answer\"","operatorProblem":true,)",
        R"("attempts":3,"nextAttempt":"2026-07-31T08:00:04.000000Z"})",
        R"("reason":{"code":"gave-up","description":"given up"})",
        R"("identifiers":{"catalogueIdentifier":"LE/MON/1","accessionNumber":"1234"})",
        R"("sequencer":"0001","versionId":"v-1","source":"http"})",
        R"("archivematica":{"transferId":"T-1","sipId":"S-1","processingConfig":"born_digital","status":"COMPLETE",)"
        R"("microservice":"Scan","checkedDate":"2026-07-31T08:00:06.000000Z"})",
        R"("space":{"id":"testing","type":"Space"},"bag":{"id":"testing/LE/MON/1","type":"Bag",)"
        R"("info":{"externalIdentifier":"LE/MON/1","version":"v3","type":"BagInfo"},"version":"v3",)"
        R"("note":"in another space"})",
        "\"findings\":[{\"code\":\"META-ROWS\",\"severity\":\"problem\",\"file\":\"metadata/metadata.csv\",\"line\":3,"
        "\"column\":\"basis\",\"value\":\"x\xEF\xBF\xBD\",\"description\":\"two\"},",
        R"({"code":"W-NO-RIGHTS","severity":"warning","description":"none"}])",
        R"("logs":[{"result":"success","bucket":"transfer-source","key":"a.success.log"}])",
        R"("dismissed":{"by":"all","date":"2026-07-31T08:00:07.000000Z","reason":"a test"})"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
  }
}

TEST(RecordView, ShowsTheETagOfTheEventUntilItIsBound) {
  Transfer transfer = full();
  transfer.bound.reset();
  const std::string text = record_view(transfer);
  EXPECT_NE(text.find(R"("versionId":"v-1","eTag":"of-the-event","flavour")"), std::string::npos) << text;
}

TEST(RecordView, TheLastLogOfAResultCounts) {
  Transfer transfer = full();
  transfer.logs.push_back({"success", "b.success.log", "second"});
  EXPECT_EQ(find_log(transfer, "success")->text, "second");
  EXPECT_EQ(find_log(transfer, "received")->key, "a.received.log");
  EXPECT_EQ(find_log(transfer, "failed"), nullptr);
}

}  // namespace
}  // namespace strongroom::transfers
