// Goal: the stream of http-api.md 6.3 (cases C4, C5, L3): from any place, live, and only for as long as the client may.
// Method: bodies pulled as the server does, over a real SQLite catalogue, the tail stepped by hand.
#include <random>
#include <set>

#include "api/events_fixture.hpp"
#include "base/limits.hpp"

namespace strongroom::test {
namespace {

const std::string kContext = "http://sr.test/storage/v1/context.json";

using EventStreamTest = EventsTest;

std::vector<std::int64_t> behind(const std::vector<std::int64_t>& all, std::int64_t place) {
  std::vector<std::int64_t> rest;
  for (const std::int64_t id : all) {
    if (id > place) rest.push_back(id);
  }
  return rest;
}

TEST_F(EventStreamTest, L3_BeginsWithRetryAndGivesWhatComes) {
  post("maps", "x");
  const auto stream = open("all");
  EXPECT_EQ(stream->response().status, 200);
  EXPECT_EQ(find_header(stream->response().headers, "Content-Type"), "text/event-stream");
  EXPECT_EQ(find_header(stream->response().headers, "Cache-Control"), "private, no-cache");
  stream->read();
  EXPECT_EQ(stream->text, "retry: 3000\n\n");  // from now on only
  turn(*stream);
  const std::string id = post("maps", "y");
  turn(*stream);
  const auto events = stream->events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].id, 2);
  EXPECT_EQ(events[0].kind, "ingest-update");
  EXPECT_EQ(events[0].data.at("sequence").as_int64(), 2);
  EXPECT_EQ(events[0].data.at("body").at("id"), boost::json::string(id));
  EXPECT_NE(stream->text.find("data: {\"@context\":\"" + kContext + "\","), std::string::npos);
  EXPECT_FALSE(stream->ended);
}

TEST_F(EventStreamTest, L3_ResumesAtAnyPlace) {
  post("maps", "x");
  append("registered-bag", "maps", 20);
  const auto all = all_ids();
  for (std::int64_t place = 0; place <= all.back() + 1; ++place) {
    const auto by_header = open("all", "?after=1", std::to_string(place));
    const auto by_query = open("all", "?after=" + std::to_string(place));
    by_header->read();
    by_query->read();
    EXPECT_EQ(by_header->ids(), behind(all, place)) << place;
    EXPECT_EQ(by_query->ids(), behind(all, place)) << place;
    turn(*by_header);  // the tail begins: nothing comes twice
    EXPECT_EQ(by_header->ids(), behind(all, place)) << place;
  }
}

TEST_F(EventStreamTest, L3_WhatLiesFarBackComesFromTheLog) {
  post("maps", "x");
  append("registered-bag", "maps", static_cast<int>(limits::kTailEventsMax) + 500);
  const auto stream = open("all", "?after=0");
  while (stream->ids().size() < all_ids().size()) turn(*stream);
  append("registered-bag", "maps", 3);
  turn(*stream);
  // More at once than the tail holds, while the reader is away.
  append("registered-bag", "maps", static_cast<int>(limits::kTailEventsMax) + 500);
  for (int i = 0; i < 10; ++i) event_tail->step();
  for (int i = 0; i < 10; ++i) turn(*stream);
  EXPECT_EQ(stream->ids(), all_ids());
}

TEST_F(EventStreamTest, L2_FiltersAndSpacesOfTheGrant) {
  const auto kinds = open("all", "?kind=registered-bag&space=maps&after=0");
  const auto mapper = open("mapper", "?after=0");
  post("maps", "x");
  append("registered-bag", "secret");
  append("registered-bag", "maps");
  for (int i = 0; i < 2; ++i) {
    turn(*kinds);
    turn(*mapper);
  }
  append("registered-bag", "secret");
  append("registered-bag", "maps");
  turn(*kinds);
  turn(*mapper);
  EXPECT_EQ(kinds->ids(), (std::vector<std::int64_t>{3, 5}));
  EXPECT_EQ(mapper->ids(), (std::vector<std::int64_t>{1, 3, 5}));
  EXPECT_EQ(open("mapper", "?space=secret")->response().status, 403);
}

