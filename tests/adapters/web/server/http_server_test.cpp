// The server on the wire, request by request: raw bytes in, exact answers out; what is refused and how; what a handler
// cannot break.
#include "adapters/web/server/http_server.hpp"

#include <gmock/gmock.h>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::DeadPort;
using testing_support::RawClient;
using testing_support::RawResponse;

class HttpServerTest : public testing_support::Serving {
 protected:
  RawResponse ask(const std::string& request, bool to_head = false) {
    RawClient client(port());
    EXPECT_TRUE(client.send(request));
    return client.response(to_head);
  }
};

TEST_F(HttpServerTest, AnswersSeveralRequestsOnOneConnection) {
  start();
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("GET /" + std::to_string(i) + "?q=%20 HTTP/1.1\r\nHost: here\r\n\r\n"));
    const RawResponse response = client.response();
    EXPECT_TRUE(response.whole);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.head, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(response.body, "GET /" + std::to_string(i) + "?q=%20 ");
    EXPECT_FALSE(response.has("connection"));
    EXPECT_TRUE(response.has("date"));
  }
  EXPECT_EQ(handler.counters.finished, 3);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  RawClient client(port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string body = "body " + std::to_string(i);
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: here\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.response().body, "POST /" + std::to_string(i) + " body " + std::to_string(i));
  }
}

TEST_F(HttpServerTest, ReadsARequestThatComesByteByByte) {
  start();
  RawClient client(port());
  const std::string request =
      "\r\nPOST /slow HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
  for (const char c : request) ASSERT_TRUE(client.send(std::string(1, c)));
  EXPECT_EQ(client.response().body, "POST /slow abcde");
}

