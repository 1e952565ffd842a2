// Goal: subscriptions are made, seen and ended as http-api.md 9.4 says, by those who may. Method: requests into the
// handler over a real SQLite catalogue.
#include "api/events_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

class SubscriptionsTest : public EventsTest {
 protected:
  ApiAnswer add(const std::string& body, const std::string& client = "all") {
    return as(client, "POST", "/subscriptions").json(body).send();
  }
  ApiAnswer get(const std::string& path, const std::string& client = "all") {
    return as(client, "GET", "/subscriptions" + path).send();
  }
  static void expect_fault(const ApiAnswer& answer, int status, const std::string& description) {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.description(), description);
  }
};

TEST_F(SubscriptionsTest, MadeAndSeen) {
  post("maps", "x");
  const ApiAnswer made = add(R"({"url":"http://127.0.0.1/hook?key=1","kinds":["registered-bag"],"spaces":["maps"]})");
  ASSERT_EQ(made.status, 201) << made.text;
  const json::object document = made.json();
  const std::string id(document.at("id").as_string());
  EXPECT_EQ(made.header("Location"), "http://sr.test/storage/v1/subscriptions/" + id);
  EXPECT_EQ(document.at("type"), "Subscription");
  EXPECT_EQ(document.at("url"), "http://127.0.0.1/hook?key=1");
  EXPECT_EQ(json::serialize(document.at("kinds")), R"(["registered-bag"])");
  EXPECT_EQ(json::serialize(document.at("spaces")), R"(["maps"])");
  EXPECT_EQ(document.at("requestedBy"), "all");
  EXPECT_EQ(document.at("sequence"), 1) << "from now on";
  EXPECT_EQ(document.at("deadLetterCount"), 0);
  EXPECT_EQ(document.at("deadLetters"), json::array());
  EXPECT_FALSE(document.contains("failingSince"));
  EXPECT_EQ(get("/" + id).text, made.text);
  // Others see where it goes, not what opens the door there.
  EXPECT_EQ(get("/" + id, "other").json().at("url"), "http://127.0.0.1/hook?***");
  const ApiAnswer list = get("");
  EXPECT_EQ(list.json().at("type"), "ResultList");
  EXPECT_EQ(list.json().at("results").as_array().size(), 1U);
  EXPECT_EQ(add(R"({"url":"http://127.0.0.1/x","from":0})").json().at("sequence"), 0);
  EXPECT_EQ(catalogue->audit_after(0, 100)->back().line.find("subscription.added") != std::string::npos, true);
}

TEST_F(SubscriptionsTest, TroubleAndDeadLettersAreShown) {
  post("maps", "x");
  const std::string id(add(R"({"url":"http://127.0.0.1/x","from":0})").json().at("id").as_string());
  const auto claim = catalogue->claim_subscription(bench.ann, 0).value();
  ASSERT_TRUE(claim);
  SubscriptionSettle settle{.claim = *claim, .position = 1, .attempts = 7};
  settle.trouble_since = bench.clock.now();
  settle.detail = "got 503";
  settle.dead = {{1, "ingest-update", "{}", bench.clock.now(), "got 500"}};
  ASSERT_TRUE(catalogue->settle_subscription(settle));
  const json::object shown = get("/" + id).json();
  EXPECT_EQ(shown.at("attempt"), 7);
  EXPECT_EQ(shown.at("detail"), "got 503");
  EXPECT_EQ(shown.at("failingSince"), json::string(format_instant(bench.clock.now())));
  EXPECT_EQ(json::serialize(shown.at("deadLetters")),
            R"([{"type":"DeadLetter","sequence":1,"kind":"ingest-update","endedDate":")" +
                format_instant(bench.clock.now()) + R"(","detail":"got 500"}])");
  const ApiAnswer retried = as("all", "POST", "/subscriptions/" + id + "/retry").send();
  EXPECT_EQ(retried.status, 202);
  EXPECT_EQ(retried.json().at("deadLetterCount"), 1);
  EXPECT_TRUE(catalogue->claim_subscription(bench.ann, 0).value()->letter);
}

TEST_F(SubscriptionsTest, Ended) {
  const std::string id(add(R"({"url":"http://127.0.0.1/x"})").json().at("id").as_string());
  const ApiAnswer removed = as("all", "DELETE", "/subscriptions/" + id).send();
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.text, "");
  for (const ApiAnswer& answer : {as("all", "DELETE", "/subscriptions/" + id).send(), get("/" + id), get("/x"),
                                  as("all", "POST", "/subscriptions/" + id + "/retry").send()}) {
    EXPECT_EQ(answer.status, 404);
  }
  expect_fault(get("/" + id), 404, "Subscription " + id + " not found");
}

TEST_F(SubscriptionsTest, WhatCannotBe) {
  expect_fault(add(""), 400, "Request entity expected but not supplied");
  expect_fault(add("{}"), 400, "Invalid value at .url: Missing required field");
  expect_fault(add(R"({"url":1,"kinds":"x","spaces":[1],"from":-1})"), 400,
               "Invalid value at .url: Got value '1' with wrong type, expecting string\n"
               "Invalid value at .kinds: Got value '\"x\"' with wrong type, expecting array of strings\n"
               "Invalid value at .spaces: Got value '[1]' with wrong type, expecting array of strings\n"
               "Invalid value at .from: Got value '-1' with wrong type, expecting whole number");
  expect_fault(add(R"({"url":"http://127.0.0.1/x","from":1.5})"), 400,
               "Invalid value at .from: Got value '1.5' with wrong type, expecting whole number");
  expect_fault(add(R"({"url":"http://127.0.0.1/x","kinds":["registered-bags"],"spaces":[]})"), 400,
               "Unrecognised value at .kinds: got \"registered-bags\", valid values are: bag-update, ingest-update, "
               "operator-alert, registered-bag, transfer-update.\nInvalid value at .spaces: must name a space.");
  EXPECT_TRUE(add(R"({"url":"ftp://127.0.0.1/x"})").description().starts_with("Invalid value at .url: "));
  EXPECT_TRUE(add(R"({"url":"http://169.254.169.254/"})").description().starts_with("Invalid value at .url: "));
  EXPECT_TRUE(
      add(R"({"url":"http://127.0.0.1/x","spaces":["a/b"]})").description().starts_with("Invalid value at .spaces: "));
  EXPECT_EQ(as("all", "POST", "/subscriptions").send().status, 415);
}

TEST_F(SubscriptionsTest, C4_OnlyWithinTheGrant) {
  add_client("curator", {"operator"}, std::vector<std::string>{"maps"});
  expect_fault(add(R"({"url":"http://127.0.0.1/x"})", "curator"), 403,
               "This client may not use every space: name some of its own");
  expect_fault(add(R"({"url":"http://127.0.0.1/x","spaces":["maps","other"]})", "curator"), 403,
               "This client may not use the space other");
  const std::string own(
      add(R"({"url":"http://127.0.0.1/x","spaces":["maps"]})", "curator").json().at("id").as_string());
  const std::string all(add(R"({"url":"http://127.0.0.1/y"})").json().at("id").as_string());
  EXPECT_EQ(get("/" + own, "curator").status, 200);
  EXPECT_EQ(get("/" + all, "curator").status, 404);
  EXPECT_EQ(as("curator", "DELETE", "/subscriptions/" + all).send().status, 404);
  EXPECT_EQ(get("", "curator").json().at("results").as_array().size(), 1U);
  EXPECT_EQ(get("").json().at("results").as_array().size(), 2U);
  add_client("reader", {"events:read"}, {});
  EXPECT_EQ(get("", "reader").status, 403);
}

}  // namespace
}  // namespace strongroom::test