TEST_F(EventStreamTest, L3_ACommentInSilence) {
  const auto stream = open("all");
  turn(*stream);
  for (int second = 0; second < 61; ++second) {
    bench.clock.pass(std::chrono::seconds(1));
    turn(*stream);
  }
  EXPECT_EQ(stream->comments(), 4);  // every 14 s, so that it is there within 15
  EXPECT_FALSE(stream->ended);
}

TEST_F(EventStreamTest, L3_EndsWhenTheTokenIsRevoked) {
  post("maps", "x");
  const auto stream = open("all");
  turn(*stream);
  const auto silent = open("mapper");
  turn(*silent);
  const Deed deed{"operator", "client.tokens-revoked", "client all", "done", "", bench.clock.now()};
  ASSERT_TRUE(catalogue->revoke_tokens(*ClientId::parse("all"), deed));
  ASSERT_TRUE(catalogue->revoke_tokens(*ClientId::parse("mapper"), deed));
  // What comes now is not sent any more, and a stream without events ends as well.
  append("registered-bag", "maps");
  turn(*stream);
  EXPECT_TRUE(stream->ended);
  EXPECT_EQ(stream->ids().size(), 0U);
  bench.clock.pass(std::chrono::seconds(5));
  turn(*silent);
  EXPECT_TRUE(silent->ended);
  EXPECT_FALSE(silent->broken_off);
}

TEST_F(EventStreamTest, L3_EndsWhenTheTokenExpires) {
  const Instant soon = bench.clock.now() + std::chrono::seconds(12);
  ASSERT_TRUE(catalogue->add_token({api::token_digest("short"), *ClientId::parse("all"), {"events:read"}, soon}));
  const auto stream = open("short");
  for (int second = 0; second < 11; ++second) {
    bench.clock.pass(std::chrono::seconds(1));
    turn(*stream);
  }
  EXPECT_FALSE(stream->ended);
  for (int second = 0; second < 6; ++second) {
    bench.clock.pass(std::chrono::seconds(1));
    turn(*stream);
  }
  EXPECT_TRUE(stream->ended);
}

TEST_F(EventStreamTest, AChangedGrantActsAtOnce) {
  const auto stream = open("mapper");
  const auto named = open("mapper", "?space=maps");
  turn(*stream);
  turn(*named);
  const ClientAccount before = catalogue->find_client(*ClientId::parse("mapper"))->value();
  ClientAccount after = before;
  for (Grant& grant : after.grants) grant.spaces = std::vector<std::string>{"atlas"};
  const Deed deed{"operator", "client.changed", "client mapper", "done", "", bench.clock.now()};
  ASSERT_TRUE(catalogue->change_client(before, after, deed));
  post("maps", "x");
  post("atlas", "y");
  turn(*stream);
  turn(*named);
  EXPECT_EQ(stream->ids(), (std::vector<std::int64_t>{2}));
  EXPECT_TRUE(named->ended);
  EXPECT_TRUE(named->ids().empty());
  ClientAccount none = after;
  none.grants.clear();
  ASSERT_TRUE(catalogue->change_client(after, none, deed));
  post("atlas", "z");
  turn(*stream);
  EXPECT_TRUE(stream->ended);
  EXPECT_EQ(stream->ids().size(), 1U);
}

TEST_F(EventStreamTest, L3_AMalformedPlaceIs400) {
  for (const std::string bad : {"x", "-1", " 1", "1,2"}) {
    const ApiAnswer answer = as("all", "GET", "/events/stream").header("Last-Event-ID", bad).send();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.description(), "Invalid value in header Last-Event-ID: must be a whole number.");
  }
  EXPECT_EQ(as("all", "GET", "/events/stream").header("Last-Event-ID", "1").header("Last-Event-ID", "2").send().status,
            400);
  EXPECT_EQ(as("all", "GET", "/events/stream?after=x").send().description(),
            "Invalid value in query parameter after: got \"x\", must be a whole number.");
  EXPECT_EQ(as("all", "POST", "/events/stream").send().status, 405);
  add_client("none", {"bags:read"}, {});
  EXPECT_EQ(as("none", "GET", "/events/stream").send().status, 403);
}

