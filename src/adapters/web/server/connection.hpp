// One client connection: reads requests, has them handled on the pool, writes the answers.
//
// A state machine on callbacks. At any time exactly one thing is under way (Doing): an operation on the socket, a job
// on the pool, or the wait for a body's wake(); so nothing here needs a lock. Everything runs on the thread of the
// connection's Loop, except the functions marked "pool", which own the object until their job has ended.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "adapters/web/server/asio.hpp"
#include "adapters/web/server/handler_pool.hpp"
#include "adapters/web/server/http_server.hpp"
#include "adapters/web/server/read_buffer.hpp"
#include "adapters/web/server/request_parser.hpp"
#include "adapters/web/server/response_head.hpp"
#include "adapters/web/server/stream.hpp"
#include "adapters/web/server/tls_context.hpp"
#include "adapters/web/server/turn.hpp"

namespace strongroom::web {

class Connection;

/// One I/O thread's event loop.
struct Loop {
  boost::asio::io_context io{1};
  /// The connections that wait for their client, the one that has waited longest first. On the loop's thread only.
  std::list<Connection*> waiting_for_clients;
};

/// What connections know of the server. Outlives every connection; the functions may be called from any thread.
class ServerSide {
 public:
  virtual ~ServerSide() = default;
  [[nodiscard]] virtual const HttpServerOptions& options() const = 0;
  [[nodiscard]] virtual HttpHandler& handler() = 0;
  [[nodiscard]] virtual HandlerPool& pool() = 0;
  /// The server is stopping: answers end their connection.
  [[nodiscard]] virtual bool stopping() const = 0;
  /// The connection is closed and has no job on the pool any more.
  virtual void retired(Connection& connection) = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// `number` counts connections as they come. `tls` is null for one in clear.
  Connection(ServerSide& server, std::uint64_t number, std::shared_ptr<Loop> loop, Stream::Socket socket,
             std::shared_ptr<const TlsContext> tls);

  void start();
  /// Closes at once when no request has begun; otherwise the answer under way will be the last.
  void wind_up();
  /// Closes at once.
  void cut_off();
  /// Closes in favour of another connection. Only for one of `waiting_for_clients`.
  void give_way();

  [[nodiscard]] Loop& loop() { return *loop_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Step = void (Connection::*)();
  using IoStep = void (Connection::*)(const boost::system::error_code&, std::size_t);
  enum class Doing : std::uint8_t { nothing, io, job, waiting };
  enum class Close : std::uint8_t { plain, reset };

  // Reading.
  void secure();
  void on_secured(const boost::system::error_code& error, std::size_t n);
  void next_request();
  void parse_head();
  void read(std::size_t capacity, std::chrono::milliseconds timeout, IoStep then);
  void on_head_bytes(const boost::system::error_code& error, std::size_t n);
  void read_body();
  [[nodiscard]] std::chrono::milliseconds patience_for_body() const;
  void on_body_bytes(const boost::system::error_code& error, std::size_t n);

  // Handling.
  void handle();       // pool
  void refuse_head();  // pool
  void refuse_body();  // pool
  void compose();      // pool
  void pull_piece();   // pool
  void fill_piece();   // pool
  void on_handled();
  void on_pulled();
  std::function<void()> make_wake();
  void on_wake();
  void watch_peer();

  // Writing.
  void say_continue();
  void write();
  void on_written(const boost::system::error_code& error, std::size_t n);
  void after_write();
  void after_response();
  void drop_rest_of_body();
  void on_dropped_bytes(const boost::system::error_code& error, std::size_t n);
  void linger();
  void on_linger_bytes(const boost::system::error_code& error, std::size_t n);

  // Machinery.
  void run_job(Step work, Step then);
  void begin_io();
  void leave_list();
  void run_io_step(IoStep then, const boost::system::error_code& error, std::size_t n);
  void set_deadline(std::chrono::milliseconds timeout);
  void clear_deadline() { deadline_ = Clock::time_point::max(); }
  void arm_timer();
  void on_timer();
  void close(Close how);
  void clean_up();
  void retire();

  ServerSide& server_;
  const std::uint64_t number_;
  const std::shared_ptr<Loop> loop_;  ///< declared before what lives on it
  Stream stream_;
  std::shared_ptr<const TlsContext> tls_;  ///< until the handshake has been made
  boost::asio::steady_timer timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool timer_armed_ = false;
  bool timed_out_ = false;  ///< the deadline cancelled the operation under way

  std::string remote_;
  Doing doing_ = Doing::nothing;
  /// One node, moved to and from the loop's list, so that listing costs nothing.
  std::list<Connection*> place_{this};
  const std::list<Connection*>::iterator node_ = place_.begin();
  bool listed_ = false;
  bool gone_ = false;  ///< closed: what is under way comes back to clean_up()

  ReadBuffer in_;
  std::unique_ptr<RequestParser> parser_;
  std::unique_ptr<Turn> turn_;
  bool first_byte_seen_ = false;  ///< of this request: its header deadline is running
  bool may_continue_ = false;     ///< `100 Continue` has been said, or need not be
  bool stuck_ = false;            ///< the parser could use nothing of a full buffer
  std::uint64_t body_bytes_ = 0;  ///< of this request, as they came over the wire
  Clock::duration body_waited_{0};
  Clock::time_point body_asked_;

  // The answer being written: prefix (head, chunk size), piece, suffix (end of chunk).
  Framing framing_;
  std::array<std::string, 3> out_;
  std::size_t written_ = 0;
  Turn::Pulled pulled_ = Turn::Pulled::end;
  Step after_write_ = nullptr;
  bool woken_ = false;
  bool watching_ = false;
};

}  // namespace strongroom::web
