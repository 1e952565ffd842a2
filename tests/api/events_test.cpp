// Goal: the list of events is that of http-api.md 6.1 and 6.2 (cases C4, C5, L1, L2), reindexing that of 6.4 (L4).
// Method: requests into the handler over a real SQLite catalogue.
#include "api/events_fixture.hpp"

namespace strongroom::test {
namespace {

namespace json = boost::json;

const std::string kBase = "http://sr.test/storage/v1";

class EventListTest : public EventsTest {
 protected:
  ApiAnswer list(const std::string& query = {}, const std::string& client = "all") {
    return as(client, "GET", "/events" + query).send();
  }
  /// `1:ingest-update 2:registered-bag …`
  static std::string shown(const ApiAnswer& answer) {
    if (answer.status != 200) return std::to_string(answer.status) + " " + answer.description();
    std::string text;
    const json::object document = answer.json();
    for (const json::value& one : document.at("results").as_array()) {
      text += (text.empty() ? "" : " ") + std::to_string(one.at("sequence").as_int64()) + ":" +
              std::string(one.at("kind").as_string());
    }
    return text;
  }
  static std::int64_t last(const ApiAnswer& answer) { return answer.json().at("lastSequence").as_int64(); }

  /// Ends the claimed ingest with a registered version, as register does.
  void register_next(int number) {
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim);
    Settle settle = bench.settle(claim->lease, *bench.stored(claim->ingest));
    settle.writes.emplace_back(SaveVersion{bench.version(number, VersionState::registered, claim->ingest)});
    ASSERT_TRUE(bench.catalogue->settle(settle));
    ASSERT_TRUE(bench.end(*claim, Status::succeeded));
  }
  void store(const std::string& identifier, int number, const std::string& space = "maps") {
    post(space, identifier);
    register_next(number);
  }
  ApiAnswer reindex(const std::string& body, const std::string& client = "all") {
    return as(client, "POST", "/reindex").json(body).send();
  }
  /// `maps/x v1 …` of what is emitted when the background has done its work.
  std::string emitted() {
    while (catalogue->continue_reindex(bench.clock.now(), {bench.uuid(), bench.uuid()})->has_value()) {
    }
    std::string text;
    const auto page = catalogue->events_after(0, {}, 1000, 1000);
    for (const LoggedEvent& logged : page->events) {
      if (!logged.event.reindex) continue;
      const json::value body = json::parse(logged.event.body);
      text += std::string(text.empty() ? "" : " ") + std::string(body.at("externalIdentifier").as_string()) + "@" +
              std::string(body.at("version").as_string());
    }
    return text;
  }
};

TEST_F(EventListTest, L1_AnUpdateIsTheIngestAsItWasThen) {
  const std::string id = post("maps", "x", "http://127.0.0.1/done?secret=1");
  end_next(Status::succeeded);
  const ApiAnswer answer = list();
  EXPECT_EQ(shown(answer), "1:ingest-update 2:ingest-update");
  const json::object document = answer.json();
  const json::array& results = document.at("results").as_array();
  const json::object first = results[0].as_object();
  EXPECT_EQ(first.at("type"), "Event");
  EXPECT_FALSE(first.contains("@context"));
  EXPECT_FALSE(first.contains("reindex"));
  EXPECT_EQ(first.at("body").at("id"), json::string(id));
  EXPECT_EQ(first.at("body").at("status").at("id"), "accepted");
  EXPECT_TRUE(first.at("body").at("events").as_array().empty());
  // Masked, also for the client that made it (http-api.md 6.1).
  EXPECT_EQ(first.at("body").at("callback").at("url"), "http://127.0.0.1/done?***");
  EXPECT_EQ(results[1].at("body").at("status").at("id"), "succeeded");
  EXPECT_EQ(results[1].at("body").at("events").as_array().size(), 1U);
  EXPECT_FALSE(results[1].at("body").as_object().contains("@context"));
}

TEST_F(EventListTest, C5_EveryAnswerBeginsWithTheContext) {
  post("maps", "x");
  const std::string context = "{\"@context\":\"" + kBase + "/context.json\",";
  EXPECT_TRUE(list().text.starts_with(context + "\"type\":\"EventList\",\"results\":[{"));
  EXPECT_TRUE(list("?after=x").text.starts_with(context));
  EXPECT_TRUE(reindex("{}").text.starts_with(context + "\"type\":\"Reindex\","));
  EXPECT_EQ(list("?after=100").text, context + "\"type\":\"EventList\",\"results\":[],\"lastSequence\":100}");
}

TEST_F(EventListTest, L2_ReadInPagesNothingIsLost) {
  post("maps", "x");
  append("registered-bag", "maps", 150);
  for (const int limit : {1, 7, 100, 151, 1000}) {
    std::vector<std::int64_t> seen;
    std::string query = "?limit=" + std::to_string(limit);
    while (true) {
      const ApiAnswer answer = list(query);
      ASSERT_EQ(answer.status, 200) << answer.text;
      const auto document = answer.json();
      for (const json::value& one : document.at("results").as_array()) seen.push_back(one.at("sequence").as_int64());
      EXPECT_EQ(last(answer), seen.back());
      const auto next = answer.text_at("next");
      if (!next) break;
      EXPECT_EQ(*next, kBase + "/events?after=" + std::to_string(seen.back()) + "&limit=" + std::to_string(limit));
      query = next->substr((kBase + "/events").size());
    }
    EXPECT_EQ(seen, all_ids()) << limit;
  }
  EXPECT_EQ(list("?limit=151").text_at("next"), std::nullopt);
}

TEST_F(EventListTest, L2_Filters) {
  post("maps", "x");
  append("registered-bag", "maps");
  append("registered-bag", "atlas");
  append("bag-update", "maps");
  EXPECT_EQ(shown(list("?kind=registered-bag&space=maps")), "2:registered-bag");
  EXPECT_EQ(last(list("?kind=registered-bag&space=maps")), 4);
  EXPECT_EQ(shown(list("?kind=registered-bag")), "2:registered-bag 3:registered-bag");
  EXPECT_EQ(shown(list("?kind=bag-update,ingest-update")), "1:ingest-update 4:bag-update");
  EXPECT_EQ(shown(list("?kind=not-yet-known")), "");
  EXPECT_EQ(shown(list("?space=atlas&after=")), "3:registered-bag");
  EXPECT_EQ(shown(list("?after=2&limit=1")), "3:registered-bag");
  const ApiAnswer page = list("?kind=registered-bag&limit=1");
  EXPECT_EQ(page.text_at("next"), kBase + "/events?after=2&kind=registered-bag&limit=1");
}

TEST_F(EventListTest, L2_AfterIsAWholeNumber) {
  for (const std::string bad : {"x", "-1", "1.5", "99999999999999999999", "0x1"}) {
    EXPECT_EQ(shown(list("?after=" + bad)),
              "400 Invalid value in query parameter after: got \"" + bad + "\", must be a whole number.");
  }
  EXPECT_EQ(shown(list("?after=x&limit=0")),
            "400 Invalid value in query parameter after: got \"x\", must be a whole number.\n"
            "Invalid value in query parameter limit: got \"0\", must be a whole number from 1 to 1000.");
  EXPECT_EQ(list("?after=1&after=2").status, 400);
  EXPECT_EQ(list("?unknown=1").status, 200);
  EXPECT_EQ(as("all", "GET", "/events/").send().status, 200);
}

TEST_F(EventListTest, C4_AReaderOfOneSpaceSeesTheSequenceAdvance) {
  post("maps", "x");
  append("registered-bag", "secret", 3);
  const ApiAnswer answer = list("", "mapper");
  EXPECT_EQ(shown(answer), "1:ingest-update");
  EXPECT_EQ(last(answer), 4);
  EXPECT_EQ(shown(list("?after=1", "mapper")), "");
  EXPECT_EQ(last(list("?after=1", "mapper")), 4);
  EXPECT_EQ(shown(list("?space=secret", "mapper")), "403 This client may not use the space secret");
}

TEST_F(EventListTest, AListLooksAtSoManyEventsAndGoesOn) {
  post("maps", "x");
  append("registered-bag", "atlas", static_cast<int>(limits::kEventsLookedAtMax));
  append("registered-bag", "maps");
  const ApiAnswer first = list("?kind=registered-bag&space=maps");
  EXPECT_EQ(shown(first), "");
  EXPECT_EQ(last(first), static_cast<std::int64_t>(limits::kEventsLookedAtMax));
  ASSERT_TRUE(first.text_at("next"));
  EXPECT_NE(shown(list(first.text_at("next")->substr((kBase + "/events").size()))), "");
}

TEST_F(EventListTest, L4_EverythingStoredIsEmittedAgain) {
  for (const char* identifier : {"b", "c/1", "a"}) {
    store(identifier, 1);
    store(identifier, 2);
  }
  const ApiAnswer answer = reindex("{}");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.json().at("bagVersions").as_int64(), 6);
  EXPECT_TRUE(answer.text_at("id") && answer.text_at("requestedDate"));
  EXPECT_EQ(emitted(), "a@v1 a@v2 b@v1 b@v2 c/1@v1 c/1@v2");
  const ApiAnswer events = list("?kind=registered-bag&limit=1");
  EXPECT_NE(events.text.find(R"("type":"RegisteredBagNotification"},"reindex":true})"), std::string::npos)
      << events.text;
}

