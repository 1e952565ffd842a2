// The client for storage providers against our own server and against listeners that misbehave.
#include "adapters/web/client/provider_client.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing::HasSubstr;
using testing_support::pattern;
using testing_support::pattern_source;
using testing_support::RawListener;

class ProviderClientTest : public testing_support::Serving {
 protected:
  WebRequest request(const std::string& method, const std::string& path, std::string body = {}) {
    WebRequest made;
    made.method = method;
    made.url = url(path);
    made.body = std::move(body);
    return made;
  }
  web::ProviderClient client_;
};

TEST_F(ProviderClientTest, SendsWhatItIsGivenAndNothingElse) {
  handler.plain.finish = [](const HttpRequestHead& head, const std::string& body) {
    HttpResponse response;
    response.status = 201;
    response.text = head.method + " " + head.target + " [" + body + "]";
    for (const auto& [name, value] : head.headers) response.text += "\n" + name;
    return response;
  };
  start();
  for (const std::string method : {"GET", "PUT", "POST", "DELETE"}) {
    const std::string body = method == "GET" || method == "DELETE" ? "" : "text";
    WebRequest made = request(method, "/a/../b//c%2F?x=", body);
    made.headers = {{"X-Own", "1"}};
    const auto answer = client_.exchange(made);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->status, 201);
    EXPECT_TRUE(answer->succeeded());
    const std::string length = body.empty() ? "" : "\nContent-Length";
    EXPECT_EQ(answer->body, method + " /a/../b//c%2F?x= [" + body + "]\nHost\nX-Own" + length);
  }
  const auto head = client_.exchange(request("HEAD", "/x"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  EXPECT_NE(head->header("content-length"), "");
}

TEST_F(ProviderClientTest, EmptyBodiesHaveALength) {
  handler.plain.finish = [](const HttpRequestHead& head, const std::string&) {
    HttpResponse response;
    response.text = std::string(find_header(head.headers, "Content-Length").value_or("none"));
    return response;
  };
  start();
  for (const char* method : {"PUT", "POST"}) {
    const auto answer = client_.exchange(request(method, "/x"));
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, "0") << method;
  }
}

TEST_F(ProviderClientTest, FollowsNoRedirectAndTakesErrorsAsAnswers) {
  handler.plain.finish = [](const HttpRequestHead&, const std::string&) {
    HttpResponse response;
    response.status = 307;
    response.headers = {{"Location", "/elsewhere"}};
    response.text = "an error document";
    return response;
  };
  start();
  const auto moved = client_.exchange(request("PUT", "/x", "body"));
  ASSERT_TRUE(moved) << moved.error().text();
  EXPECT_EQ(moved->status, 307);
  EXPECT_EQ(moved->header("location"), "/elsewhere");
  const auto download = client_.download(request("GET", "/x"));
  ASSERT_TRUE(download);
  EXPECT_EQ((*download)->answer().body, "an error document");
}

TEST_F(ProviderClientTest, BodiesOfAnyLengthAreSentAndReadAsTheyCome) {
  constexpr std::uint64_t kSize = 20'000'003;
  const std::string content = pattern(kSize);
  std::atomic<std::uint64_t> received = 0;
  std::atomic<bool> same = true;
  handler.plain.keep_body = false;
  handler.plain.body = [&](std::string_view bytes) {
    same = same && bytes == std::string_view(content).substr(received, bytes.size());
    received += bytes.size();
  };
  handler.plain.finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize), kSize);
  };
  start();
  TextSource source(content);
  WebRequest upload = request("PUT", "/x");
  upload.source = &source;
  upload.size = kSize;
  const auto answer = client_.exchange(upload);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(received, kSize);
  EXPECT_TRUE(same);
  EXPECT_EQ(answer->body.size(), kSize);

  const auto download = client_.download(request("GET", "/x"));
  ASSERT_TRUE(download) << download.error().text();
  std::uint64_t at = 0;
  std::vector<std::byte> piece(300'000);
  for (;;) {
    // Of any size, and sometimes slowly.
    const auto n = (*download)->read(ByteSpan(piece).first(1 + at % piece.size()));
    ASSERT_TRUE(n) << n.error().text();
    if (*n == 0) break;
    ASSERT_EQ(as_text(ByteView(piece).first(*n)), std::string_view(content).substr(at, *n)) << at;
    at += *n;
  }
  EXPECT_EQ(at, kSize);
}

TEST_F(ProviderClientTest, ADownloadThatIsGivenUpHarmsNoOther) {
  handler.plain.finish = [this](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(5'000'000), 5'000'000);
  };
  start();
  for (int i = 0; i < 5; ++i) {
    const auto download = client_.download(request("GET", "/x"));
    ASSERT_TRUE(download) << download.error().text();
    std::vector<std::byte> piece(10);
    ASSERT_TRUE((*download)->read(piece));
  }
  const auto whole = client_.exchange(request("GET", "/x"));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body.size(), 5'000'000U);
}

