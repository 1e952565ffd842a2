// The callback client against our own server and against listeners that misbehave: what is sent, which address is
// connected to, and how each way of failing is named.
#include "adapters/web/client/callback_client.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::DeadPort;
using testing_support::RawClient;
using testing_support::RawListener;

bool any(const std::string& /*address*/) { return true; }

CallbackRequest request_to(std::string url) {
  CallbackRequest request;
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = R"({"id":"1"})";
  return request;
}

std::string at(std::uint16_t port, const std::string& path = "/callback") {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

class CallbackClientTest : public testing_support::Serving {
 protected:
  web::CallbackClient client;
};

TEST_F(CallbackClientTest, PostsVerbatim) {
  HttpRequestHead head;
  std::string body;
  handler.plain.finish = [&](const HttpRequestHead& seen, const std::string& text) {
    head = seen;
    body = text;
    HttpResponse response;
    response.status = 202;
    return response;
  };
  start();
  CallbackRequest request = request_to(at(port(), "/a/../b%2Fc?x=%20&y=1"));
  request.headers.emplace_back("Strongroom-Delivery", "d-1");
  request.headers.emplace_back("X-Evil", "a\r\nInjected: 1");
  const CallbackOutcome outcome = client.post(request, any);
  EXPECT_EQ(outcome.status, 202) << outcome.reason;
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a/../b%2Fc?x=%20&y=1");
  EXPECT_EQ(body, request.body);
  EXPECT_EQ(find_header(head.headers, "Content-Type"), "application/json");
  EXPECT_EQ(find_header(head.headers, "Strongroom-Delivery"), "d-1");
  EXPECT_EQ(find_header(head.headers, "Injected"), std::nullopt);
  EXPECT_EQ(find_header(head.headers, "Authorization"), std::nullopt);
}

TEST_F(CallbackClientTest, SendsUserInformationAsBasic) {
  std::string authorization;
  handler.plain.finish = [&](const HttpRequestHead& head, const std::string&) {
    authorization = find_header(head.headers, "Authorization").value_or("none");
    return HttpResponse{};
  };
  start();
  const std::string url = "http://user:p%40ss@127.0.0.1:" + std::to_string(port()) + "/";
  EXPECT_EQ(client.post(request_to(url), any).status, 200);
  EXPECT_EQ(authorization, "Basic dXNlcjpwQHNz");  // user:p@ss
  // A handle used again does not remember them.
  EXPECT_EQ(client.post(request_to(at(port())), any).status, 200);
  EXPECT_EQ(authorization, "none");
}

TEST_F(CallbackClientTest, SendsALargeBodyAtOnce) {
  std::size_t size = 0;
  handler.plain.finish = [&](const HttpRequestHead&, const std::string& body) {
    size = body.size();
    return HttpResponse{};
  };
  start();
  CallbackRequest request = request_to(at(port()));
  request.body = std::string(3'000'000, 'x');
  EXPECT_EQ(client.post(request, any).status, 200);
  EXPECT_EQ(size, request.body.size());
}

TEST_F(CallbackClientTest, FollowsNoRedirect) {
  handler.scripts["/callback"].finish = [&](const HttpRequestHead&, const std::string&) {
    HttpResponse response;
    response.status = 302;
    response.headers = {{"Location", url("/elsewhere")}};
    return response;
  };
  start();
  const CallbackOutcome outcome = client.post(request_to(url("/callback")), any);
  EXPECT_EQ(outcome.status, 302);
  EXPECT_FALSE(outcome.succeeded());
  EXPECT_EQ(handler.counters.begun, 1);
}

TEST_F(CallbackClientTest, AsksAboutEveryAddress) {
  start();
  std::vector<std::string> asked;
  const auto note = [&](const std::string& address) {
    asked.push_back(address);
    return true;
  };
  EXPECT_EQ(client.post(request_to(at(port())), note).status, 200);
  EXPECT_THAT(asked, ElementsAre("127.0.0.1"));
  // Other spellings of the same address are that address.
  for (const char* host : {"127.1", "2130706433", "0x7f000001", "0177.0.0.1"}) {
    asked.clear();
    EXPECT_EQ(client.post(request_to("http://" + std::string(host) + ":" + std::to_string(port()) + "/"), note).status,
              200)
        << host;
    EXPECT_THAT(asked, ElementsAre("127.0.0.1")) << host;
  }
}

TEST_F(CallbackClientTest, ConnectsToNoAddressThatIsNotAllowed) {
  RawListener listener([](RawClient& peer) { peer.receive(); });
  const auto never = [](const std::string&) { return false; };
  for (const char* host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1"}) {
    const CallbackOutcome outcome =
        client.post(request_to("http://" + std::string(host) + ":" + std::to_string(listener.port()) + "/"), never);
    EXPECT_EQ(outcome.status, std::nullopt) << host;
    EXPECT_EQ(outcome.reason, "address not allowed") << host;
  }
  EXPECT_EQ(listener.accepted(), 0);
}

TEST_F(CallbackClientTest, GivesTheAddressOfAnIpv6Literal) {
  std::string asked;
  RawListener listener(
      [](RawClient& peer) {
        std::string head;
        peer.read_until("\r\n\r\n", head);
        peer.send("HTTP/1.1 204 No Content\r\n\r\n");
      },
      AF_INET6);
  if (!listener.listening()) GTEST_SKIP() << "this machine has no IPv6 loopback";
  const CallbackOutcome outcome =
      client.post(request_to("http://[::1]:" + std::to_string(listener.port()) + "/"), [&](const std::string& address) {
        asked = address;
        return true;
      });
  EXPECT_EQ(outcome.status, 204) << outcome.reason;
  EXPECT_EQ(asked, "::1");
}

TEST_F(CallbackClientTest, ResolvesNamesAndKeepsNoOldAnswer) {
  start();
  // The same handle, the same name and port: agreed to, then not, then agreed to again.
  const CallbackRequest request = request_to("http://localhost:" + std::to_string(port()) + "/");
  EXPECT_EQ(client.post(request, any).status, 200);
  EXPECT_EQ(client.post(request, [](const std::string&) { return false; }).reason, "address not allowed");
  EXPECT_EQ(client.post(request, any).status, 200);
  EXPECT_EQ(handler.counters.finished, 2);
}

TEST_F(CallbackClientTest, IgnoresProxiesOfTheEnvironment) {
  start();
  const DeadPort proxy;
  const std::string proxy_url = "http://127.0.0.1:" + std::to_string(proxy.port());
  setenv("http_proxy", proxy_url.c_str(), 1);
  setenv("ALL_PROXY", proxy_url.c_str(), 1);
  const CallbackOutcome outcome = client.post(request_to(at(port())), any);
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  EXPECT_EQ(outcome.status, 200) << outcome.reason;
}

TEST_F(CallbackClientTest, NamesTheReasonOfAFailure) {
  const DeadPort dead;
  EXPECT_EQ(client.post(request_to(at(dead.port())), any).reason, "connection refused");
  EXPECT_EQ(client.post(request_to("http://no-such-host.invalid/"), any).reason, "host not found");
  EXPECT_EQ(client.post(request_to("ftp://127.0.0.1/"), any).reason, "the connection failed");
  EXPECT_EQ(client.post(request_to("file:///etc/hostname"), any).reason, "the connection failed");
  EXPECT_EQ(client.post(request_to("no url"), any).reason, "the connection failed");
  {
    RawListener not_tls([](RawClient& peer) {
      peer.receive();
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    EXPECT_EQ(client.post(request_to("https://127.0.0.1:" + std::to_string(not_tls.port()) + "/"), any).reason,
              "TLS error");
  }
  {
    RawListener hangs_up([](RawClient& peer) { peer.receive(); });
    EXPECT_EQ(client.post(request_to(at(hangs_up.port())), any).reason, "the connection failed");
  }
  {
    RawListener not_http([](RawClient& peer) {
      peer.receive();
      peer.send("220 mail.example ESMTP\r\n");
    });
    EXPECT_EQ(client.post(request_to(at(not_http.port())), any).reason, "the connection failed");
  }
  {
    RawListener cut([](RawClient& peer) {
      peer.receive();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    });
    EXPECT_EQ(client.post(request_to(at(cut.port())), any).reason, "the connection failed");
  }
}

TEST_F(CallbackClientTest, TimesOut) {
  CallbackRequest request;
  {
    RawListener silent([](RawClient& peer) { peer.read_to_end(); });
    request = request_to(at(silent.port()));
    request.timeout = std::chrono::milliseconds(200);
    EXPECT_EQ(client.post(request, any).reason, "timed out");
  }
  {
    // A byte now and then, for ever: each is progress, the whole is not.
    RawListener trickling([](RawClient& peer) {
      peer.receive();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      while (peer.send("x")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    });
    request = request_to(at(trickling.port()));
    request.timeout = std::chrono::milliseconds(300);
    const CallbackOutcome outcome = client.post(request, any);
    EXPECT_EQ(outcome.status, std::nullopt);
    EXPECT_EQ(outcome.reason, "timed out");
  }
}

TEST_F(CallbackClientTest, ReadsOnlyTheStartOfAHugeAnswer) {
  std::atomic<std::uint64_t> sent = 0;
  for (const bool in_header : {false, true}) {
    sent = 0;
    RawListener endless([&](RawClient& peer) {
      peer.receive();
      peer.send(in_header ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
      const std::string block = in_header ? "X-A: " + std::string(1000, 'x') + "\r\n" : std::string(1000, 'x');
      while (sent < (100U << 20) && peer.send(block)) sent += block.size();
    });
    EXPECT_EQ(client.post(request_to(at(endless.port())), any).status, 200);
    endless.accepted();
    EXPECT_LT(sent, 20U << 20);  // what the sockets hold, and no more
  }
}

TEST_F(CallbackClientTest, WorksForManyThreads) {
  options.handler_threads = 4;
  start();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        if (client.post(request_to(at(port())), any).succeeded()) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 240);
}

}  // namespace
}  // namespace strongroom
