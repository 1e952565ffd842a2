// Base of the tests that run a server: a scripted handler, options, and a server on a free port.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "adapters/web/server/http_server.hpp"
#include "adapters/web/test_handler.hpp"
#include "support/raw_client.hpp"

namespace strongroom::testing_support {

class Serving : public testing::Test {
 protected:
  Serving() {
    options.io_threads = 2;
    options.handler_threads = 2;
  }
  ~Serving() override {
    if (server) server->stop();
    // Whatever happened, nothing of the handler is left over and no exchange was called by two threads.
    EXPECT_EQ(handler.counters.exchanges_alive, 0);
    EXPECT_EQ(handler.counters.bodies_alive, 0);
    EXPECT_FALSE(handler.counters.overlapped);
    EXPECT_LE(handler.counters.finished + handler.counters.cancelled, handler.counters.begun);
  }

  void start() {
    server = std::make_unique<web::HttpServer>(options, handler);
    const auto started = server->start();
    ASSERT_TRUE(started) << started.error().text();
  }

  [[nodiscard]] std::uint16_t port() const { return server->port(); }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }

  /// A body for a script's answer; `last_body` can wake it.
  HttpResponse streamed(ScriptedBody::Source source, std::optional<std::uint64_t> length = std::nullopt) {
    auto body = std::make_shared<ScriptedBody>(std::move(source), handler.counters);
    {
      const std::lock_guard lock(mutex_);
      last_body_ = body;
    }
    HttpResponse response;
    response.length = length;
    response.body = std::move(body);
    return response;
  }
  std::shared_ptr<ScriptedBody> last_body() {
    const std::lock_guard lock(mutex_);
    return last_body_.lock();
  }

  ScriptedHandler handler;
  web::HttpServerOptions options;
  std::unique_ptr<web::HttpServer> server;

 private:
  std::mutex mutex_;
  std::weak_ptr<ScriptedBody> last_body_;
};

}  // namespace strongroom::testing_support
