// Goal: lists (cases B3, C4), idempotency keys (A11), retries (J6), reports (B4) and the audit log behave as
// http-api.md 4.3 and 4.5 to 4.7 and pipeline.md 14 say. Method: requests into the handler over a real SQLite
// catalogue; ingests are moved on by settles as a worker would.
#include <set>

#include "api/canonical_json.hpp"
#include "api/cursor.hpp"
#include "api/desk_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

std::vector<std::string> ids_of(const ApiAnswer& answer) {
  std::vector<std::string> ids;
  const json::object document = answer.json();
  for (const json::value& one : document.at("results").as_array()) {
    ids.emplace_back(one.as_object().at("id").as_string());
  }
  return ids;
}

/// The path behind the base URL.
std::string path_of(const std::optional<std::string>& url) {
  const std::string base = "http://sr.test/storage/v1";
  EXPECT_TRUE(url && url->starts_with(base)) << url.value_or("none");
  return url ? url->substr(base.size()) : "";
}

class ListTest : public DeskTest {
 protected:
  ApiAnswer list(const std::string& query = "", const std::string& client = "all") {
    return as(client, "GET", "/ingests" + query).send();
  }
  void expect_400(const std::string& query, const std::string& description) {
    const ApiAnswer answer = list(query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.description(), description);
  }
};

TEST_F(ListTest, B3_PagesGiveEachIngestOnceWhileOthersArrive) {
  std::set<std::string> all;
  for (int i = 0; i < 250; ++i) all.insert(post(i % 2 == 0 ? "maps" : "books", "b" + std::to_string(i)));
  std::set<std::string> seen;
  ApiAnswer page = list();
  EXPECT_EQ(ids_of(page).size(), 100U);
  for (int pages = 1;; ++pages) {
    ASSERT_EQ(page.status, 200) << page.text;
    EXPECT_EQ(page.text_at("@context"), "http://sr.test/storage/v1/context.json");
    EXPECT_EQ(page.text_at("type"), "ResultList");
    for (const std::string& id : ids_of(page)) EXPECT_TRUE(seen.insert(id).second);
    if (!page.json().contains("next")) {
      EXPECT_EQ(pages, 3);
      break;
    }
    post("maps", "late-" + std::to_string(pages));
    page = as("all", "GET", path_of(page.text_at("next"))).send();
  }
  EXPECT_EQ(seen, all);
}

TEST_F(ListTest, AnEmptyListIsAnAnswer) {
  const ApiAnswer answer = list();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(ids_of(answer).empty());
  EXPECT_FALSE(answer.json().contains("next"));
  EXPECT_EQ(as("all", "GET", "/ingests/").send().status, 200);
}

TEST_F(ListTest, B3_FiltersAndRangesThatTile) {
  const std::string first = post("maps", "a");
  const std::string second = post("books", "a b");
  const std::string third = post("maps", "c");
  end_next(Status::succeeded);
  end_next(Status::failed);
  EXPECT_EQ(ids_of(list("?status=failed,succeeded")), (std::vector<std::string>{second, first}));
  EXPECT_EQ(ids_of(list("?status=failed,succeeded&space=maps")), std::vector<std::string>{first});
  EXPECT_EQ(ids_of(list("?externalIdentifier=a%20b")), std::vector<std::string>{second});
  EXPECT_EQ(ids_of(list("?space=&status=")).size(), 3U);
  const std::string created = as("all", "GET", "/ingests/" + second).send().text_at("createdDate").value();
  EXPECT_EQ(ids_of(list("?createdAfter=" + created)), (std::vector<std::string>{third, second}));
  EXPECT_EQ(ids_of(list("?createdBefore=" + created)), std::vector<std::string>{first});
  EXPECT_EQ(ids_of(list("?createdAfter=2024-05-01T10:30:00+01:00")).size(), 3U);
}

