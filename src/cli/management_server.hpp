// The management address of a process, a service's or a companion's: its metrics and its health (http-api.md 7.3).
//
// Part of the wiring. Made, started and stopped by one thread.
#pragma once

#include <memory>

#include "adapters/web/server/http_server.hpp"
#include "api/management.hpp"
#include "cli/config_values.hpp"

namespace strongroom::cli {

class ManagementServer {
 public:
  /// Nothing listens until `start`. What `needs` refer to outlives it.
  ManagementServer(const ListenAddress& address, const api::ManagementNeeds& needs);
  ManagementServer(const ManagementServer&) = delete;
  ManagementServer& operator=(const ManagementServer&) = delete;

  [[nodiscard]] Result<void> start() { return server_.start(); }
  void stop() { server_.stop(); }

 private:
  const std::unique_ptr<HttpHandler> handler_;
  web::HttpServer server_;
};

}  // namespace strongroom::cli
