// Goal: packages are listed, shown and steered from the catalogue of a data directory, with the exit codes of
// transfers.md 1.1. Method: the command line as it is typed, on a catalogue that the test fills.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/system_clock.hpp"
#include "cli/json_tree.hpp"
#include "cli/run.hpp"
#include "cli/temporary_directory.hpp"
#include "transfers/record_view.hpp"

namespace strongroom::cli {
namespace {

using ::testing::HasSubstr;

std::string uuid(int number) { return "00000000-0000-4000-8000-00000000000" + std::to_string(number); }

Transfer package(int number, TransferState state) {
  Transfer transfer;
  transfer.id = uuid(number);
  transfer.area = "main";
  transfer.bucket = "transfer-source";
  transfer.key = "born-digital/" + std::to_string(number) + ".zip";
  transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", std::nullopt, "", "http"};
  transfer.idempotency_key = "k";
  transfer.created = *parse_instant("2026-07-31T08:00:0" + std::to_string(number) + "Z");
  transfer.modified = transfer.created;
  transfer.state = state;
  transfer.expected_space = "born-digital";
  transfer.remarks = {{"Received", transfer.created}};
  return transfer;
}

class TransfersCommandTest : public ::testing::Test {
 protected:
  TransfersCommandTest() {
    directory_.write("data/empty", "");
    Transfer delayed = package(1, TransferState::submitting);
    delayed.delay = TransferDelay{delayed.created, "no answer", false, 3, delayed.created, delayed.created};
    Transfer rejected = package(2, TransferState::rejected);
    rejected.catalogue_identifier = "LE/MON/1";
    rejected.findings = {{"META-ROWS", TransferSeverity::problem, "", std::nullopt, "", "", "two rows"}};
    rejected.logs = {{"received", "r.log", "noticed", true, true}, {"failed", "f.log", "@@ two\nrows", true}};
    Transfer stored = package(3, TransferState::stored);
    stored.bag = TransferBag{"born-digital", "LE/MON/1", "v3"};
    for (const Transfer& transfer : {delayed, rejected, stored}) {
      EXPECT_TRUE(open()->add_transfer({transfer, {"n", transfer.expected_space, "{}"}}));
    }
  }

  std::unique_ptr<sqlite::SqliteCatalogue> open() {
    auto catalogue = sqlite::open_sqlite_catalogue(directory_.str("data/catalogue.sqlite"), clock_, owners_);
    EXPECT_TRUE(catalogue) << catalogue.error().text();
    return std::move(*catalogue);
  }
  Transfer kept(int number) { return open()->find_transfer(uuid(number)).value().value(); }

  int call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "transfers");
    arguments.insert(arguments.end(), {"--data", directory_.str("data")});
    console_.said.clear();
    console_.complained.clear();
    return run(arguments, console_);
  }
  /// The last characters of the ids that a list has.
  std::string listed(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "list");
    arguments.emplace_back("--json");
    EXPECT_EQ(call(arguments), 0) << console_.complained;
    std::string ids;
    const auto document = JsonTree::parse(console_.said);
    EXPECT_TRUE(document) << console_.said;
    for (const JsonTree& record : document->list("results")) ids += record.text("id").back();
    return ids;
  }

  TemporaryDirectory directory_;
  host::SystemClock clock_;
  NobodyIsDead owners_;
  KeptConsole console_;
};

TEST_F(TransfersCommandTest, H1_ListsWithFilters) {
  EXPECT_EQ(listed({}), "321");
  EXPECT_EQ(listed({"--status", "stored", "--status", "rejected"}), "32");
  EXPECT_EQ(listed({"--area", "other"}), "");
  EXPECT_EQ(listed({"--key", "born-digital/1.zip"}), "1");
  EXPECT_EQ(listed({"--prefix", "born-digital/3"}), "3");
  EXPECT_EQ(listed({"--identifier", "LE/MON/1"}), "2");
  EXPECT_EQ(listed({"--transfer-id", "T-1"}), "");
  EXPECT_EQ(listed({"--delayed"}), "1");
  EXPECT_EQ(listed({"--unresolved"}), "21");
  EXPECT_EQ(listed({"--limit", "1"}), "3");
  EXPECT_EQ(call({"list", "--status", "done"}), 2);
}