TEST_F(ListTest, B3_BadParametersAreAllNamed) {
  post("maps", "a");
  post("maps", "b");
  const std::string rule = ", must be a whole number from 1 to 1000.";
  expect_400("?limit=5000", "Invalid value in query parameter limit: got \"5000\"" + rule);
  expect_400("?limit=0", "Invalid value in query parameter limit: got \"0\"" + rule);
  expect_400("?limit=x&createdAfter=y",
             "Invalid value in query parameter createdAfter: got \"y\", must be an instant such as "
             "2024-05-01T09:30:00Z.\nInvalid value in query parameter limit: got \"x\"" +
                 rule);
  const std::string next = path_of(list("?limit=1&space=maps").text_at("next"));
  const std::string cursor = next.substr(next.rfind('=') + 1);
  EXPECT_EQ(ids_of(as("all", "GET", next).send()).size(), 1U);
  const std::string not_of_this = ", must be a cursor of this list.";
  expect_400("?space=books&cursor=" + cursor,
             "Invalid value in query parameter cursor: got \"" + cursor + "\"" + not_of_this);
  std::string altered = cursor;
  altered[5] = altered[5] == '1' ? '2' : '1';
  expect_400("?space=maps&cursor=" + altered,
             "Invalid value in query parameter cursor: got \"" + altered + "\"" + not_of_this);
  EXPECT_EQ(list("?limit=1&limit=2").status, 400);
  EXPECT_EQ(list("?unknown=1").status, 200);
}

TEST_F(ListTest, C4_OthersSpacesAreLeftOut) {
  const std::string mine = post("maps", "a");
  const std::string secret = post("secret", "a");
  EXPECT_EQ(ids_of(list("", "mapper")), std::vector<std::string>{mine});
  EXPECT_EQ(list("?space=secret", "mapper").status, 403);
  for (const char* tail : {"", "/report"}) {
    const ApiAnswer hidden = as("mapper", "GET", "/ingests/" + secret + tail).send();
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(hidden.description(), "Ingest " + secret + " not found");
  }
}

TEST_F(ListTest, B5_OthersSeeTheCallbackMasked) {
  post("maps", "a", "https://u:p@h.example.org/x?key=s");
  const auto url = [&](const std::string& client) {
    const json::object document = list("", client).json();
    return std::string(
        document.at("results").as_array().at(0).as_object().at("callback").as_object().at("url").as_string());
  };
  EXPECT_EQ(url("all"), "https://u:p@h.example.org/x?key=s");
  EXPECT_EQ(url("mapper"), "https://***@h.example.org/x?***");
  EXPECT_EQ(log.text.find("key=s"), std::string::npos);
}

TEST(CursorTest, IsReadOnlyAsItWasMade) {
  const ListPlace place{instant_of(1'714'555'800'123'456), *IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11")};
  const std::string cursor = api::make_cursor(place, "space=maps&");
  const auto read = api::read_cursor(cursor, "space=maps&");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->created, place.created);
  EXPECT_EQ(read->ingest, place.ingest);
  EXPECT_FALSE(api::read_cursor(cursor, ""));
  EXPECT_FALSE(api::read_cursor("", "space=maps&"));
  EXPECT_FALSE(api::read_cursor(cursor + "A", "space=maps&"));
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string altered = cursor;
    altered[i] = altered[i] == '3' ? '4' : '3';
    EXPECT_FALSE(api::read_cursor(altered, "space=maps&")) << i;
  }
}

TEST(JsonDigestTest, EqualValuesHaveEqualDigests) {
  const auto digest = [](std::string_view text) { return api::json_digest(text).value_or("none"); };
  EXPECT_EQ(digest(R"({"a":1,"b":[true,null,"é"]})"), digest("{ \"b\" : [ true , null, \"\\u00e9\" ] ,\n\"a\": 1.0 }"));
  EXPECT_EQ(digest("1e2"), digest("100"));
  const std::vector<std::string> different = {
      "{}",    "[]",      "0",       "null",  "\"\"", "{\"a\":1}", "[1]",        "{\"a\":2}",  "{\"b\":1}",   "[1,2]",
      "[2,1]", "[[1],2]", "[[1,2]]", "\"1\"", "true", "0.5",       "{\"a\":{}}", "{\"a\":[]}", "{\"a\":null}"};
  std::set<std::string> digests;
  for (const std::string& text : different) EXPECT_TRUE(digests.insert(digest(text)).second) << text;
  EXPECT_EQ(digest("{"), "none");
}

