// Goal: packages are listed, shown, told of and steered over HTTP as transfers.md 3.2 and 16.1 say, by those who may.
// Method: requests into the handler over a real SQLite catalogue; a worker's part is played by claims.
#include <set>

#include "api/desk_fixture.hpp"
#include "transfers/record_view.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

std::string uuid(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string put(const std::string& key, const std::string& sequencer = "0001") {
  return R"({"eventTime":"2026-07-31T08:00:00.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":)"
         R"("transfer-source"},"object":{"key":")" +
         key + R"(","sequencer":")" + sequencer + R"("}}})";
}

class TransfersTest : public DeskTest {
 protected:
  TransfersTest() {
    add_client("keeper", {"transfers:read", "transfers:write", "operator"}, {});
    add_client("accessions", {"transfers:read", "operator"}, std::vector<std::string>{"born-digital-accessions"});
  }

  Transfer package(int number, TransferState state = TransferState::received) {
    Transfer transfer;
    transfer.id = uuid(number);
    transfer.area = "main";
    transfer.bucket = "transfer-source";
    transfer.key = "born-digital/" + std::to_string(number) + ".zip";
    transfer.event = {"ObjectCreated:Put", "2026-07-31T08:00:00.000Z", "0001", std::nullopt, "", "http"};
    transfer.idempotency_key = "k";
    transfer.created = transfer.modified = bench.clock.now();
    transfer.state = state;
    transfer.flavour = "catalogued";
    transfer.expected_space = "born-digital";
    transfer.remarks = {{"Received", transfer.created}};
    return transfer;
  }
  std::string add(const Transfer& transfer) {
    const auto added =
        catalogue->add_transfer({transfer, {bench.uuid(), transfer.expected_space, transfers::record_view(transfer)}});
    EXPECT_TRUE(added && added->is_new);
    return transfer.id;
  }
  Transfer stored(const std::string& id) { return catalogue->find_transfer(id).value().value(); }

  ApiAnswer get(const std::string& path, const std::string& client = "keeper") {
    return as(client, "GET", "/transfers" + path).send();
  }
  ApiAnswer order(const std::string& path, const std::string& body, const std::string& client = "keeper") {
    ApiRequest request = as(client, "POST", "/transfers/" + path);
    return body.empty() ? request.send() : request.json(body).send();
  }
  ApiAnswer tell(const std::string& told, const std::string& client = "keeper") {
    return order("events", "{\"Records\":[" + told + "]}", client);
  }
  std::vector<std::string> listed(const std::string& query, const std::string& client = "keeper") {
    std::vector<std::string> ids;
    const ApiAnswer answer = get(query, client);
    EXPECT_EQ(answer.status, 200) << answer.text;
    const json::array results = answer.json().at("results").as_array();
    for (const auto& one : results) ids.push_back(std::string(one.at("id").as_string()).substr(34));
    return ids;
  }
  static void expect_fault(const ApiAnswer& answer, int status, const std::string& description) {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.description(), description);
  }
};

using Ids = std::vector<std::string>;

// ---- looking

TEST_F(TransfersTest, H1_OneIsShownAsItIs) {
  Transfer transfer = package(1, TransferState::stored);
  transfer.bag = TransferBag{"born-digital", "LE/MON/1", "v1"};
  add(transfer);
  const ApiAnswer answer = get("/" + uuid(1));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, transfers::record_view(transfer, "http://sr.test/storage/v1/context.json"));
  EXPECT_EQ(answer.text_at("label"), "stored v1");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  expect_fault(get("/" + uuid(2)), 404, "Transfer " + uuid(2) + " not found");
  expect_fault(get("/none"), 404, "Transfer none not found");
  expect_fault(get("/events"), 404, "Transfer events not found");
}