TEST_F(HttpServerTest, GivesTheHandlerWhatWasSent) {
  HttpRequestHead seen;
  handler.plain.finish = [&](const HttpRequestHead& head, const std::string&) {
    seen = head;
    return HttpResponse{};
  };
  start();
  ask("PUT /a%2Fb?x=1&x=2 HTTP/1.1\r\nHost: here\r\nX-One:  a b \r\nx-one: second\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, "/a%2Fb?x=1&x=2");
  EXPECT_EQ(seen.remote, "127.0.0.1");
  EXPECT_EQ(seen.content_length, 2U);
  EXPECT_EQ(find_header(seen.headers, "x-ONE"), "a b");
  EXPECT_EQ(seen.headers.size(), 4U);
}

TEST_F(HttpServerTest, AnswersHeadLikeGetWithoutTheBody) {
  handler.scripts["/text"].finish = [](const HttpRequestHead&, const std::string&) {
    HttpResponse response;
    response.headers = {{"ETag", "\"1\""}};
    response.text = "twelve bytes";
    return response;
  };
  std::atomic<int> pulls = 0;
  handler.scripts["/streamed"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(
        [&](std::string&, std::size_t) -> Result<Pull> {
          ++pulls;
          return Pull::end;
        },
        7777);
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("HEAD /text HTTP/1.1\r\nHost: h\r\n\r\n"));
  const RawResponse text = client.response(true);
  EXPECT_EQ(text.header("content-length"), "12");
  EXPECT_EQ(text.header("etag"), "\"1\"");
  ASSERT_TRUE(client.send("HEAD /streamed HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.response(true).header("content-length"), "7777");
  // The next answer follows at once: no body came in between.
  ASSERT_TRUE(client.send("GET /text HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.response().body, "twelve bytes");
  EXPECT_EQ(pulls, 0);
}

TEST_F(HttpServerTest, SendsNoBodyWhereThereIsNone) {
  for (const int status : {204, 304}) {
    handler.scripts["/" + std::to_string(status)].finish = [status](const HttpRequestHead&, const std::string&) {
      HttpResponse response;
      response.status = status;
      response.text = "must not be sent";
      return response;
    };
  }
  start();
  RawClient client(port());
  for (const int status : {204, 304}) {
    ASSERT_TRUE(client.send("GET /" + std::to_string(status) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    const RawResponse response = client.response();
    EXPECT_EQ(response.status, status);
    EXPECT_FALSE(response.has("content-length"));
    EXPECT_FALSE(response.has("transfer-encoding"));
    EXPECT_EQ(client.received(), "");
  }
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  handler.scripts["/streamed"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(testing_support::pattern_source(100'000));
  };
  start();
  const RawResponse plain = ask("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(plain.header("connection"), "close");
  EXPECT_EQ(plain.body, "GET /a ");
  {
    RawClient client(port());
    ASSERT_TRUE(client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_EQ(client.response().header("connection"), "keep-alive");
    ASSERT_TRUE(client.send("GET /streamed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    const RawResponse response = client.response();
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_FALSE(response.has("transfer-encoding"));
    EXPECT_EQ(response.body, testing_support::pattern(100'000));
    EXPECT_TRUE(response.whole);
  }
}

TEST_F(HttpServerTest, ClosesWhenTheClientAsks) {
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(client.response().header("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

std::string many_fields(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "A: b\r\n";
  return text;
}

struct RefusedCase {
  const char* name;
  std::string request;
  int status;
};

class RefusedTest : public HttpServerTest, public testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedTest, RefusesAndCloses) {
  options.uri_max = 200;
  options.header_max = 2000;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(GetParam().request));
  const RawResponse response = client.response();
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_EQ(response.body, "refused " + std::to_string(GetParam().status));
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(handler.counters.finished, 0);
  EXPECT_EQ(handler.counters.cancelled, handler.counters.begun);
}

INSTANTIATE_TEST_SUITE_P(
    HttpServer, RefusedTest,
    testing::Values(
        RefusedCase{"NotHttp", "hello\r\n\r\n", 400}, RefusedCase{"NoVersion", "GET /\r\nHost: h\r\n\r\n", 400},
        RefusedCase{"NewerVersion", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
        RefusedCase{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
        RefusedCase{"BlankBeforeColon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
        RefusedCase{"NoColon", "GET / HTTP/1.1\r\nHost h\r\n\r\n", 400},
        RefusedCase{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        RefusedCase{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        RefusedCase{"ControlInValue", std::string("GET / HTTP/1.1\r\nHost: h\r\nA: x\x01y\r\n\r\n"), 400},
        RefusedCase{"LengthNotANumber", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\n", 400},
        RefusedCase{"NegativeLength", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
        RefusedCase{"TwoLengths", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
        RefusedCase{"SameLengthTwice", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                    400},
        RefusedCase{"LengthsInAList", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n", 400},
        RefusedCase{"LengthBeyondNumbers", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n",
                    400},
        RefusedCase{"FoldedField", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400},
        RefusedCase{"FoldedCoding", "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n",
                    400},
        RefusedCase{"BareLineFeeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
        RefusedCase{"BareLineFeedAtTheEnd", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
        RefusedCase{"HostThatIsNone", "GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n", 400},
        RefusedCase{"ChunkBeyondReason",
                    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc", 400},
        RefusedCase{"TooManyFields", "GET / HTTP/1.1\r\nHost: h\r\n" + many_fields(300) + "\r\n", 431},
        RefusedCase{"LengthAndChunked",
                    "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    400},
        RefusedCase{"ChunkedAndLength",
                    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                    400},
        RefusedCase{"ChunkedInHttp10", "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        RefusedCase{"OtherCoding", "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        RefusedCase{"CodingNotLast", "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501},
        RefusedCase{"BadChunkSize", "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        RefusedCase{"HugeChunkSize",
                    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
        RefusedCase{"ChunkWithoutEnd",
                    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n", 400},
        RefusedCase{"EndlessChunkHeader",
                    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(300'000, 'x'),
                    400},
        RefusedCase{"LongUri", "GET /" + std::string(200, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
        RefusedCase{"EndlessUri", "GET /" + std::string(5000, 'a'), 414},
        RefusedCase{"LongHeader", "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(2000, 'a') + "\r\n\r\n", 431},
        RefusedCase{"EndlessHeader", "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(5000, 'a'), 431}),
    [](const auto& named) { return named.param.name; });

TEST_F(HttpServerTest, CountsTheWholeHeaderHoweverItArrives) {
  options.header_max = 2000;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: h\r\n"));
  for (int i = 0; i < 100; ++i) {
    if (!client.send("Field-" + std::to_string(i) + ": " + std::string(30, 'x') + "\r\n")) break;
  }
  EXPECT_EQ(client.response().status, 431);
}

TEST_F(HttpServerTest, TakesTheLongestUriAndHeaderAllowed) {
  options.uri_max = 8192;
  options.header_max = 10'000;
  start();
  const std::string target = "/" + std::string(8191, 'a');
  EXPECT_EQ(ask("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET " + target + " ");
  EXPECT_EQ(ask("GET " + target + "a HTTP/1.1\r\nHost: h\r\n\r\n").status, 414);
  std::string header = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
  header += std::string(10'000 - header.size() - 4, 'a') + "\r\n\r\n";
  EXPECT_EQ(ask(header).status, 200);
  EXPECT_EQ(ask(header.insert(header.size() - 4, "a")).status, 431);
}

TEST_F(HttpServerTest, RefusesASlowHeader) {
  options.header_timeout = std::chrono::milliseconds(150);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET / HT"));
  const RawResponse response = client.response();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(HttpServerTest, RefusesATricklingHeader) {
  options.header_timeout = std::chrono::milliseconds(300);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\n"));
  // A byte now and then must not put the end off.
  const bool closed =
      testing_support::eventually([&] { return !client.send("A: b\r\n") || handler.counters.refused > 0; });
  EXPECT_TRUE(closed);
  EXPECT_EQ(client.response().status, 408);
}

TEST_F(HttpServerTest, ClosesSilentConnectionsWithoutAnAnswer) {
  options.header_timeout = std::chrono::milliseconds(100);
  options.idle_timeout = std::chrono::milliseconds(100);
  start();
  RawClient never(port());
  EXPECT_TRUE(never.closed_by_server());
  RawClient once(port());
  ASSERT_TRUE(once.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(once.response().status, 200);
  EXPECT_TRUE(once.closed_by_server());
  EXPECT_EQ(handler.counters.refused, 0);
}

TEST_F(HttpServerTest, LetsNoHandlerWriteHeaderLines) {
  handler.plain.finish = [](const HttpRequestHead&, const std::string&) {
    HttpResponse response;
    response.headers = {{"Location", "/x\r\nSet-Cookie: evil=1"},
                        {"X-Lf", "a\nInjected: 1"},
                        {"X-Cr", "a\rInjected: 1"},
                        {"X-Nul", std::string("a\0b", 3)},
                        {"Bad Name", "x"},
                        {"Evil: 1\r\nX", "y"},
                        {"", "empty"},
                        {"Content-Length", "3"},
                        {"Transfer-Encoding", "chunked"},
                        {"X-Good", "caf\xc3\xa9\ttab"}};
    response.text = "body";
    return response;
  };
  start();
  const RawResponse response = ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(response.headers.size(), 3U) << response.head;  // date, x-good, content-length
  EXPECT_EQ(response.header("x-good"), "caf\xc3\xa9\ttab");
  EXPECT_EQ(response.header("content-length"), "4");
  EXPECT_THAT(response.head, Not(HasSubstr("vil")));
  EXPECT_THAT(response.head, Not(HasSubstr("njected")));
  EXPECT_EQ(response.body, "body");
}

TEST_F(HttpServerTest, TellsWhatToDoWhenItCannotListen) {
  start();
  web::HttpServerOptions same = options;
  same.port = port();
  const auto taken = web::HttpServer(same, handler).start();
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().what, HasSubstr("127.0.0.1:" + std::to_string(port())));
  EXPECT_THAT(taken.error().what, HasSubstr("choose another port"));
  same.address = "localhost";
  const auto named = web::HttpServer(same, handler).start();
  ASSERT_FALSE(named);
  EXPECT_THAT(named.error().what, HasSubstr("not a numeric address"));
  same.address = "192.0.2.1";
  const auto foreign = web::HttpServer(same, handler).start();
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().what, HasSubstr("no such address"));
}

}  // namespace
}  // namespace strongroom