TEST_F(EventStreamTest, StreamsAreBounded) {
  // Four at once here, and half of them for one client.
  auto first = open("all");
  const auto second = open("all");
  const auto third = open("all");
  EXPECT_EQ(third->response().status, 503);
  EXPECT_EQ(find_header(third->response().headers, "Retry-After"), "5");
  first.reset();
  EXPECT_EQ(open("all")->response().status, 200);
}

TEST_F(EventStreamTest, AStoppingServiceEndsThem) {
  const auto stream = open("all");
  turn(*stream);
  EXPECT_FALSE(stream->ended);
  event_tail->close();
  stream->read();
  EXPECT_TRUE(stream->ended);
  EXPECT_FALSE(stream->broken_off);
  EXPECT_EQ(open("all")->response().status, 503);
}

TEST_F(EventStreamTest, NothingIsCompressed) {
  auto exchange = handler->begin({"GET",
                                  "/storage/v1/events/stream?after=0",
                                  {{"Authorization", "Bearer all"}, {"Accept-Encoding", "gzip"}},
                                  "",
                                  {}});
  EXPECT_FALSE(find_header(exchange->finish().headers, "Content-Encoding"));
}

/// A consumer that keeps its place after each event it has dealt with, and is killed between any two of its steps.
class Consumer {
 public:
  /// Deals with what the stream has, up to `steps` steps; what it was at when it was killed it does again.
  void deal_with(const std::vector<StreamedEvent>& events, std::size_t steps) {
    for (const StreamedEvent& event : events) {
      if (event.id <= kept_) continue;
      if (steps-- == 0) return;
      const std::string id(event.data.at("id").as_string());
      const auto [seen, first] = seen_.emplace(event.id, id);
      if (!first) {
        ++duplicates;
        EXPECT_EQ(seen->second, id);  // the same emission, told by its id
      }
      EXPECT_GT(event.id, last_in_order_);
      if (steps-- == 0) return;
      kept_ = last_in_order_ = event.id;
    }
  }
  [[nodiscard]] std::string place() const { return std::to_string(kept_); }
  [[nodiscard]] std::vector<std::int64_t> seen() const {
    std::vector<std::int64_t> all;
    for (const auto& [sequence, id] : seen_) all.push_back(sequence);
    return all;
  }
  int duplicates = 0;

 private:
  std::int64_t kept_ = 0;
  std::int64_t last_in_order_ = 0;
  std::map<std::int64_t, std::string> seen_;
};

TEST_F(EventStreamTest, L3_AConsumerKilledAThousandTimesMissesNothing) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  const auto up_to = [&](unsigned most) { return static_cast<int>(chance() % (most + 1)); };
  post("maps", "x");
  Consumer consumer;
  for (int life = 0; life < 1000; ++life) {
    const auto stream = open("all", {}, consumer.place());
    for (int round = up_to(2); round >= 0; --round) {
      if (up_to(3) == 0) append("registered-bag", "maps", 1 + up_to(20));
      if (up_to(3) == 0) post("maps", "y" + std::to_string(life));
      if (up_to(1) == 0) event_tail->step();
      stream->read(1 + up_to(4));
    }
    consumer.deal_with(stream->events(), static_cast<std::size_t>(up_to(30)));
  }
  const auto rest = open("all", {}, consumer.place());
  while (rest->ids().size() < behind(all_ids(), std::stoll(consumer.place())).size()) turn(*rest);
  consumer.deal_with(rest->events(), 1'000'000);
  EXPECT_EQ(consumer.seen(), all_ids());
  EXPECT_GT(consumer.duplicates, 0);
}

}  // namespace
}  // namespace strongroom::test
