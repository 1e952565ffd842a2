// Goal: every subscriber gets its events in their order, at least once and as long as there is hope; what is given up
// is kept, and nobody waits for anybody else's subscriber (http-api.md 9.4). Method: dispatchers over a real SQLite
// catalogue, a commanded clock, and a subscriber that answers as it is told.
#include "events/dispatch.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "base/hmac.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "support/fake_ports.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::events {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Remembers what was posted, and answers as `answer` says.
class Subscriber final : public HttpClient {
 public:
  struct Got {
    std::string url;
    std::string body;
    HttpHeaders headers;
    Instant at;
    [[nodiscard]] std::string header(std::string_view name) const {
      return std::string(find_header(headers, name).value_or(""));
    }
  };

  explicit Subscriber(Clock& clock) : clock_(clock) {}
  CallbackOutcome post(const CallbackRequest& request,
                       const std::function<bool(const std::string&)>& allowed) override {
    EXPECT_TRUE(allowed("127.0.0.1"));
    EXPECT_FALSE(allowed("169.254.169.254"));
    got.push_back({request.url, request.body, request.headers, clock_.now()});
    return answer(request);
  }
  /// `sequence:kind` of what went to a URL.
  [[nodiscard]] std::string told(const std::string& url) const {
    std::string text;
    for (const Got& one : got) {
      if (one.url != url) continue;
      const auto at = one.body.find("\"sequence\":") + 11;
      const auto kind = one.body.find("\"kind\":\"") + 8;
      text += (text.empty() ? "" : " ") + one.body.substr(at, one.body.find(',', at) - at) + ":" +
              one.body.substr(kind, one.body.find('"', kind) - kind);
    }
    return text;
  }

  std::vector<Got> got;
  std::function<CallbackOutcome(const CallbackRequest&)> answer = [](const CallbackRequest&) {
    return CallbackOutcome{200, {}};
  };

 private:
  Clock& clock_;
};

