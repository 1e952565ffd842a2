// The command line's client against our own server and against listeners that misbehave.
#include "adapters/web/client/api_client.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <string>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::DeadPort;
using testing_support::pattern;
using testing_support::pattern_source;
using testing_support::RawClient;
using testing_support::RawListener;

std::string base(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

class ApiClientTest : public testing_support::Serving {};

TEST_F(ApiClientTest, SendsRequestsOfEveryMethod) {
  handler.plain.finish = [](const HttpRequestHead& head, const std::string& body) {
    HttpResponse response;
    response.status = 201;
    response.headers = {{"X-Token", std::string(find_header(head.headers, "Authorization").value_or(""))}};
    response.text = head.method + " " + head.target + " " + body;
    return response;
  };
  start();
  web::ApiClient client(base(port()) + "/v1/");
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    const std::string body = method == std::string("GET") ? "" : "text";
    const auto response = client.request(method, "/ingests?x=1", {{"Authorization", "Bearer t"}}, body);
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, method + std::string(" /v1/ingests?x=1 ") + body);
    EXPECT_EQ(find_header(response->headers, "x-token"), "Bearer t");
  }
  const auto whole = client.request("GET", base(port()) + "/elsewhere");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body, "GET /elsewhere ");
  const auto head = client.request("HEAD", "ingests");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(find_header(head->headers, "Content-Length"), "17");
  const auto empty = client.request("POST", "/empty");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->body, "POST /v1/empty ");
}

TEST_F(ApiClientTest, FollowsNoRedirectAndTakesErrorsAsAnswers) {
  handler.plain.finish = [this](const HttpRequestHead& head, const std::string&) {
    HttpResponse response;
    response.status = head.target == "/moved" ? 302 : 404;
    response.headers = {{"Location", url("/other")}};
    response.text = "an error document";
    return response;
  };
  start();
  web::ApiClient client(base(port()));
  const auto moved = client.request("GET", "/moved");
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->status, 302);
  TextSink sink;
  const auto missing = client.download("/missing", {}, sink);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->body, "an error document");
  EXPECT_EQ(sink.text(), "");
  EXPECT_EQ(handler.counters.begun, 2);
}

TEST_F(ApiClientTest, UploadsWithAndWithoutASize) {
  start();
  web::ApiClient client(base(port()));
  const std::string whole = pattern(5'000'000);
  for (const bool sized : {true, false}) {
    TextSource source(whole);
    std::uint64_t seen = 0;
    const auto response =
        client.upload("PUT", "/up", {}, source, sized ? std::optional<std::uint64_t>(whole.size()) : std::nullopt,
                      [&](std::uint64_t sent) {
                        EXPECT_GE(sent, seen);
                        seen = sent;
                      });
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_TRUE(response->body == "PUT /up " + whole);
    EXPECT_EQ(seen, whole.size());
  }
}

TEST_F(ApiClientTest, HearsAnEarlyRefusalOfAnUpload) {
  handler.plain.keep_body = false;
  handler.plain.early = [](const HttpRequestHead& head, std::uint64_t bytes) -> std::optional<HttpResponse> {
    if (head.target == "/later" && bytes < 100'000) return std::nullopt;
    HttpResponse response;
    response.status = 409;
    response.text = "it is there already";
    return response;
  };
  start();
  web::ApiClient client(base(port()));
  for (const char* path : {"/at-once", "/later"}) {
    TextSource source(pattern(30'000'000));
    const auto response = client.upload("PUT", path, {}, source, 30'000'000);
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 409);
    EXPECT_EQ(response->body, "it is there already");
  }
  EXPECT_LT(handler.counters.body_bytes, 1'000'000U);
}

class FailingSource final : public ByteSource {
 public:
  Result<std::size_t> read(ByteSpan into) override {
    if (reads_++ == 3) return broken("the disk is gone", "/data/bag.tar.gz");
    std::fill(into.begin(), into.end(), std::byte{1});
    return into.size();
  }

 private:
  int reads_ = 0;
};

class FailingSink final : public ByteSink {
 public:
  Result<void> write(ByteView /*bytes*/) override { return broken("the disk is full", {}, Reason::no_space); }
};

TEST_F(ApiClientTest, PassesOnErrorsOfSourceAndSink) {
  start();
  web::ApiClient client(base(port()));
  FailingSource source;
  const auto up = client.upload("PUT", "/up", {}, source, std::nullopt);
  ASSERT_FALSE(up);
  EXPECT_EQ(up.error().what, "the disk is gone");
  TextSource shorter("abc");
  const auto cut = client.upload("PUT", "/up", {}, shorter, 10);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().reason, Reason::truncated);
  EXPECT_THAT(cut.error().what, HasSubstr("3 of 10 bytes"));
  FailingSink sink;
  const auto down = client.download("/x", {}, sink);
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().reason, Reason::no_space);
  // The client goes on working, and both uploads were undone.
  EXPECT_TRUE(client.request("GET", "/"));
  EXPECT_TRUE(testing_support::eventually([&] { return handler.counters.cancelled == 2; }));
}

TEST_F(ApiClientTest, DownloadsToASink) {
  constexpr std::uint64_t kSize = 5'000'000;
  handler.scripts["/good"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize));
  };
  handler.scripts["/cut"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([inner = pattern_source(kSize)](std::string& out, std::size_t max) mutable -> Result<Pull> {
      auto pulled = inner(out, max);
      if (*pulled == Pull::end) return broken("damaged");
      return pulled;
    });
  };
  start();
  web::ApiClient client(base(port()));
  TextSink sink;
  const auto good = client.download("/good", {}, sink);
  ASSERT_TRUE(good) << good.error().text();
  EXPECT_EQ(good->body, "");
  EXPECT_TRUE(sink.text() == pattern(kSize));
  TextSink part;
  const auto cut = client.download("/cut", {}, part);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().reason, Reason::truncated);
}

TEST_F(ApiClientTest, SaysWhatToDo) {
  const DeadPort dead;
  const std::string secret = "http://me:secret@127.0.0.1:" + std::to_string(dead.port()) + "/base";
  const auto refused = web::ApiClient(secret).request("GET", "/x?token=hidden");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "could not connect to " + base(dead.port()) + ": is strongroom running there?");
  const auto nowhere = web::ApiClient("http://no-such-host.invalid").request("GET", "/");
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("could not find the host of http://no-such-host.invalid"));
  const auto other = web::ApiClient("ftp://me:secret@127.0.0.1").request("GET", "/x");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().what, "not an http or https address: ...@127.0.0.1/x");
  {
    RawListener hangs_up([](RawClient& peer) { peer.receive(); });
    const auto cut = web::ApiClient(base(hangs_up.port())).request("GET", "/");
    ASSERT_FALSE(cut);
    EXPECT_THAT(cut.error().what, HasSubstr("broke off"));
    EXPECT_EQ(cut.error().act, Act::temporary);
  }
  {
    RawListener not_tls([](RawClient& peer) {
      peer.receive();
      peer.send("no TLS here\r\n");
    });
    const auto plain = web::ApiClient("https://127.0.0.1:" + std::to_string(not_tls.port())).request("GET", "/");
    ASSERT_FALSE(plain);
    EXPECT_THAT(plain.error().what, HasSubstr("TLS"));
  }
}

}  // namespace
}  // namespace strongroom