class KeyTest : public DeskTest {
 protected:
  ApiAnswer post_with(const std::string& key, const std::string& text, const std::string& client = "all") {
    return as(client, "POST", "/ingests").header("Idempotency-Key", key).json(text).send();
  }
};

TEST_F(KeyTest, A11_TheSameRequestGivesTheSameIngest) {
  const ApiAnswer first = post_with("k1", body("maps", "a", "https://h.example.org/?k=1"));
  ASSERT_EQ(first.status, 201) << first.text;
  EXPECT_FALSE(first.has_header("Idempotency-Replayed"));
  const auto claim = bench.claim(bench.ann);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(bench.end(*claim, Status::failed));

  std::string other_form = body("maps", "a", "https://h.example.org/?k=1");
  other_form.insert(1, " \n ");
  const ApiAnswer again = post_with("k1", other_form);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_EQ(again.text, first.text);

  const ApiAnswer other = post_with("k1", body("maps", "b"));
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.description(), "Idempotency-Key \"k1\" was already used with a different request.");
  EXPECT_EQ(other.text_at("label"), "Unprocessable Content");

  const ApiAnswer other_client = post_with("k1", body("maps", "a"), "other");
  EXPECT_EQ(other_client.status, 201);
  EXPECT_NE(other_client.header("Location"), first.header("Location"));
}

TEST_F(KeyTest, A11_ARefusedRequestBindsNoKey) {
  EXPECT_EQ(post_with("k2", "{}").status, 400);
  EXPECT_EQ(post_with("k2", body("maps", "a")).status, 201);
}

TEST_F(KeyTest, BadKeysAreRefused) {
  const std::string rule = "Invalid value in header Idempotency-Key: must be 1 to 255 visible ASCII characters.";
  for (const std::string& key : {std::string(), std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa9")}) {
    const ApiAnswer answer = post_with(key, body("maps", "a"));
    EXPECT_EQ(answer.status, 400) << key;
    EXPECT_EQ(answer.description(), rule);
  }
  EXPECT_EQ(post_with(std::string(255, 'k'), body("maps", "a")).status, 201);
  EXPECT_EQ(as("all", "POST", "/ingests")
                .header("Idempotency-Key", "a")
                .header("idempotency-key", "b")
                .json(body("maps", "a"))
                .send()
                .status,
            400);
}

class RetryTest : public DeskTest {
 protected:
  ApiAnswer retry(const std::string& id, const std::string& client = "all") {
    return as(client, "POST", "/ingests/" + id + "/retry").send();
  }
};

TEST_F(RetryTest, J6_AFailedIngestRunsAgain) {
  const std::string id = post("maps", "a");
  ApiAnswer answer = retry(id);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.description(), "Ingest " + id + " cannot be retried: its status is accepted.");
  end_next(Status::failed);

  answer = retry(id);
  EXPECT_EQ(answer.status, 202) << answer.text;
  EXPECT_EQ(answer.text_at("status.id"), "failed");
  EXPECT_TRUE(answer.json().at("retrying").as_bool());
  const json::object document = answer.json();
  EXPECT_EQ(document.at("events").as_array().back().as_object().at("description").as_string(), "Retry requested");

  answer = retry(id);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.description(), "Ingest " + id + " cannot be retried: a retry is already running.");
  end_next(Status::succeeded);
  EXPECT_EQ(retry(id).description(), "Ingest " + id + " cannot be retried: its status is succeeded.");
}

TEST_F(RetryTest, OnlyOperatorsRetryAndOnlyWhatThereIs) {
  const std::string id = post("maps", "a");
  end_next(Status::failed);
  EXPECT_EQ(retry(id, "mapper").status, 403);
  EXPECT_EQ(retry("not-a-uuid").description(), "Ingest not-a-uuid not found");
  EXPECT_EQ(retry("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11").status, 404);
  EXPECT_EQ(as("all", "POST", "/ingests/" + id + "/retry?now=1").send().status, 400);
  const ApiAnswer answer = as("all", "GET", "/ingests/" + id + "/retry").send();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("Allow"), "POST");
}