TEST_F(EventListTest, L4_Scopes) {
  store("a", 1);
  store("b", 1);
  store("z", 1, "atlas");
  EXPECT_EQ(as("all", "POST", "/reindex").send().json().at("bagVersions").as_int64(), 3);  // no body at all
  EXPECT_EQ(emitted(), "z@v1 a@v1 b@v1");
  EXPECT_EQ(reindex(R"({"space":"maps"})").json().at("bagVersions").as_int64(), 2);
  EXPECT_EQ(reindex(R"({"space":"maps","externalIdentifier":"b"})").json().at("bagVersions").as_int64(), 1);
  EXPECT_EQ(reindex(R"({"space":"empty","externalIdentifier":null})").json().at("bagVersions").as_int64(), 0);
  EXPECT_EQ(emitted(), "z@v1 a@v1 b@v1 a@v1 b@v1 b@v1");
  const auto audited = catalogue->audit_after(0, 100);
  EXPECT_NE(audited->back().line.find(R"("action":"reindex.requested","object":"space empty")"), std::string::npos);
}

TEST_F(EventListTest, L4_Refusals) {
  store("a", 1);
  const auto refused = [](const ApiAnswer& answer) {
    return std::to_string(answer.status) + " " + answer.description();
  };
  EXPECT_EQ(refused(reindex(R"({"externalIdentifier":"x"})")),
            "400 Invalid value at .externalIdentifier: needs .space.");
  EXPECT_EQ(refused(reindex(R"({"space":"maps","externalIdentifier":"SEA/1887/13"})")),
            "404 Storage manifest maps/SEA/1887/13 not found");
  EXPECT_EQ(refused(reindex(R"({"space":1})")),
            "400 Invalid value at .space: Got value '1' with wrong type, expecting string");
  EXPECT_EQ(refused(reindex("[]")), "400 Invalid value at .: Got value '[]' with wrong type, expecting object");
  EXPECT_EQ(reindex(R"({"space":"a/b"})").status, 400);
  EXPECT_EQ(reindex("{").description().find("The request content was malformed:\n"), 0U);
  EXPECT_EQ(as("all", "POST", "/reindex?space=maps").json("{}").send().status, 400);
  EXPECT_EQ(as("all", "POST", "/reindex").header("Content-Type", "text/plain").body("{}").send().status, 415);
  EXPECT_EQ(as("all", "GET", "/reindex").send().status, 405);
  add_client("curator", {"operator"}, std::vector<std::string>{"maps"});
  EXPECT_EQ(reindex("{}", "curator").status, 403);
  EXPECT_EQ(as("curator", "POST", "/reindex").send().status, 403);
  EXPECT_EQ(refused(reindex(R"({"space":"secret","externalIdentifier":"a"})", "curator")),
            "403 This client may not use the space secret");
  EXPECT_EQ(reindex(R"({"space":"maps"})", "curator").status, 202);
  add_client("reader", {"events:read"}, {});
  EXPECT_EQ(refused(reindex("{}", "reader")), "403 This client lacks the scope operator");
  EXPECT_EQ(as("reader", "GET", "/bags/maps/a").send().status, 403);
}

}  // namespace
}  // namespace strongroom::test