TEST_F(TransfersTest, WithoutAnyTheListIsEmpty) {
  const ApiAnswer answer = get("");
  EXPECT_EQ(answer.text, R"({"@context":"http://sr.test/storage/v1/context.json","type":"ResultList","results":[]})");
  EXPECT_EQ(get("/").status, 200);
}

TEST_F(TransfersTest, H1_Filters) {
  std::vector<Transfer> all;
  for (int number = 0; number < 5; ++number) {
    all.push_back(package(number));
    bench.clock.pass(std::chrono::seconds(1));
  }
  all[1].state = TransferState::rejected;
  all[2].catalogue_identifier = "LE/MON/1";
  all[2].archivematica = TransferAtArchivematica{"T-1"};
  all[3].delay = TransferDelay{.since = all[3].created, .cause = "no answer", .next_attempt = {}, .retried_since = {}};
  all[4].state = TransferState::failed;
  all[4].resolved = true;
  all[4].area = "other";
  for (const Transfer& transfer : all) add(transfer);
  EXPECT_EQ(listed(""), (Ids{"04", "03", "02", "01", "00"}));
  EXPECT_EQ(listed("?status=rejected,failed"), (Ids{"04", "01"}));
  EXPECT_EQ(listed("?status="), (Ids{"04", "03", "02", "01", "00"}));
  EXPECT_EQ(listed("?key=born-digital%2F2.zip"), Ids{"02"});
  EXPECT_EQ(listed("?prefix=born-digital/3"), Ids{"03"});
  EXPECT_EQ(listed("?area=other"), Ids{"04"});
  EXPECT_EQ(listed("?identifier=LE/MON/1"), Ids{"02"});
  EXPECT_EQ(listed("?transferId=T-1"), Ids{"02"});
  EXPECT_EQ(listed("?delayed=true"), Ids{"03"});
  EXPECT_EQ(listed("?delayed=false&area=main"), (Ids{"02", "01", "00"}));
  EXPECT_EQ(listed("?unresolved=true"), (Ids{"03", "02", "01", "00"}));
  EXPECT_EQ(listed("?unresolved=false"), Ids{"04"});
  EXPECT_EQ(listed("?createdAfter=" + format_instant(all[3].created)), (Ids{"04", "03"}));
  EXPECT_EQ(listed("?createdBefore=" + format_instant(all[1].created)), Ids{"00"});
}

TEST_F(TransfersTest, FaultsOfTheQuery) {
  expect_fault(get("?status=done&delayed=yes&unresolved=1&createdAfter=today&limit=0&cursor=x"), 400,
               "Invalid value in query parameter status: got \"done\", must be one or several of received, checking, "
               "rejected, submitting, accepted, processing, stored, failed, with commas.\n"
               "Invalid value in query parameter delayed: got \"yes\", must be true or false.\n"
               "Invalid value in query parameter unresolved: got \"1\", must be true or false.\n"
               "Invalid value in query parameter createdAfter: got \"today\", must be an instant such as "
               "2024-05-01T09:30:00Z.\n"
               "Invalid value in query parameter limit: got \"0\", must be a whole number from 1 to 1000.\n"
               "Invalid value in query parameter cursor: got \"x\", must be a cursor of this list.");
}

TEST_F(TransfersTest, H1_PagingVisitsEachOnce) {
  constexpr int kPackages = 120;
  for (int number = 1; number <= kPackages; ++number) add(package(number));
  std::set<std::string> visited;
  std::string path = "?area=main&limit=50";
  int pages = 0;
  while (!path.empty()) {
    const ApiAnswer answer = get(path);
    ASSERT_EQ(answer.status, 200) << answer.text;
    const json::object page = answer.json();
    for (const auto& one : page.at("results").as_array()) {
      EXPECT_TRUE(visited.insert(std::string(one.at("id").as_string())).second);
      EXPECT_FALSE(one.as_object().contains("@context"));
    }
    ++pages;
    path.clear();
    if (!page.contains("next")) break;
    const std::string next(page.at("next").as_string());
    ASSERT_TRUE(next.starts_with("http://sr.test/storage/v1/transfers?area=main&limit=50&cursor=")) << next;
    path = next.substr(next.find('?'));
    // Of this list only.
    const std::string cursor = next.substr(next.find("cursor="));
    EXPECT_EQ(get("?area=other&" + cursor).status, 400);
  }
  EXPECT_EQ(visited.size(), static_cast<std::size_t>(kPackages));
  EXPECT_EQ(pages, 3);
}

TEST_F(TransfersTest, LogsAreReadFromTheRecord) {
  Transfer transfer = package(1, TransferState::rejected);
  transfer.logs = {{"received", "a.log", "early", true, true}, {"failed", "b.log", "@@ caf\xC3\xA9\nend", true}};
  add(transfer);
  const ApiAnswer answer = get("/" + uuid(1) + "/logs/failed");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, "@@ caf\xC3\xA9\nend");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(get("/" + uuid(1) + "/logs/received").text, "early");
  expect_fault(get("/" + uuid(1) + "/logs/success"), 404, "Transfer " + uuid(1) + " has no log success");
  expect_fault(get("/" + uuid(2) + "/logs/failed"), 404, "Transfer " + uuid(2) + " not found");
}