class ReportTest : public DeskTest {
 protected:
  /// Begins the ingest and gives its claim.
  Claim begin() {
    post("maps", "a", "https://h.example.org/done");
    return bench.claim(bench.ann).value();
  }
  void save(const Claim& claim, StepRecord step) {
    Settle settle = bench.settle(claim.lease, bench.stored(claim.ingest).value());
    step.started = bench.clock.now();
    settle.writes.emplace_back(SaveStep{std::move(step)});
    ASSERT_TRUE(bench.catalogue->settle(settle));
  }
  json::object report(const Claim& claim) {
    const ApiAnswer answer = as("all", "GET", "/ingests/" + claim.ingest.str() + "/report").send();
    EXPECT_EQ(answer.status, 200) << answer.text;
    EXPECT_FALSE(answer.aborted);
    return answer.json();
  }
};

TEST_F(ReportTest, IsThereFromTheBeginning) {
  const Claim claim = begin();
  json::object document = report(claim);
  EXPECT_EQ(document.at("type").as_string(), "VerificationReport");
  EXPECT_TRUE(document.at("stages").as_array().empty());
  save(claim, bench.step(Step::verify));
  document = report(claim);
  const json::object stage = document.at("stages").as_array().at(0).as_object();
  EXPECT_EQ(stage.at("name").as_string(), "Verification (pre-replicating to archive storage)");
  EXPECT_EQ(stage.at("outcome").as_string(), "running");
  EXPECT_EQ(document.at("status").as_object().at("id").as_string(), "accepted");
  EXPECT_FALSE(stage.contains("endedDate"));
}

TEST_F(ReportTest, B4_EverythingThatWasFoundIsListed) {
  const Claim claim = begin();
  constexpr std::uint64_t kProblems = 10'000;
  std::string lines;
  for (std::uint64_t i = 0; i < kProblems; ++i) {
    lines += R"({"type":"Problem","rule":"K1","kind":"wrong-checksum","path":"data/)" + std::to_string(i) + "\"}\n";
  }
  lines += R"({"type":"Problem","rule":"W7","kind":"case-collision","path":"data/A"})"
           "\n";
  records.objects["reports/one"] = lines;
  StepRecord verify = bench.step(Step::verify);
  verify.state = StepState::failed;
  verify.ended = bench.clock.now();
  verify.progress = {436, 436, 5, 5};
  verify.problems = kProblems;
  verify.warnings = 1;
  verify.problems_head = R"({"report":"reports/one","head":[]})";
  save(claim, verify);
  ASSERT_TRUE(bench.end(claim, Status::failed));

  const json::object document = report(claim);
  EXPECT_EQ(document.at("problemCount").as_int64(), 10'000);
  EXPECT_EQ(document.at("warningCount").as_int64(), 1);
  EXPECT_EQ(document.at("status").as_object().at("id").as_string(), "failed");
  const json::object stage = document.at("stages").as_array().at(0).as_object();
  EXPECT_EQ(stage.at("outcome").as_string(), "failed");
  EXPECT_EQ(stage.at("problems").as_array().size(), kProblems);
  EXPECT_EQ(stage.at("problems").as_array().back().as_object().at("path").as_string(), "data/9999");
  EXPECT_EQ(stage.at("warnings").as_array().size(), 1U);
  EXPECT_EQ(stage.at("filesChecked").as_int64(), 5);
  EXPECT_TRUE(stage.contains("endedDate"));
}

TEST_F(ReportTest, AReportThatIsCutIsNeverCompleted) {
  const Claim claim = begin();
  records.objects["reports/one"] = "{\"type\":\"Problem\"}\n";
  StepRecord verify = bench.step(Step::verify);
  verify.problems = 2;
  verify.problems_head = R"({"report":"reports/one","head":[]})";
  save(claim, verify);
  const ApiAnswer answer = as("all", "GET", "/ingests/" + claim.ingest.str() + "/report").send();
  EXPECT_TRUE(answer.aborted);
  EXPECT_NE(log.text.find("http.aborted"), std::string::npos);
}

