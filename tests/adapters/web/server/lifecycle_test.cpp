// Starting, carrying many connections, and stopping: idle ones are cheap, a bound holds, stop() lets requests end and
// cuts off those that do not.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapters/web/serving.hpp"

namespace strongroom {
namespace {

using testing_support::eventually;
using testing_support::Gate;
using testing_support::RawClient;
using testing_support::RawResponse;

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

int thread_count() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int count = 0;
  while (status >> word) {
    if (word == "Threads:") status >> count;
  }
  return count;
}

class LifecycleTest : public testing_support::Serving {
 protected:
  std::future<void> stop_in_background() {
    return std::async(std::launch::async, [this] { server->stop(); });
  }
};

TEST_F(LifecycleTest, CarriesManyIdleConnections) {
  options.handler_threads = 1;
  start();
  const int threads = thread_count();
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 500; ++i) {
    idle.push_back(std::make_unique<RawClient>(port()));
    ASSERT_TRUE(idle.back()->connected());
    if (i % 2 == 0) {
      ASSERT_TRUE(idle.back()->send(kGet));
    }
  }
  for (int i = 0; i < 500; i += 2) ASSERT_EQ(idle[static_cast<std::size_t>(i)]->response().status, 200);
  EXPECT_EQ(thread_count(), threads);
  RawClient client(port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.response().status, 200);
  server->stop();
  for (const auto& connection : idle) EXPECT_TRUE(connection->closed_by_server());
}

TEST_F(LifecycleTest, ClosesTheLongestSilentForFurtherConnections) {
  options.connections_max = 2;
  options.io_threads = 1;
  options.idle_timeout = std::chrono::minutes(2);
  start();
  RawClient first(port());
  RawClient second(port());
  for (RawClient* client : {&second, &first, &second}) {
    ASSERT_TRUE(client->send(kGet));
    EXPECT_EQ(client->response().status, 200);
  }
  RawClient third(port());
  ASSERT_TRUE(third.send(kGet));
  EXPECT_EQ(third.response().status, 200);
  EXPECT_TRUE(first.closed_by_server());
  ASSERT_TRUE(second.send(kGet));
  EXPECT_EQ(second.response().status, 200);
  // Half a header protects nobody.
  ASSERT_TRUE(third.send("GET / HT"));
  ASSERT_TRUE(second.send(kGet));
  EXPECT_EQ(second.response().status, 200);
  RawClient fourth(port());
  ASSERT_TRUE(fourth.send(kGet));
  EXPECT_EQ(fourth.response().status, 200);
  EXPECT_TRUE(third.closed_by_server());
}