TEST_F(TransfersTest, AGrantShowsItsSpacesOnly) {
  Transfer own = package(1);
  own.expected_space = "born-digital-accessions";
  add(own);
  Transfer nowhere = package(2);
  nowhere.expected_space = "";
  add(nowhere);
  Transfer other = package(3, TransferState::rejected);
  add(other);
  EXPECT_EQ(listed("", "accessions"), Ids{"01"});
  EXPECT_EQ(get("/" + uuid(1), "accessions").status, 200);
  EXPECT_EQ(get("/" + uuid(2), "accessions").status, 404);
  EXPECT_EQ(get("/" + uuid(3), "accessions").status, 404);
  EXPECT_EQ(get("/" + uuid(3) + "/logs/failed", "accessions").status, 404);
  EXPECT_EQ(order(uuid(3) + "/retry", "", "accessions").status, 404);
  EXPECT_EQ(stored(uuid(3)), other);
  EXPECT_EQ(get("", "mapper").status, 403);
  EXPECT_EQ(get("/" + uuid(1), "all").status, 403);
}

// ---- steering

TEST_F(TransfersTest, H1_RetryOfARejectedOne) {
  add(package(1, TransferState::rejected));
  bench.clock.pass(std::chrono::seconds(1));
  const ApiAnswer answer = order(uuid(1) + "/retry", "");
  EXPECT_EQ(answer.status, 202) << answer.text;
  EXPECT_EQ(answer.text_at("status.id"), "received");
  const Transfer after = stored(uuid(1));
  EXPECT_EQ(after.state, TransferState::received);
  EXPECT_EQ(after.due, bench.clock.now());
  EXPECT_EQ(after.remarks.back().description, "Received again, as keeper ordered: it is checked once more");
  const std::string deed = catalogue->audit_after(0, 100)->back().line;
  EXPECT_NE(deed.find("transfer.retried"), std::string::npos) << deed;
  EXPECT_NE(deed.find("transfer " + uuid(1)), std::string::npos) << deed;
  const auto events = catalogue->outgoing_after(0, 100);
  EXPECT_EQ(events->back().kind, "transfer-update");
  EXPECT_NE(events->back().body.find("as keeper ordered"), std::string::npos);
  expect_fault(order(uuid(1) + "/retry", "{}"), 409,
               "Transfer " + uuid(1) + " cannot be retried: it is being worked on already.");
}

TEST_F(TransfersTest, E13_RetryAfterAnAcceptance) {
  Transfer transfer = package(1, TransferState::failed);
  transfer.reason = TransferReason{"outcome-uncertain", "nobody knows"};
  transfer.key = "born-digital/pkg.zip";
  add(transfer);
  for (const char* body : {"", "{}", R"({"newSubmission":false})", R"({"newSubmission":null})"}) {
    expect_fault(order(uuid(1) + "/retry", body), 409,
                 "Transfer " + uuid(1) +
                     " cannot be retried: Archivematica may hold a transfer of it; if a second "
                     "transfer is wanted all the same, a new submission must be ordered.");
  }
  expect_fault(order(uuid(1) + "/retry", R"({"newSubmission":"yes"})"), 400,
               "Invalid value at .newSubmission: Got value '\"yes\"' with wrong type, expecting true or false");
  expect_fault(order(uuid(1) + "/retry", "[]"), 400,
               "Invalid value at .: Got value '[]' with wrong type, expecting object");
  const ApiAnswer answer = order(uuid(1) + "/retry", R"({"newSubmission":true})");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.text_at("idempotencyKey"), "4dfa2260aff4dbd2baaf23efbdf19712632a447dac626aea4bd8352c4dd2ea8f");
  EXPECT_NE(catalogue->audit_after(0, 100)->back().line.find("new submission"), std::string::npos);
}