TEST_F(ProviderClientTest, ManyExchangesGoOnAtOnce) {
  handler.plain.finish = [](const HttpRequestHead& head, const std::string& body) {
    HttpResponse response;
    response.text = head.target + body;
    return response;
  };
  start();
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        const std::string path = "/" + std::to_string(t) + "-" + std::to_string(i);
        const auto answer = client_.exchange(request("PUT", path, "!"));
        if (!answer || answer->body != path + "!") ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ProviderClientTest, AFailingSourceGivesItsOwnError) {
  start();
  class Failing final : public ByteSource {
   public:
    Result<std::size_t> read(ByteSpan into) override {
      if (read_++ < 3) return into.size();
      return rejected("the disk is gone", "here", Reason::corrupt);
    }
    int read_ = 0;
  } failing;
  WebRequest upload = request("PUT", "/x");
  upload.source = &failing;
  upload.size = 1U << 30U;
  const auto answer = client_.exchange(upload);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().text(), "the disk is gone (here)");
  TextSource small("abc");
  upload.source = &small;
  upload.size = 5;
  const auto ended = client_.exchange(upload);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().reason, Reason::truncated);
}

TEST_F(ProviderClientTest, NobodyThereIsTemporary) {
  testing_support::DeadPort dead;
  WebRequest made;
  made.method = "GET";
  made.url = "http://127.0.0.1:" + std::to_string(dead.port()) + "/x?secret=1";
  const auto answer = client_.exchange(made);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().act, Act::temporary);
  EXPECT_THAT(answer.error().text(), HasSubstr("no answer"));
  EXPECT_THAT(answer.error().text(), testing::Not(HasSubstr("secret")));
}

TEST_F(ProviderClientTest, TellsWhetherARequestMayHaveArrived) {
  const auto trace_of = [this](std::uint16_t port, Duration timeout) {
    WebTrace trace;
    WebRequest made;
    made.method = "POST";
    made.url = "http://127.0.0.1:" + std::to_string(port) + "/x";
    made.body = "body";
    made.timeout = timeout;
    made.trace = &trace;
    EXPECT_FALSE(client_.exchange(made));
    EXPECT_FALSE(trace.is_untrusted);
    return trace.may_have_arrived;
  };
  const testing_support::DeadPort dead;
  EXPECT_FALSE(trace_of(dead.port(), {}));
  RawListener closing([](testing_support::RawClient& peer) { peer.receive(); });
  EXPECT_TRUE(trace_of(closing.port(), {}));
  RawListener silent([](testing_support::RawClient& peer) {
    while (peer.receive()) {
    }
  });
  // It would wait for a minute otherwise, and the listener give up before that.
  EXPECT_TRUE(trace_of(silent.port(), std::chrono::milliseconds(50)));
  EXPECT_FALSE(trace_of(dead.port(), {})) << "of this exchange, not of one before";
}

TEST_F(ProviderClientTest, ATimeoutIsOfOneExchangeOnly) {
  testing_support::Gate gate;
  handler.plain.finish = [&](const HttpRequestHead& head, const std::string&) {
    if (head.target == "/never") gate.wait();
    if (head.target == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return HttpResponse{};
  };
  start();
  WebRequest slow = request("GET", "/never");
  slow.timeout = std::chrono::milliseconds(50);
  const auto late = client_.exchange(slow);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().act, Act::temporary);
  gate.open();
  EXPECT_TRUE(client_.exchange(request("GET", "/slow"))) << "the lane is used again, without the time-out";
}

TEST_F(ProviderClientTest, ABodyThatIsCutOffIsToldAsThat) {
  RawListener listener([](testing_support::RawClient& peer) {
    peer.receive();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  });
  WebRequest made;
  made.method = "GET";
  made.url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/x";
  const auto answer = client_.exchange(made);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::truncated);
  EXPECT_EQ(answer.error().act, Act::temporary);
}

TEST_F(ProviderClientTest, CallsEndWhenTheProgramIsToStop) {
  std::atomic<bool> is_there = false;
  RawListener silent([&](testing_support::RawClient& peer) {
    while (peer.receive()) is_there = true;
  });
  web::CallEnd end;
  web::ProviderClient client({}, &end);
  WebTrace trace;
  WebRequest made;
  made.method = "POST";
  made.url = "http://127.0.0.1:" + std::to_string(silent.port()) + "/x";
  made.body = "body";
  made.trace = &trace;
  std::optional<Error> error;
  {
    const std::jthread calling([&] {
      const auto answer = client.exchange(made);
      if (!answer) error = answer.error();
    });
    while (!is_there) std::this_thread::yield();
    end.set(std::chrono::milliseconds(1));
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(error->act, Act::temporary);
  EXPECT_EQ(error->reason, Reason::stopped);
  EXPECT_TRUE(trace.may_have_arrived) << "it was sent";
  const auto later = client.exchange(made);
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().reason, Reason::stopped);
  EXPECT_FALSE(trace.may_have_arrived) << "nothing is begun any more";
}

TEST_F(ProviderClientTest, WhatIsToBeSentOnceIsNotSentAnewByItself) {
  std::atomic<int> requests = 0;
  // Answers the first request of each connection, and closes it when a second one has come.
  const auto serve = [&](testing_support::RawClient& peer) {
    if (!peer.receive()) return;
    ++requests;
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    if (peer.receive()) ++requests;
  };
  WebRequest made;
  made.method = "POST";
  made.body = "body";
  for (const bool is_once : {false, true}) {
    requests = 0;
    RawListener listener(serve, AF_INET, 2);
    web::ProviderClient client;
    made.url = "http://127.0.0.1:" + std::to_string(listener.port()) + "/x";
    made.is_once = is_once;
    ASSERT_TRUE(client.exchange(made));
    ASSERT_TRUE(client.exchange(made));
    EXPECT_EQ(requests, is_once ? 2 : 3);
  }
}

}  // namespace
}  // namespace strongroom
