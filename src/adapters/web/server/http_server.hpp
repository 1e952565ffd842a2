// The HTTP/1.1 server: sockets on one side, an HttpHandler on the other.
//
// Promises: a connection costs a few KiB while it is idle and no thread ever; calls into the handler come from a pool
// of threads of their own, one at a time for each request, and no thread of that pool waits for a client; request and
// response bodies pass in pieces, so memory does not depend on their length; an answer that breaks off never looks
// whole. Several servers live side by side. start(), port() and stop() belong to one owner and are called by one thread
// at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/web/server/tls_context.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "ports/http.hpp"

namespace strongroom::web {

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< a numeric IPv4 or IPv6 address
  std::uint16_t port = 0;             ///< 0: any free port, see HttpServer::port()
  std::size_t io_threads = 2;         ///< threads that move bytes
  std::size_t handler_threads = 8;    ///< threads that call the handler
  std::optional<TlsFiles> tls;        ///< HTTPS only; HTTP in clear when absent
  /// Longest request target in bytes; a longer one is refused with 414 (http-api.md 4).
  std::size_t uri_max = limits::kHttpUriMax;
  /// Longest request line and header together in bytes; a longer one is refused with 431 (RFC 6585 5).
  std::size_t header_max = 64 * limits::kKiB;
  /// Connections open at once. For a further one that connection is closed whose client has been silent longest, idle
  /// or not; when all of them are being worked for, it waits in the system's queue.
  std::size_t connections_max = 16384;
  std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);  ///< TLS, from the first byte to the last
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);     ///< first byte to end of header
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);       ///< between two requests
  std::chrono::milliseconds body_timeout = std::chrono::seconds(60);       ///< request body, no byte arriving
  /// Bytes a second that a request body must come with on average, beyond a first `body_timeout`; 0 for no such rule.
  std::uint64_t body_rate_min = 1024;
  std::chrono::milliseconds write_timeout = std::chrono::seconds(60);  ///< response, no byte taken by the client
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(30);  ///< stop(): for what is under way
  /// After an answer that ends a connection: how long to go on taking (and dropping) what the client still sends, so
  /// that a reset does not destroy the answer on its way (RFC 9112 9.6).
  std::chrono::milliseconds linger_timeout = std::chrono::seconds(5);
};

class HttpServer {
 public:
  /// `handler` must live until stop() has returned.
  HttpServer(HttpServerOptions options, HttpHandler& handler);
  /// Stops as stop() does.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Reads the TLS files, listens, and serves from threads of its own; called once. The Error names the file or the
  /// address and says what to do.
  Result<void> start();
  /// Reads the TLS files again: connections from now on are greeted with the new certificate, those that there are go
  /// on. After an Error everything is as before. Any thread, while started. Gives what is in force; null without TLS.
  Result<std::shared_ptr<const TlsContext>> reload_tls();
  /// The port listened on; 0 before a successful start().
  [[nodiscard]] std::uint16_t port() const;
  /// Takes no more connections, closes idle ones, lets requests under way end within `drain_timeout` (their answers
  /// carry `Connection: close`), cuts off the rest, and returns when no call into the handler is running any more.
  /// Not to be called from the handler. A second call does nothing.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace strongroom::web