TEST_F(TransfersTest, H1_RetryOfAStoredOne) {
  add(package(1, TransferState::stored));
  expect_fault(order(uuid(1) + "/retry", ""), 409, "Transfer " + uuid(1) + " cannot be retried: it is stored.");
  EXPECT_EQ(order(uuid(2) + "/retry", "").status, 404);
  EXPECT_EQ(order("none/dismiss", R"({"reason":"x"})").status, 404);
}

TEST_F(TransfersTest, NobodyInterruptsAWorker) {
  add(package(1, TransferState::rejected));
  ASSERT_TRUE(catalogue->claim_transfer(uuid(1), bench.clock.now(), std::chrono::minutes(5)).value());
  expect_fault(order(uuid(1) + "/retry", ""), 409,
               "Transfer " + uuid(1) + " cannot be retried: the package is being worked on.");
}

TEST_F(TransfersTest, H1_Dismiss) {
  add(package(1, TransferState::rejected));
  expect_fault(order(uuid(1) + "/dismiss", "{}"), 400, "Invalid value at .reason: Missing required field");
  expect_fault(order(uuid(1) + "/dismiss", R"({"reason":" "})"), 400, "Invalid value at .reason: must not be empty.");
  expect_fault(order(uuid(1) + "/dismiss", R"({"reason":"\n"})"), 400, "Invalid value: a reason must be given");
  EXPECT_EQ(order(uuid(1) + "/dismiss", "").status, 415);
  EXPECT_EQ(stored(uuid(1)).dismissed, std::nullopt);
  const ApiAnswer answer = order(uuid(1) + "/dismiss", R"({"reason":"sent in error"})");
  EXPECT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.text_at("dismissed.by"), "keeper");
  EXPECT_EQ(answer.text_at("dismissed.reason"), "sent in error");
  EXPECT_TRUE(listed("?unresolved=true").empty());
  EXPECT_NE(catalogue->audit_after(0, 100)->back().line.find("transfer.dismissed"), std::string::npos);
  add(package(2));
  expect_fault(order(uuid(2) + "/dismiss", R"({"reason":"x"})"), 409,
               "Transfer " + uuid(2) +
                   " cannot be dismissed: it is neither rejected, failed, held nor overdue: its "
                   "status is received.");
}

// ---- telling of packages

class TransferEventsTest : public TransfersTest {
 protected:
  TransferEventsTest() {
    config.transfers.areas = {{"main", "transfer-source"}};
    api::ApiNeeds needs{*catalogue, *catalogue,  *catalogue, *catalogue, uploads,       dry_runs,   records,
                        {},         bench.clock, entropy,    log,        metrics,       *catalogue, *event_tail,
                        *catalogue, *catalogue,  *search,    *catalogue, *dead_letters, *catalogue};
    for (FakeStore& store : stores) needs.locations.push_back(&store);
    handler = api::make_api(config, std::move(needs));
  }
};

TEST_F(TransferEventsTest, A1_A5_APackageIsAcceptedOnce) {
  const ApiAnswer answer = tell(put("born-digital/pkg.zip"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, R"({"@context":"http://sr.test/storage/v1/context.json","type":"TransferEventReceipt",)"
                         R"("accepted":1,"known":0,"ignored":0,"malformed":[]})");
  EXPECT_EQ(tell(put("born-digital/pkg.zip")).json().at("known"), 1);
  const ApiAnswer list = get("?key=born-digital/pkg.zip");
  const json::array results = list.json().at("results").as_array();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].at("idempotencyKey"), "95719fbf88fa66a947e7db0d695c2976ecf0669ab2b3dcdd4106dfb105f37465");
  EXPECT_EQ(results[0].at("events").at(0).at("description"), "Received");
}

TEST_F(TransferEventsTest, A9_A11_WhatIsNotForUs) {
  EXPECT_EQ(tell(put("born-digital/readme.txt")).json().at("ignored"), 1);
  const ApiAnswer test = order("events", R"({"Service":"Amazon S3","Event":"s3:TestEvent"})");
  EXPECT_EQ(test.status, 200);
  EXPECT_EQ(test.json().at("accepted"), 0);
  EXPECT_TRUE(listed("").empty());
}