class DispatchTest : public testing::Test {
 protected:
  DispatchTest() : bench(workers_) {
    std::string name = testing::TempDir() + "dispatch-XXXXXX";
    directory_ = mkdtemp(name.data());
    auto opened = sqlite::open_sqlite_catalogue(directory_ / "catalogue.db", bench.clock, bench.owners);
    EXPECT_TRUE(opened);
    catalogue = opened->get();
    bench.catalogue = std::move(*opened);
    settings.policy.loopback_allowed = true;
    settings.context_url = "http://sr.test/context.json";
    settings.user_agent = "Strongroom/test";
    needs.emplace(DispatchNeeds{*catalogue, *catalogue, *catalogue, subscriber, bench.clock, entropy, log, metrics});
  }
  ~DispatchTest() override {
    bench.catalogue.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string subscribe(const std::string& url, std::int64_t from = 0, std::vector<std::string> kinds = {},
                        std::optional<std::vector<std::string>> spaces = {}) {
    Subscription made{.id = bench.uuid(),
                      .url = url,
                      .kinds = std::move(kinds),
                      .spaces = std::move(spaces),
                      .created = bench.clock.now(),
                      .client = *ClientId::parse("all"),
                      .position = from};
    EXPECT_TRUE(catalogue->add_subscription(made, Deed{}));
    return made.id;
  }
  /// An `ingest-update`.
  void event(const std::string& name) { ASSERT_TRUE(bench.accept(name)); }
  /// Serves whatever is due now; how often somebody was.
  int serve(const std::optional<OwnerId>& owner = {}) {
    Dispatcher dispatcher(*needs, settings, owner.value_or(bench.ann), 0);
    for (int served = 0;; ++served) {
      const auto done = dispatcher.serve_one();
      EXPECT_TRUE(done) << done.error().text();
      if (!done || !*done || served > 1000) return served;
    }
  }
  void fail(int status = 503) {
    subscriber.answer = [status](const CallbackRequest&) { return CallbackOutcome{status, {}}; };
  }
  void take() {
    subscriber.answer = [](const CallbackRequest&) { return CallbackOutcome{204, {}}; };
  }
  Subscription stored(const std::string& id) { return catalogue->find_subscription(id).value().value(); }

  test::InlineWorkers workers_;
  contracts::CatalogueBench bench;
  sqlite::SqliteCatalogue* catalogue = nullptr;
  Subscriber subscriber{bench.clock};
  test::FakeEntropy entropy;
  test::FakeLog log;
  NoMetrics metrics;
  DispatchSettings settings;
  std::optional<DispatchNeeds> needs;

 private:
  std::filesystem::path directory_;
};

TEST_F(DispatchTest, InOrderAndOnlyWhatWasAskedFor) {
  for (const char* name : {"a", "b", "c"}) event(name);
  const auto versions = catalogue->begin_reindex({bench.uuid(), {}, bench.clock.now(), Deed{}});
  ASSERT_TRUE(versions);
  settings.signing_secret = "a secret of sixteen";
  subscribe("http://127.0.0.1/all");
  subscribe("http://127.0.0.1/late", 2);
  subscribe("http://127.0.0.1/bags", 0, {"registered-bag"});
  subscribe("http://127.0.0.1/own", 0, {}, std::vector<std::string>{"testing"});
  subscribe("http://127.0.0.1/other", 0, {}, std::vector<std::string>{"other"});
  serve();
  EXPECT_EQ(subscriber.told("http://127.0.0.1/all"), "1:ingest-update 2:ingest-update 3:ingest-update");
  EXPECT_EQ(subscriber.told("http://127.0.0.1/late"), "3:ingest-update");
  EXPECT_EQ(subscriber.told("http://127.0.0.1/bags"), "");
  EXPECT_EQ(subscriber.told("http://127.0.0.1/own"), "1:ingest-update 2:ingest-update 3:ingest-update");
  EXPECT_EQ(subscriber.told("http://127.0.0.1/other"), "");
  const Subscriber::Got& first = subscriber.got.front();
  EXPECT_TRUE(first.body.starts_with(R"({"@context":"http://sr.test/context.json","type":"Event","sequence":1,)"))
      << first.body;
  EXPECT_NE(first.body.find("\"id\":\"" + first.header("Strongroom-Delivery") + "\""), std::string::npos);
  EXPECT_EQ(first.header("Strongroom-Attempt"), "1");
  EXPECT_EQ(first.header("User-Agent"), "Strongroom/test");
  const std::string signature = first.header("Strongroom-Signature");
  const std::string time = signature.substr(2, signature.find(',') - 2);
  EXPECT_EQ(signature, "t=" + time + ",v1=" + hmac_sha256_hex(settings.signing_secret, time + "." + first.body));
  // Nothing is sent twice, and nothing is done when there is nothing.
  bench.clock.pass(hours(1));
  EXPECT_EQ(serve(), 0);
}

TEST_F(DispatchTest, OneThatFailsHoldsUpThoseBehindIt) {
  const std::string id = subscribe("http://127.0.0.1/x");
  event("a");
  event("b");
  fail();
  serve();
  ASSERT_EQ(subscriber.got.size(), 1U);
  const Subscription troubled = stored(id);
  EXPECT_EQ(troubled.attempts, 1);
  EXPECT_EQ(troubled.detail, "got 503");
  EXPECT_EQ(troubled.trouble_since, subscriber.got[0].at);
  EXPECT_EQ(troubled.position, 0);
  std::vector<Duration> pauses;
  while (subscriber.got.size() < 9) {
    bench.clock.pass(seconds(1));
    serve();
    ASSERT_LT(bench.clock.now() - subscriber.got[0].at, hours(24));
  }
  for (std::size_t i = 1; i < subscriber.got.size(); ++i) {
    const auto pause = std::chrono::duration_cast<seconds>(subscriber.got[i].at - subscriber.got[i - 1].at).count();
    std::int64_t expected = 15;
    for (std::size_t n = 1; n < i; ++n) expected = std::min<std::int64_t>(3 * expected, 3600);
    EXPECT_NEAR(static_cast<double>(pause), static_cast<double>(expected), 0.1 * static_cast<double>(expected) + 1.5);
    EXPECT_EQ(subscriber.got[i].header("Strongroom-Attempt"), std::to_string(i + 1));
    EXPECT_EQ(subscriber.got[i].body, subscriber.got[0].body);
    EXPECT_EQ(subscriber.got[i].header("Strongroom-Delivery"), subscriber.got[0].header("Strongroom-Delivery"));
  }
  take();
  subscriber.got.clear();
  bench.clock.pass(hours(2));
  serve();
  EXPECT_EQ(subscriber.told("http://127.0.0.1/x"), "1:ingest-update 2:ingest-update");
  EXPECT_EQ(stored(id).attempts, 0);
  EXPECT_FALSE(stored(id).trouble_since);
}

TEST_F(DispatchTest, AnEventIsGivenUpAfterThreeDaysAndKept) {
  const std::string id = subscribe("http://127.0.0.1/x");
  event("a");
  fail(500);
  serve();
  bench.clock.pass(hours(24));
  event("b");
  const auto until = [&](hours time) {
    for (const Instant end = bench.clock.now() + time; bench.clock.now() < end; serve()) bench.clock.pass(minutes(10));
  };
  until(hours(47));
  EXPECT_EQ(stored(id).dead_letters, 0U);
  until(hours(3));
  EXPECT_EQ(stored(id).dead_letters, 1U);
  EXPECT_EQ(stored(id).position, 1);
  until(hours(24));
  const auto letters = catalogue->dead_letters_of(id, 10).value();
  ASSERT_EQ(letters.size(), 2U);
  EXPECT_EQ(letters[0].sequence, 1);
  EXPECT_EQ(letters[1].sequence, 2);
  EXPECT_EQ(letters[0].detail, "got 500");
  EXPECT_NE(log.text.find("subscription_event_given_up"), std::string::npos);

  // A new one goes its way as soon as the subscriber is there again; the old ones when they are asked for.
  event("c");
  take();
  subscriber.got.clear();
  bench.clock.pass(hours(2));
  serve();
  EXPECT_EQ(subscriber.told("http://127.0.0.1/x"), "3:ingest-update");
  fail(502);
  subscriber.got.clear();
  ASSERT_TRUE(catalogue->retry_subscription(id, Deed{}).value());
  serve();
  EXPECT_EQ(subscriber.told("http://127.0.0.1/x"), "1:ingest-update 2:ingest-update");
  EXPECT_EQ(catalogue->dead_letters_of(id, 10).value()[1].detail, "got 502");
  EXPECT_FALSE(stored(id).trouble_since) << "only a letter has failed";
  take();
  ASSERT_TRUE(catalogue->retry_subscription(id, Deed{}).value());
  serve();
  EXPECT_EQ(stored(id).dead_letters, 0U);
  EXPECT_EQ(subscriber.got[2].body, letters[0].body);
  EXPECT_EQ(subscriber.got[2].header("Strongroom-Delivery"), subscriber.got[0].header("Strongroom-Delivery"));
}

TEST_F(DispatchTest, OthersAreServedMeanwhile) {
  subscribe("http://127.0.0.1/dead");
  subscribe("http://127.0.0.1/alive");
  subscriber.answer = [](const CallbackRequest& request) {
    if (request.url.ends_with("alive")) return CallbackOutcome{200, {}};
    return CallbackOutcome{std::nullopt, "connection refused"};
  };
  for (int i = 0; i < 120; ++i) event("bag-" + std::to_string(i));
  serve();
  std::size_t alive = 0;
  for (const Subscriber::Got& one : subscriber.got) alive += one.url.ends_with("alive") ? 1U : 0U;
  EXPECT_EQ(alive, 120U);
  EXPECT_EQ(subscriber.got.size(), 121U);
}

TEST_F(DispatchTest, AnotherTakesOverFromOneThatDied) {
  const std::string id = subscribe("http://127.0.0.1/x");
  event("a");
  const auto claim = catalogue->claim_subscription(bench.ann, 0).value();
  ASSERT_TRUE(claim);
  EXPECT_EQ(serve(bench.bob), 0);
  bench.owners.kill(bench.ann);
  serve(bench.bob);
  EXPECT_EQ(subscriber.told("http://127.0.0.1/x"), "1:ingest-update");
  SubscriptionSettle late{.claim = *claim};
  EXPECT_EQ(catalogue->settle_subscription(late).error().reason, Reason::stale_lease);
  EXPECT_EQ(stored(id).position, 1);
}

TEST_F(DispatchTest, GivenBackOrHeldByTheSameHand) {
  subscribe("http://127.0.0.1/x");
  event("a");
  ASSERT_TRUE(catalogue->claim_subscription(bench.ann, 3).value());
  // The answer to the claim was lost: the same hand has it, another has not.
  EXPECT_FALSE(catalogue->claim_subscription(bench.ann, 4).value());
  EXPECT_TRUE(catalogue->claim_subscription(bench.ann, 3).value());
  ASSERT_TRUE(catalogue->hand_back(bench.ann));
  EXPECT_TRUE(catalogue->claim_subscription(bench.bob, 0).value());
}

TEST_F(DispatchTest, RemovedWhileItIsServed) {
  const std::string id = subscribe("http://127.0.0.1/x");
  event("a");
  event("b");
  subscriber.answer = [&](const CallbackRequest&) {
    EXPECT_TRUE(catalogue->remove_subscription(id, Deed{}).value());
    return CallbackOutcome{200, {}};
  };
  EXPECT_EQ(serve(), 1);
  EXPECT_EQ(subscriber.got.size(), 1U);
  EXPECT_FALSE(catalogue->find_subscription(id).value());
  EXPECT_FALSE(catalogue->remove_subscription(id, Deed{}).value());
  EXPECT_FALSE(catalogue->retry_subscription(id, Deed{}).value());
}

}  // namespace
}  // namespace strongroom::events
