// Callbacks on memory adapters and simulated time: attempts, pauses, what the depositor gets, and how it ends (L5, L6).
#include <gtest/gtest.h>

#include "base/hmac.hpp"
#include "world.hpp"

namespace strongroom::simulation {
namespace {

using std::chrono::seconds;

class OpenGate final : public Gate {
 public:
  Result<void> at(const char* /*event*/, Moment /*moment*/) override { return {}; }
};

class CallbackTest : public testing::Test {
 protected:
  CallbackTest() : world_({}, gate_) {
    world_.post({IngestType::create, "x", make_bag("x", {{"a.txt", "hello\n"}}), true, true, ""});
  }
  void run() {
    world_.run_to_rest([] { return false; });
  }
  Ingest ingest() { return world_.catalogue().find_ingest(world_.ingests().front()).value().value(); }
  std::string last_event() { return world_.catalogue().events_of(world_.ingests().front()).value().back().description; }
  std::vector<CallbackRequest> posts() {
    EXPECT_EQ(world_.receiver().posts().size(), 1U) << "one delivery of one run";
    return world_.receiver().posts().begin()->second;
  }
  static std::string header(const CallbackRequest& request, const std::string& name) {
    return std::string(find_header(request.headers, name).value_or(""));
  }
  static constexpr const char* kUrl = "http://127.0.0.1/done?job=0";

  OpenGate gate_;
  World world_;
};

TEST_F(CallbackTest, L5TheIngestIsPostedAsItsCreatorSeesIt) {
  run();
  ASSERT_EQ(posts().size(), 1U);
  const CallbackRequest post = posts().front();
  EXPECT_EQ(post.url, kUrl);
  EXPECT_EQ(header(post, "Content-Type"), "application/json");
  EXPECT_EQ(header(post, "User-Agent"), "Strongroom/test");
  EXPECT_EQ(header(post, "Strongroom-Attempt"), "1");
  EXPECT_TRUE(is_uuid(header(post, "Strongroom-Delivery")));
  EXPECT_EQ(header(post, "Strongroom-Signature"), "") << "no secret is configured";
  EXPECT_TRUE(post.body.starts_with(R"({"@context":"http://sr.test/storage/v1/context.json")")) << post.body;
  for (const char* part :
       {R"("status":{"id":"succeeded")", R"("version":"v1")", R"("url":"http://127.0.0.1/done?job=0")",
        R"("status":{"id":"processing","type":"Status"})"}) {
    EXPECT_NE(post.body.find(part), std::string::npos) << part << " in " << post.body;
  }
  EXPECT_EQ(ingest().callback->status, CallbackStatus::succeeded);
  EXPECT_EQ(last_event(), "Callback fulfilled");
}

TEST_F(CallbackTest, L6TwoFailuresAndThenSuccess) {
  world_.receiver().fail_first(kUrl, 2);
  run();
  const auto all = posts();
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(header(all[i], "Strongroom-Attempt"), std::to_string(i + 1));
    EXPECT_EQ(all[i].body, all[0].body);
  }
  EXPECT_EQ(ingest().callback->status, CallbackStatus::succeeded);
  const auto attempts = world_.catalogue().delivery_attempts(world_.ingests().front()).value();
  ASSERT_EQ(attempts.size(), 3U);
  EXPECT_EQ(attempts[0].http_status, 503);
  EXPECT_TRUE(attempts[2].succeeded);
  // 15 s and 45 s, ±10 %; the world looks every 5 s.
  EXPECT_GE(attempts[1].created - attempts[0].created, std::chrono::milliseconds(13'500));
  EXPECT_GE(attempts[2].created - attempts[1].created, std::chrono::milliseconds(40'500));
  EXPECT_LE(attempts[2].created - attempts[0].created, seconds(80));
}

TEST_F(CallbackTest, L6FiveFailuresEndTheDeliveryAndNotTheIngest) {
  world_.receiver().fail_first(kUrl, 100);
  run();
  EXPECT_EQ(posts().size(), 5U);
  EXPECT_EQ(ingest().status, Status::succeeded);
  EXPECT_EQ(ingest().callback->status, CallbackStatus::failed);
  EXPECT_EQ(last_event(), "Callback failed for: " + ingest().id.str() + ", got 503 Service Unavailable!");
}

TEST_F(CallbackTest, L7ARefusedAddressEndsTheDeliveryAtOnce) {
  world_.receiver().refuse_address();
  run();
  EXPECT_EQ(ingest().callback->status, CallbackStatus::failed);
  EXPECT_EQ(last_event(), "Callback failed for: " + ingest().id.str() + " (address not allowed)");
  EXPECT_EQ(world_.catalogue().delivery_attempts(world_.ingests().front()).value().size(), 1U);
}

TEST_F(CallbackTest, L5ASecretSignsTheBody) {
  world_.sign_callbacks_with("a secret of some length");
  run();
  const CallbackRequest post = posts().front();
  const std::string signature = header(post, "Strongroom-Signature");
  const auto comma = signature.find(",v1=");
  ASSERT_TRUE(signature.starts_with("t=") && comma != std::string::npos) << signature;
  const std::string time = signature.substr(2, comma - 2);
  EXPECT_EQ(signature.substr(comma + 4), hmac_sha256_hex("a secret of some length", time + "." + post.body));
}

TEST(HmacTest, Rfc4231TestCase2) {
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace strongroom::simulation