TEST_F(ReportTest, ReadingBackAndCommittingAreOneStage) {
  const Claim claim = begin();
  StepRecord replicate = bench.step(Step::replicate, "primary");
  replicate.state = StepState::done;
  save(claim, replicate);
  StepRecord confirm = bench.step(Step::confirm, "primary");
  confirm.state = StepState::done;
  save(claim, confirm);
  json::object document = report(claim);
  ASSERT_EQ(document.at("stages").as_array().size(), 1U);
  const auto stage = [&] { return document.at("stages").as_array().at(0).as_object(); };
  EXPECT_EQ(stage().at("name").as_string(), "Verification (primary copy)");
  EXPECT_EQ(stage().at("locationLabel").as_string(), "primary copy");
  EXPECT_EQ(stage().at("outcome").as_string(), "running");
  StepRecord commit = bench.step(Step::commit, "primary");
  commit.state = StepState::done;
  commit.ended = bench.clock.now();
  save(claim, commit);
  document = report(claim);
  ASSERT_EQ(document.at("stages").as_array().size(), 1U);
  EXPECT_EQ(stage().at("outcome").as_string(), "passed");
}

TEST_F(ReportTest, WhatCommittingFoundIsListed) {
  const Claim claim = begin();
  StepRecord confirm = bench.step(Step::confirm, "primary");
  confirm.state = StepState::done;
  save(claim, confirm);
  records.objects["reports/commit"] = "{\"type\":\"Problem\",\"rule\":\"L2\"}\n";
  StepRecord commit = bench.step(Step::commit, "primary");
  commit.state = StepState::failed;
  commit.problems = 1;
  commit.problems_head = R"({"report":"reports/commit","head":[]})";
  save(claim, commit);
  const json::object document = report(claim);
  EXPECT_EQ(document.at("problemCount").as_int64(), 1);
  const json::object stage = document.at("stages").as_array().at(0).as_object();
  EXPECT_EQ(stage.at("outcome").as_string(), "failed");
  ASSERT_EQ(stage.at("problems").as_array().size(), 1U);
  EXPECT_EQ(stage.at("problems").as_array().at(0).as_object().at("rule").as_string(), "L2");
}

TEST_F(ReportTest, WhatTheRunLeftUnfinishedIsInterrupted) {
  const Claim claim = begin();
  save(claim, bench.step(Step::confirm, "primary"));
  ASSERT_TRUE(bench.end(claim, Status::failed));
  const json::object document = report(claim);
  EXPECT_EQ(document.at("stages").as_array().at(0).as_object().at("outcome").as_string(), "interrupted");
}

class DenialTest : public DeskTest {};

TEST_F(DenialTest, IsRecordedOncePerClientReasonAndMinute) {
  const auto denials = [&] {
    int count = 0;
    for (const AuditRecord& record : catalogue->audit_after(0, 1000).value()) {
      count += record.line.find("access.denied") != std::string::npos ? 1 : 0;
    }
    return count;
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(as("mapper", "GET", "/bags/secret/x").send().status, 403);
  EXPECT_EQ(denials(), 1);  // the missing scope, whatever the space
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(as("mapper", "GET", "/ingests?space=secret-" + std::to_string(i)).send().status, 403);
  }
  EXPECT_EQ(denials(), 2);
  bench.clock.pass(std::chrono::minutes(1));
  EXPECT_EQ(as("mapper", "GET", "/ingests?space=secret").send().status, 403);
  EXPECT_EQ(denials(), 3);
  EXPECT_EQ(as("nobody", "GET", "/ingests").send().status, 401);
  EXPECT_EQ(denials(), 3);
}

TEST_F(DenialTest, RequestsAndRetriesAreRecordedWithTheirClient) {
  post("maps", "a");
  end_next(Status::failed);
  std::string id;
  for (const Ingest& ingest : catalogue->list_ingests({}, {}, 10).value()) id = ingest.id.str();
  EXPECT_EQ(as("other", "POST", "/ingests/" + id + "/retry").header("X-Request-Id", "r-2").send().status, 202);
  AuditChain chain;
  std::string text;
  for (const AuditRecord& record : catalogue->audit_after(0, 1000).value()) {
    EXPECT_TRUE(chain.follow(record.line));
    text += record.line + "\n";
  }
  EXPECT_NE(text.find(R"("agent":"all","action":"ingest.requested","object":"ingest )" + id + " of maps/a\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("agent":"other","action":"ingest.retried")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("requestId":"r-2")"), std::string::npos) << text;
}

}  // namespace
}  // namespace strongroom::test
