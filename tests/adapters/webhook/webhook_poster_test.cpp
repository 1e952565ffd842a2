// Goal: messages reach a webhook as they are, each answer is told for what it is, and the address is told to nobody.
// Method: a real server with a secret path, and ports on which nobody is.
#include "adapters/webhook/webhook_poster.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "adapters/web/client/provider_client.hpp"
#include "adapters/web/serving.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::webhook {
namespace {

using Kind = WebhookAnswer::Kind;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPath = "/services/T000/B000/CANARYTOKEN";

class WebhookTest : public testing_support::Serving {
 protected:
  WebhookTest() {
    std::string path = testing::TempDir() + "webhook-XXXXXX";
    directory_ = mkdtemp(path.data());
    handler.plain.finish = [this](const HttpRequestHead& head, const std::string& body) { return serve(head, body); };
  }
  ~WebhookTest() override {
    if (server) server->stop();
    std::filesystem::remove_all(directory_);
  }

  void point_to(const std::string& address) const { std::ofstream(directory_ / "url") << address << "\n"; }
  WebhookPoster poster() {
    const auto environment = [](const std::string&) { return std::optional<std::string>(); };
    return {"monitor.webhook", {(directory_ / "url").string(), ""}, environment, web_, clock_};
  }
  WebhookAnswer post(const HttpHeaders& more = {}) {
    const WebhookAnswer answer = poster().post(kMessage, more);
    for (const std::string& text : {answer.message, answer.body}) {
      EXPECT_THAT(text, Not(HasSubstr("CANARY")));
      EXPECT_THAT(text, Not(HasSubstr("T000")));
      EXPECT_THAT(text, Not(HasSubstr(directory_.string())));
    }
    EXPECT_THAT(answer.message, Not(HasSubstr("127.0.0.1")));
    EXPECT_EQ(answer.message.empty(), answer.kind == Kind::accepted);
    return answer;
  }
  static HttpResponse answer_of(int status, const std::string& text, HttpHeaders headers = {}) {
    HttpResponse response;
    response.status = status;
    response.text = text;
    response.headers = std::move(headers);
    return response;
  }
  /// From now on, one after the other; the last one stays.
  void will_answer(std::deque<HttpResponse> answers) {
    const std::scoped_lock lock(mutex_);
    answers_ = std::move(answers);
  }

  const std::string kMessage = R"({"text":"hello"})";
  std::vector<std::pair<HttpRequestHead, std::string>> asked_;
  test::FakeClock clock_;

 private:
  HttpResponse serve(const HttpRequestHead& head, const std::string& body) {
    const std::scoped_lock lock(mutex_);
    asked_.emplace_back(head, body);
    HttpResponse next = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return next;
  }

  web::ProviderClient web_;
  std::filesystem::path directory_;
  std::mutex mutex_;
  std::deque<HttpResponse> answers_;
};

TEST_F(WebhookTest, PostsTheseBytes) {
  will_answer({answer_of(200, "ok")});
  start();
  point_to(url(kPath));
  const WebhookAnswer answer = post({{"Idempotency-Key", "m-1"}});
  EXPECT_EQ(answer.kind, Kind::accepted);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "ok");
  ASSERT_EQ(asked_.size(), 1U);
  const auto& [head, body] = asked_[0];
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, kPath);
  EXPECT_EQ(body, kMessage);
  EXPECT_EQ(find_header(head.headers, "Content-Type"), "application/json");
  EXPECT_EQ(find_header(head.headers, "Idempotency-Key"), "m-1");
}

TEST_F(WebhookTest, EachAnswerIsToldForWhatItIs) {
  struct Row {
    int status;
    Kind kind;
  };
  start();
  point_to(url(kPath));
  for (const Row& row :
       {Row{201, Kind::accepted}, Row{204, Kind::accepted}, Row{301, Kind::barred}, Row{307, Kind::barred},
        Row{400, Kind::refused}, Row{401, Kind::barred}, Row{403, Kind::barred}, Row{404, Kind::barred},
        Row{405, Kind::barred}, Row{406, Kind::retry}, Row{408, Kind::retry}, Row{409, Kind::retry},
        Row{410, Kind::barred}, Row{413, Kind::refused}, Row{422, Kind::refused}, Row{429, Kind::retry},
        Row{500, Kind::retry}, Row{503, Kind::retry}}) {
    will_answer({answer_of(row.status, row.status == 204 ? "" : "because")});
    const WebhookAnswer answer = post();
    EXPECT_EQ(answer.kind, row.kind) << row.status;
    EXPECT_EQ(answer.status, row.status);
    if (answer.kind != Kind::accepted) {
      EXPECT_EQ(answer.message, "the webhook monitor.webhook answered " + std::to_string(row.status) + ": because");
    }
  }
}

TEST_F(WebhookTest, TellsWhenToComeAgain) {
  will_answer({answer_of(429, "rate_limited", {{"Retry-After", "7"}})});
  start();
  point_to(url(kPath));
  const WebhookAnswer answer = post();
  EXPECT_EQ(answer.kind, Kind::retry);
  EXPECT_EQ(answer.retry_after, 7);
  EXPECT_EQ(answer.body, "rate_limited");
}

TEST_F(WebhookTest, WhoeverIsNotThereMayComeBack) {
  testing_support::DeadPort dead;
  point_to("http://127.0.0.1:" + std::to_string(dead.port()) + kPath);
  const WebhookAnswer nobody = post();
  EXPECT_EQ(nobody.kind, Kind::retry);
  EXPECT_EQ(nobody.status, 0);
  EXPECT_EQ(nobody.message, "the webhook monitor.webhook cannot be reached");

  testing_support::RawListener silent([](testing_support::RawClient& peer) {
    std::string head;
    peer.read_until("hello", head);
  });
  point_to("http://127.0.0.1:" + std::to_string(silent.port()) + kPath);
  EXPECT_EQ(post().kind, Kind::retry);
}

TEST_F(WebhookTest, WithoutAnAddressItIsTheOperators) {
  EXPECT_EQ(post().kind, Kind::barred);
  point_to("");
  EXPECT_EQ(post().kind, Kind::barred);
  point_to("CANARYTOKEN");
  EXPECT_THAT(post().message, HasSubstr("no address"));
}

TEST_F(WebhookTest, AChangedAddressNeedsNoRestart) {
  will_answer({answer_of(403, "action_prohibited")});
  start();
  point_to(url("/old/CANARYTOKEN"));
  WebhookPoster held = poster();
  EXPECT_EQ(held.post(kMessage).kind, Kind::barred);
  EXPECT_EQ(asked_.size(), 2U) << "read again and repeated once";
  will_answer({answer_of(403, ""), answer_of(200, "ok")});
  EXPECT_EQ(held.post(kMessage).kind, Kind::accepted);
  point_to(url(kPath));
  EXPECT_EQ(held.post(kMessage).kind, Kind::accepted);
  EXPECT_EQ(asked_.back().first.target, kPath);
}

TEST_F(WebhookTest, H4_AnEchoOfTheAddressIsMasked) {
  const std::string echo = std::string("<pre>Cannot POST ") + kPath + "\n token CANARYTOKEN unknown; ";
  will_answer({answer_of(404, echo + std::string(9000, 'x'))});
  start();
  point_to(url(kPath) + "?key=CANARY");
  const WebhookAnswer answer = post();
  EXPECT_THAT(answer.body, testing::StartsWith("<pre>Cannot POST ***%0A token *** unknown; xxx"));
  EXPECT_LT(answer.body.size(), 510U);
}

}  // namespace
}  // namespace strongroom::webhook
