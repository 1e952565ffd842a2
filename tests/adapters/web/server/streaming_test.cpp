// Bodies in both directions: uploads and downloads in pieces, back-pressure, early answers, clients that go away, and
// bodies that have nothing to say or fail. A pool of few threads shows that nobody holds one while waiting.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing_support::eventually;
using testing_support::Gate;
using testing_support::pattern;
using testing_support::pattern_source;
using testing_support::RawClient;
using testing_support::RawResponse;

constexpr std::string_view kGet = " HTTP/1.1\r\nHost: h\r\n\r\n";

std::string get(const std::string& target) { return "GET " + target + std::string(kGet); }

/// Highest memory use of this process so far, in KiB.
std::uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmHWM:") {
      std::uint64_t kib = 0;
      status >> kib;
      return kib;
    }
  }
  return 0;
}

class StreamingTest : public testing_support::Serving {};

TEST_F(StreamingTest, TakesAChunkedUpload) {
  start();
  RawClient client(port());
  const std::string whole = pattern(700'000);
  ASSERT_TRUE(client.send("PUT /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  char size[32];
  for (std::size_t at = 0, step = 1; at < whole.size(); at += step, step = step * 3 + 1) {
    const std::string piece = whole.substr(at, step);
    std::snprintf(size, sizeof(size), "%zX\r\n", piece.size());
    ASSERT_TRUE(client.send(size + piece + "\r\n"));
  }
  ASSERT_TRUE(client.send("0\r\n\r\n" + get("/next")));
  EXPECT_TRUE(client.response().body == "PUT /up " + whole);
  EXPECT_EQ(client.response().body, "GET /next ");
}

TEST_F(StreamingTest, TakesALargeUploadInBoundedMemory) {
  constexpr std::uint64_t kSize = 256 << 20;
  handler.plain.keep_body = false;
  std::size_t largest = 0;
  handler.plain.body = [&](std::string_view piece) { largest = std::max(largest, piece.size()); };
  start();
  const std::string block = pattern(1 << 20);
  const std::uint64_t before = peak_memory();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n"));
  for (std::uint64_t sent = 0; sent < kSize; sent += block.size()) ASSERT_TRUE(client.send(block));
  EXPECT_EQ(client.response().status, 200);
  EXPECT_EQ(handler.counters.body_bytes, kSize);
  EXPECT_LE(largest, 256U << 10);
  EXPECT_LT(peak_memory() - before, 64U << 10);
}

TEST_F(StreamingTest, ReadsNoFurtherThanTheHandlerTakes) {
  Gate gate;
  handler.plain.keep_body = false;
  handler.plain.body = [&](std::string_view) { gate.wait(); };
  start();
  RawClient client(port());
  const std::uint64_t size = 64 << 20;
  std::atomic<std::uint64_t> sent = 0;
  std::thread sender([&] {
    const std::string block = pattern(1 << 20);
    client.send("PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    while (sent < size && client.send(block)) sent += block.size();
  });
  ASSERT_TRUE(eventually([&] { return handler.counters.running == 1; }));
  // One piece is in the handler's hands; whatever else was sent lies in the sockets, far from all of it.
  EXPECT_LE(handler.counters.body_bytes, 256U << 10);
  EXPECT_LT(sent, size);
  gate.open();
  sender.join();
  EXPECT_EQ(client.response().status, 200);
  EXPECT_EQ(handler.counters.body_bytes, size);
}

TEST_F(StreamingTest, SaysContinueOnlyWhenTheBodyIsWanted) {
  handler.scripts["/no"].early = [](const HttpRequestHead&, std::uint64_t) -> std::optional<HttpResponse> {
    HttpResponse response;
    response.status = 403;
    return response;
  };
  start();
  const std::string head = " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n";
  RawClient wanted(port());
  ASSERT_TRUE(wanted.send("PUT /yes" + head));
  EXPECT_EQ(wanted.response().status, 100);
  ASSERT_TRUE(wanted.send("abcd"));
  EXPECT_EQ(wanted.response().body, "PUT /yes abcd");
  // The connection goes on after that.
  ASSERT_TRUE(wanted.send(get("/again")));
  EXPECT_EQ(wanted.response().body, "GET /again ");

  RawClient unwanted(port());
  ASSERT_TRUE(unwanted.send("PUT /no" + head));
  const RawResponse refused = unwanted.response();
  EXPECT_EQ(refused.status, 403);
  // Whether the four bytes still come nobody knows, so this connection cannot be used again.
  EXPECT_EQ(refused.header("connection"), "close");
  EXPECT_TRUE(unwanted.closed_by_server());

  RawClient hasty(port());
  ASSERT_TRUE(hasty.send("PUT /yes" + head + "abcd"));
  RawResponse answer = hasty.response();
  if (answer.status == 100) answer = hasty.response();  // the head may have arrived alone
  EXPECT_EQ(answer.body, "PUT /yes abcd");
}

TEST_F(StreamingTest, AnswersEarlyAndDropsASmallRest) {
  handler.plain.early = [](const HttpRequestHead& head, std::uint64_t) -> std::optional<HttpResponse> {
    if (head.method != "PUT") return std::nullopt;
    HttpResponse response;
    response.status = 401;
    return response;
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\nstart"));
  const RawResponse response = client.response();
  EXPECT_EQ(response.status, 401);
  EXPECT_FALSE(response.has("connection"));
  ASSERT_TRUE(client.send(std::string(59'995, 'x') + get("/after")));
  EXPECT_EQ(client.response().body, "GET /after ");
  EXPECT_EQ(handler.counters.body_bytes, 0U);
  EXPECT_EQ(handler.counters.cancelled, 0);
}

TEST_F(StreamingTest, AnswersALargeUploadEarlyAndIsHeard) {
  handler.plain.keep_body = false;
  handler.plain.early = [](const HttpRequestHead&, std::uint64_t bytes) -> std::optional<HttpResponse> {
    if (bytes < 1'000'000) return std::nullopt;
    HttpResponse response;
    response.status = 413;
    response.text = "too large";
    return response;
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000000\r\n\r\n"));
  // The client sends on for a while without looking; the answer must not be lost by a reset.
  const std::string block = pattern(1 << 20);
  for (int i = 0; i < 24; ++i) ASSERT_TRUE(client.send(block));
  const RawResponse response = client.response();
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body, "too large");
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_LT(handler.counters.body_bytes, 2'000'000U);
  EXPECT_EQ(handler.counters.finished, 0);
  EXPECT_EQ(handler.counters.cancelled, 0);
}

TEST_F(StreamingTest, EndsALingeringConnection) {
  options.linger_timeout = std::chrono::milliseconds(100);
  handler.plain.early = [](const HttpRequestHead&, std::uint64_t) -> std::optional<HttpResponse> {
    HttpResponse response;
    response.status = 413;
    return response;
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000000\r\n\r\n"));
  EXPECT_EQ(client.response().status, 413);
  const std::string block = pattern(1 << 16);
  EXPECT_TRUE(eventually([&] { return !client.send(block); }));
}

TEST_F(StreamingTest, CancelsWhenTheClientGoesAwayDuringAnUpload) {
  start();
  for (const bool chunked : {false, true}) {
    const int before = handler.counters.cancelled;
    RawClient client(port());
    ASSERT_TRUE(client.send(std::string("PUT / HTTP/1.1\r\nHost: h\r\n") +
                            (chunked ? "Transfer-Encoding: chunked\r\n\r\n5\r\nabc" : "Content-Length: 5\r\n\r\nabc")));
    ASSERT_TRUE(eventually([&] { return handler.counters.body_bytes >= 3 * (chunked ? 2U : 1U); }));
    client.close();
    EXPECT_TRUE(eventually([&] { return handler.counters.cancelled == before + 1; }));
    EXPECT_TRUE(eventually([&] { return handler.counters.exchanges_alive == 0; }));
  }
  EXPECT_EQ(handler.counters.finished, 0);
  EXPECT_EQ(handler.counters.refused, 0);
}

TEST_F(StreamingTest, CancelsAnUploadThatStandsStill) {
  options.body_timeout = std::chrono::milliseconds(150);
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"));
  EXPECT_EQ(client.response().status, 408);
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(handler.counters.cancelled, 1);
}

TEST_F(StreamingTest, CancelsAnUploadThatTrickles) {
  options.body_timeout = std::chrono::milliseconds(150);
  options.body_rate_min = 10'000;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"));
  EXPECT_TRUE(testing_support::eventually([&] {
    client.send("x");
    return handler.counters.cancelled == 1;
  }));
  EXPECT_EQ(client.response().status, 408);
}

TEST_F(StreamingTest, StreamsWithAndWithoutALength) {
  constexpr std::uint64_t kSize = 3'000'000;
  handler.scripts["/known"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize), kSize);
  };
  handler.scripts["/unknown"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize));
  };
  handler.scripts["/empty"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(0));
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(get("/known") + get("/unknown") + get("/empty") + get("/known")));
  for (const bool chunked : {false, true, true, false}) {
    const RawResponse response = client.response();
    EXPECT_TRUE(response.whole);
    EXPECT_EQ(response.chunked, chunked);
    EXPECT_EQ(response.has("content-length"), !chunked);
    EXPECT_TRUE(response.body == pattern(kSize) || response.body.empty());
  }
  EXPECT_TRUE(eventually([&] { return handler.counters.bodies_alive == 0; }));
}

TEST_F(StreamingTest, WaitsForABodyThatHasNothingYet) {
  options.handler_threads = 1;
  std::atomic<int> given = 0;
  std::atomic<int> available = 0;
  handler.scripts["/events"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([&](std::string& out, std::size_t) -> Result<Pull> {
      if (given == 100) return Pull::end;
      if (given == available) return Pull::not_yet;
      out += "event " + std::to_string(++given) + "\n";
      return Pull::bytes;
    });
  };
  start();
  RawClient events(port());
  ASSERT_TRUE(events.send(get("/events")));
  ASSERT_TRUE(eventually([&] { return last_body() != nullptr; }));
  for (int i = 1; i <= 100; ++i) {
    available = i;
    last_body()->wake();  // from a thread of its own, at any moment
    std::string line;
    ASSERT_TRUE(events.read_until("event " + std::to_string(i) + "\n", line));
    if (i % 20 != 0) continue;
    RawClient other(port());  // the only thread of the pool is free
    ASSERT_TRUE(other.send(get("/other")));
    EXPECT_EQ(other.response().status, 200);
  }
  std::string end;
  EXPECT_TRUE(events.read_until("0\r\n\r\n", end));  // the body said `end` of itself, unasked
}

TEST_F(StreamingTest, LosesNoWake) {
  // A producer races the socket: every wake may come before, during or after the pull that found nothing.
  constexpr int kEvents = 3000;
  std::atomic<int> available = 0;
  handler.scripts["/race"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([&, given = 0](std::string& out, std::size_t) mutable -> Result<Pull> {
      if (given == kEvents) return Pull::end;
      if (given == available) return Pull::not_yet;
      ++given;
      out += "x";
      return Pull::bytes;
    });
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(get("/race")));
  ASSERT_TRUE(eventually([&] { return last_body() != nullptr; }));
  const auto body = last_body();
  std::thread producer([&] {
    for (int i = 1; i <= kEvents; ++i) {
      available = i;
      body->wake();
      if (i % 7 == 0) std::this_thread::yield();
    }
  });
  const RawResponse response = client.response();
  producer.join();
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(response.body, std::string(kEvents, 'x'));
}

TEST_F(StreamingTest, StalledReadersHoldNoThread) {
  options.handler_threads = 1;
  constexpr std::uint64_t kSize = 64 << 20;
  handler.scripts["/large"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize), kSize);
  };
  start();
  std::vector<std::unique_ptr<RawClient>> stalled;
  for (int i = 0; i < 3; ++i) {
    stalled.push_back(std::make_unique<RawClient>(port(), 4096));
    ASSERT_TRUE(stalled.back()->send(get("/large")));
    std::string head;
    ASSERT_TRUE(stalled.back()->read_until("\r\n\r\n", head));
  }
  RawClient client(port());
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(client.send(get("/small")));
    EXPECT_EQ(client.response().body, "GET /small ");
  }
  EXPECT_EQ(handler.counters.bodies_alive, 3);
  stalled.clear();
  EXPECT_TRUE(eventually([&] { return handler.counters.bodies_alive == 0; }));
}

TEST_F(StreamingTest, CutsOffAReaderThatTakesNothing) {
  options.write_timeout = std::chrono::milliseconds(200);
  constexpr std::uint64_t kSize = 64 << 20;
  handler.scripts["/large"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(pattern_source(kSize));
  };
  start();
  RawClient client(port(), 4096);
  ASSERT_TRUE(client.send(get("/large")));
  EXPECT_TRUE(eventually([&] { return handler.counters.finished == 1 && handler.counters.bodies_alive == 0; }));
  EXPECT_FALSE(client.response().whole);
}

TEST_F(StreamingTest, DropsTheBodyWhenTheClientGoesAwayDuringADownload) {
  handler.scripts["/endless"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([](std::string& out, std::size_t max) -> Result<Pull> {
      out.append(std::min<std::size_t>(max, 10'000), 'x');
      return Pull::bytes;
    });
  };
  start();
  for (int i = 0; i < 20; ++i) {
    RawClient client(port());
    ASSERT_TRUE(client.send(get("/endless")));
    ASSERT_TRUE(client.receive());
  }
  EXPECT_TRUE(eventually([&] { return handler.counters.bodies_alive == 0; }));
}

TEST_F(StreamingTest, NoticesAResetWhileTheBodyWaits) {
  handler.scripts["/silent"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([said = false](std::string& out, std::size_t) mutable -> Result<Pull> {
      if (!std::exchange(said, true)) out += std::string(1000, 'x');
      return Pull::not_yet;
    });
  };
  start();
  {
    RawClient client(port());
    ASSERT_TRUE(client.send(get("/silent")));
    ASSERT_TRUE(eventually([&] { return handler.counters.bodies_alive == 1; }));
    ASSERT_TRUE(client.receive());
    client.reset();
  }
  EXPECT_TRUE(eventually([&] { return handler.counters.bodies_alive == 0; }));
}

TEST_F(StreamingTest, AnswersAClientThatOnlyStoppedSending) {
  std::atomic<bool> ready = false;
  handler.scripts["/later"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([&, said = false](std::string& out, std::size_t) mutable -> Result<Pull> {
      if (!ready) return Pull::not_yet;
      if (std::exchange(said, true)) return Pull::end;
      out += "at last";
      return Pull::bytes;
    });
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(get("/later")));
  client.end_sending();
  std::string head;
  ASSERT_TRUE(client.read_until("\r\n\r\n", head));
  ready = true;
  last_body()->wake();
  EXPECT_EQ(client.read_to_end(), "7\r\nat last\r\n0\r\n\r\n");
}

struct CutCase {
  const char* name;
  bool known_length;
  std::uint64_t gives;  ///< of 1,000,000 promised, before ...
  bool fails;           ///< ... an Error, or else `end`
  const char* version;
};

class CutTest : public StreamingTest, public testing::WithParamInterface<CutCase> {};

TEST_P(CutTest, NeverLooksWhole) {
  const CutCase& cut = GetParam();
  constexpr std::uint64_t kPromised = 1'000'000;
  handler.scripts["/cut"].finish = [&](const HttpRequestHead&, const std::string&) {
    auto source = [inner = pattern_source(cut.gives), &cut](std::string& out, std::size_t max) mutable -> Result<Pull> {
      auto pulled = inner(out, max);
      if (pulled && *pulled == Pull::end && cut.fails) return broken("the copy is damaged");
      return pulled;
    };
    return streamed(source, cut.known_length ? std::optional<std::uint64_t>(kPromised) : std::nullopt);
  };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(std::string("GET /cut ") + cut.version + "\r\nHost: h\r\n\r\n"));
  const RawResponse response = client.response();
  EXPECT_FALSE(response.whole);
  EXPECT_LE(response.body.size(), kPromised);
  EXPECT_TRUE(client.was_reset());
}

INSTANTIATE_TEST_SUITE_P(Streaming, CutTest,
                         testing::Values(CutCase{"ErrorAtOnce", true, 0, true, "HTTP/1.1"},
                                         CutCase{"ErrorInChunks", false, 700'000, true, "HTTP/1.1"},
                                         CutCase{"ErrorWithLength", true, 700'000, true, "HTTP/1.1"},
                                         CutCase{"ErrorAfterTheLastByte", true, 1'000'000, true, "HTTP/1.1"},
                                         CutCase{"TooShort", true, 700'000, false, "HTTP/1.1"},
                                         CutCase{"TooLong", true, 1'000'001, false, "HTTP/1.1"},
                                         CutCase{"ErrorUntilClose", false, 700'000, true, "HTTP/1.0"}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace strongroom
