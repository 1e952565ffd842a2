#include "cli/management_server.hpp"

#include <chrono>

namespace strongroom::cli {
namespace {

/// How long requests under way may take when it stops: nobody is to wait for them.
constexpr std::chrono::seconds kDrain{1};

web::HttpServerOptions options_of(const ListenAddress& address) {
  web::HttpServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.drain_timeout = kDrain;
  return options;
}

}  // namespace

ManagementServer::ManagementServer(const ListenAddress& address, const api::ManagementNeeds& needs)
    : handler_(api::make_management(needs)), server_(options_of(address), *handler_) {}

}  // namespace strongroom::cli