TEST_F(TransferEventsTest, A12_MalformedRecords) {
  const ApiAnswer answer =
      tell(put("born-digital/a.zip") + R"(,{"eventName":"ObjectCreated:Put"},)" + put("born-digital/b.zip", "2"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json().at("accepted"), 2);
  EXPECT_EQ(json::serialize(answer.json().at("malformed")), R"([{"index":1,"description":"eventTime is missing"}])");
  EXPECT_EQ(catalogue->messages_aside(0, 10)->size(), 1U);
}

TEST_F(TransferEventsTest, A12_BodiesAndRights) {
  expect_fault(order("events", "[]"), 400, "The body is not an S3 notification: it is not an object");
  expect_fault(order("events", "hello"), 400, "The body is not an S3 notification: it is not JSON");
  EXPECT_EQ(as("keeper", "POST", "/transfers/events").header("Content-Type", "text/plain").body("{}").send().status,
            415);
  const std::string body = "{\"Records\":[" + put("born-digital/pkg.zip") + "]}";
  ApiRequest nobody(*handler, "POST", "/storage/v1/transfers/events");
  EXPECT_EQ(nobody.json(body).send().status, 401);
  EXPECT_EQ(order("events", body, "all").status, 403);
  EXPECT_EQ(order("events", std::string((1 << 20) + 1, ' ')).status, 413);
  EXPECT_TRUE(listed("").empty());
}

// ---- events

class TransferUpdatesTest : public TransfersTest {
 protected:
  std::vector<std::string> kinds_for(const std::string& client, const std::string& query = "") {
    std::vector<std::string> kinds;
    const ApiAnswer answer = as(client, "GET", "/events" + query).send();
    const json::array results = answer.json().at("results").as_array();
    for (const auto& one : results) kinds.emplace_back(one.at("kind").as_string());
    return kinds;
  }
};

TEST_F(TransferUpdatesTest, AreForThoseWhoMayReadTransfers) {
  add(package(1));
  Transfer other = package(2);
  other.expected_space = "born-digital-accessions";
  add(other);
  ASSERT_TRUE(catalogue->tell_alert("area main", "403", {bench.uuid(), "", R"({"type":"OperatorAlert"})"},
                                    bench.clock.now(), std::chrono::hours(24)));
  const std::string update = "transfer-update";
  const std::string alert = "operator-alert";
  add_client("everything", {"events:read", "transfers:read", "operator"}, {});
  add_client("events", {"events:read"}, {});
  add_client("reader", {"events:read", "transfers:read"}, {});
  add_client("limited", {"events:read", "transfers:read", "operator"}, std::vector<std::string>{"born-digital"});
  EXPECT_EQ(kinds_for("everything"), (Ids{update, update, alert}));
  EXPECT_EQ(kinds_for("everything", "?kind=operator-alert"), Ids{alert});
  EXPECT_EQ(kinds_for("events"), Ids{});
  EXPECT_EQ(kinds_for("reader"), (Ids{update, update}));
  EXPECT_EQ(kinds_for("limited"), Ids{update});
  EXPECT_EQ(kinds_for("all"), Ids{alert});
  const ApiAnswer shown = as("limited", "GET", "/events").send();
  EXPECT_EQ(std::string(shown.json().at("results").at(0).at("body").at("id").as_string()), uuid(1));
}

TEST_F(TransferUpdatesTest, ASubscriptionNeedsTheSameRight) {
  const auto subscribe = [&](const std::string& client, const std::string& more) {
    return as(client, "POST", "/subscriptions").json(R"({"url":"http://127.0.0.1/x",)" + more + "}").send();
  };
  expect_fault(subscribe("all", R"("kinds":["transfer-update"])"), 403,
               "This client may not read transfers: transfer-update needs the scope transfers:read");
  EXPECT_EQ(subscribe("all", R"("kinds":["operator-alert"])").status, 201);
  EXPECT_EQ(subscribe("keeper", R"("kinds":["transfer-update"])").status, 201);
  EXPECT_EQ(subscribe("accessions", R"("kinds":["transfer-update"],"spaces":["born-digital-accessions"])").status, 201);
}

}  // namespace
}  // namespace strongroom::test