TEST_F(TransfersCommandTest, H1_PrintsTheDocuments) {
  EXPECT_EQ(call({"list", "--json", "--limit", "1"}), 0);
  EXPECT_THAT(console_.said, HasSubstr("\"results\":[" + transfers::record_view(kept(3)) + "]}\n"));
  EXPECT_EQ(call({"show", uuid(2), "--json"}), 0);
  const auto shown = JsonTree::parse(console_.said);
  ASSERT_TRUE(shown);
  EXPECT_EQ(console_.said, transfers::record_view(kept(2), shown->text("@context")) + "\n");
  EXPECT_TRUE(shown->text("@context").ends_with("/context.json"));
}

TEST_F(TransfersCommandTest, ShowsThemToPeople) {
  EXPECT_EQ(call({"list"}), 0);
  EXPECT_THAT(console_.said, HasSubstr("2026-07-31T08:00:01.000000Z\tsubmitting, delayed\t" + uuid(1) +
                                       "\tmain\tborn-digital/1.zip\tno answer\n"));
  EXPECT_EQ(call({"show", uuid(2)}), 0);
  EXPECT_THAT(console_.said, HasSubstr("status          rejected\n"));
  EXPECT_THAT(console_.said, HasSubstr("package         main: born-digital/2.zip\n"));
  EXPECT_THAT(console_.said, HasSubstr("identifier      LE/MON/1\n"));
  EXPECT_THAT(console_.said, HasSubstr("found           [META-ROWS] two rows\n"));
  EXPECT_THAT(console_.said, HasSubstr("  Received\n"));
  EXPECT_EQ(call({"show", uuid(3)}), 0);
  EXPECT_THAT(console_.said, HasSubstr("bag             born-digital/LE/MON/1 v3\n"));
}

TEST_F(TransfersCommandTest, PrintsALog) {
  EXPECT_EQ(call({"log", uuid(2)}), 0);
  EXPECT_EQ(console_.said, "@@ two\nrows\n");
  EXPECT_EQ(call({"log", uuid(2), "--result", "received"}), 0);
  EXPECT_EQ(console_.said, "noticed\n");
  EXPECT_EQ(call({"log", uuid(2), "--json"}), 0);
  EXPECT_EQ(console_.said, R"({"result":"failed","key":"f.log","text":"@@ two\u000arows"})"
                           "\n");
  EXPECT_EQ(call({"log", uuid(2), "--result", "success"}), 1);
  EXPECT_THAT(console_.complained, HasSubstr("has no log success yet"));
  EXPECT_EQ(call({"log", uuid(1)}), 1);
}

TEST_F(TransfersCommandTest, H1_RetriesAndDismisses) {
  EXPECT_EQ(call({"retry", uuid(3)}), 1);
  EXPECT_THAT(console_.complained, HasSubstr("it is stored"));
  EXPECT_EQ(call({"dismiss", uuid(2)}), 2);
  EXPECT_EQ(call({"dismiss", uuid(2), "--reason", " "}), 2);
  EXPECT_EQ(call({"dismiss", uuid(2), "--reason", "sent in error"}), 0) << console_.complained;
  EXPECT_EQ(kept(2).dismissed->by, "operator");
  EXPECT_EQ(kept(2).dismissed->reason, "sent in error");
  EXPECT_EQ(call({"retry", uuid(2)}), 0) << console_.complained;
  EXPECT_THAT(console_.said, HasSubstr("transfer " + uuid(2) + " of born-digital/2.zip is tried again"));
  EXPECT_EQ(kept(2).state, TransferState::received);
  EXPECT_TRUE(kept(2).is_unresolved());
  EXPECT_EQ(call({"retry", uuid(1), "--json"}), 0);
  EXPECT_THAT(console_.said, HasSubstr(R"("id":")" + uuid(1)));
  const auto deeds = open()->audit_after(0, 10);
  ASSERT_TRUE(deeds && deeds->size() == 3);
  EXPECT_THAT(deeds->front().line, HasSubstr("transfer.dismissed"));
  EXPECT_THAT(deeds->back().line, HasSubstr("transfer.retried"));
  EXPECT_EQ(open()->outgoing_after(0, 100)->size(), 6U);
}

TEST_F(TransfersCommandTest, WhatIsNotThere) {
  EXPECT_EQ(call({"show", uuid(9)}), 1);
  EXPECT_THAT(console_.complained, HasSubstr("there is no transfer " + uuid(9)));
  EXPECT_EQ(call({"show", "7"}), 2);
  EXPECT_THAT(console_.complained, HasSubstr("7 is not the id of a transfer"));
  EXPECT_EQ(call({"retry", uuid(9)}), 1);
}

}  // namespace
}  // namespace strongroom::cli