TEST_F(LifecycleTest, LeavesAloneWhatItWorksFor) {
  options.connections_max = 2;
  Gate gate;
  handler.scripts["/long"].finish = [&](const HttpRequestHead&, const std::string&) {
    gate.wait();
    return HttpResponse{};
  };
  options.handler_threads = 3;
  start();
  RawClient first(port());
  RawClient second(port());
  for (RawClient* client : {&first, &second}) ASSERT_TRUE(client->send("GET /long HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(eventually([&] { return handler.counters.running == 2; }));
  RawClient third(port());
  ASSERT_TRUE(third.send(kGet));
  EXPECT_EQ(third.response().status, 200);
  gate.open();
  EXPECT_EQ(first.response().status, 200);
  EXPECT_EQ(second.response().status, 200);
}

TEST_F(LifecycleTest, ServesSeveralClientsAtOnce) {
  options.handler_threads = 4;
  start();
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      RawClient client(port());
      for (int n = 0; n < 100; ++n) {
        const std::string body(static_cast<std::size_t>(n * 13 + i), 'b');
        client.send("POST /" + std::to_string(n) +
                    " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        if (client.response().body == "POST /" + std::to_string(n) + " " + body) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 800);
}

TEST_F(LifecycleTest, StopLetsARunningRequestEnd) {
  // Longer than the clients' patience: it is stop() that closes the idle connection, at once.
  options.header_timeout = std::chrono::minutes(2);
  options.drain_timeout = std::chrono::minutes(2);
  Gate gate;
  handler.plain.finish = [&](const HttpRequestHead&, const std::string&) {
    gate.wait();
    HttpResponse response;
    response.text = "done";
    return response;
  };
  start();
  const std::uint16_t listened = port();
  RawClient running(listened);
  RawClient idle(listened);
  ASSERT_TRUE(running.send(kGet));
  ASSERT_TRUE(eventually([&] { return handler.counters.running == 1; }));
  auto stopped = stop_in_background();
  EXPECT_TRUE(idle.closed_by_server());
  EXPECT_TRUE(eventually([&] { return !RawClient(listened).connected(); }));
  gate.open();
  const RawResponse response = running.response();
  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(response.header("connection"), "close");
  stopped.get();
}

TEST_F(LifecycleTest, StopLetsAnUploadAndADownloadEnd) {
  constexpr std::uint64_t kSize = 20 << 20;
  handler.scripts["/down"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(testing_support::pattern_source(kSize), kSize);
  };
  start();
  RawClient up(port());
  RawClient down(port(), 8192);
  ASSERT_TRUE(up.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc"));
  ASSERT_TRUE(down.send("GET /down HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(eventually([&] { return handler.counters.body_bytes == 3 && handler.counters.bodies_alive == 1; }));
  auto stopped = stop_in_background();
  EXPECT_TRUE(eventually([&] { return !RawClient(port()).connected(); }));
  ASSERT_TRUE(up.send("def"));
  const RawResponse response = up.response();
  EXPECT_EQ(response.body, "PUT / abcdef");
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(down.response().body == testing_support::pattern(kSize));
  down.close();
  stopped.get();
}

TEST_F(LifecycleTest, StopCutsOffWhatDoesNotEnd) {
  options.drain_timeout = std::chrono::milliseconds(200);
  handler.scripts["/events"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed([](std::string&, std::size_t) -> Result<Pull> { return Pull::not_yet; });
  };
  handler.scripts["/large"].finish = [&](const HttpRequestHead&, const std::string&) {
    return streamed(testing_support::pattern_source(64 << 20));
  };
  start();
  RawClient events(port());
  RawClient stalled(port(), 4096);
  RawClient upload(port());
  RawClient header(port());
  ASSERT_TRUE(events.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(stalled.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(upload.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc"));
  ASSERT_TRUE(header.send("GET / HT"));
  ASSERT_TRUE(eventually([&] { return handler.counters.bodies_alive == 2 && handler.counters.body_bytes == 3; }));
  const auto late_wake = last_body();
  server->stop();
  EXPECT_EQ(handler.counters.cancelled, 1);
  EXPECT_FALSE(events.response().whole);
  EXPECT_FALSE(stalled.response().whole);
  EXPECT_TRUE(upload.closed_by_server());
  EXPECT_TRUE(header.closed_by_server());
  late_wake->wake();  // nobody is there any more, and nothing happens
  server.reset();
  late_wake->wake();
}

TEST_F(LifecycleTest, StopWaitsForACallIntoTheHandler) {
  options.drain_timeout = std::chrono::milliseconds(50);
  Gate gate;
  handler.plain.body = [&](std::string_view) { gate.wait(); };
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc"));
  ASSERT_TRUE(eventually([&] { return handler.counters.running == 1; }));
  auto stopped = stop_in_background();
  EXPECT_TRUE(client.closed_by_server());  // the drain time is over
  EXPECT_EQ(handler.counters.running, 1);
  EXPECT_NE(stopped.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  gate.open();
  stopped.get();
  EXPECT_EQ(handler.counters.cancelled, 1);
}

TEST_F(LifecycleTest, StopsTwiceAndWithoutStart) {
  web::HttpServer never(options, handler);
  never.stop();
  EXPECT_EQ(never.port(), 0);
  start();
  server->stop();
  server->stop();
}

TEST_F(LifecycleTest, StartsAndStopsUnderLoad) {
  for (int round = 0; round < 10; ++round) {
    start();
    const std::uint16_t listened = port();
    std::atomic<bool> over = false;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        while (!over) {
          RawClient client(listened);
          if (!client.connected() || !client.send(kGet)) continue;
          client.response();
        }
      });
    }
    const int before = handler.counters.finished;
    EXPECT_TRUE(eventually([&] { return handler.counters.finished > before + 5; }));
    server->stop();
    over = true;
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(handler.counters.exchanges_alive, 0);
  }
}

}  // namespace
}  // namespace strongroom
