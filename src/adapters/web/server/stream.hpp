// What a connection's bytes come and go through: a socket, in clear or under TLS.
//
// In clear every operation is the socket's own. Under TLS an operation is tried, and tried again when the socket is
// ready; no handler is called from within the function it was given to. Lives on the thread of its loop; the caller
// keeps it alive until its handlers have been called. Internal to adapters/web/server.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "adapters/web/server/asio.hpp"
#include "adapters/web/server/tls_session.hpp"

namespace strongroom::web {

class Stream {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  using Buffers = std::array<boost::asio::const_buffer, 3>;
  using Handler = std::function<void(const boost::system::error_code&, std::size_t)>;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}

  [[nodiscard]] Socket& socket() { return socket_; }

  /// The server's side of a handshake under `context`; to be called before anything is read.
  void async_secure(const TlsContext& context, Handler handler);
  /// After a failed handshake: the client sent HTTP in clear. From then on the stream is in clear.
  bool give_up_tls_for_http();

  template <class Then>
  void async_read_some(boost::asio::mutable_buffer into, Then then) {
    if (!tls_) return socket_.async_read_some(into, std::move(then));
    read_tls(into, std::move(then));
  }
  template <class Then>
  void async_write_some(const Buffers& buffers, Then then) {
    if (!tls_) return socket_.async_write_some(buffers, std::move(then));
    write_tls(buffers, std::move(then));
  }

  /// Cancels what is under way.
  void cancel();
  /// Nothing more will be sent; reading goes on.
  void finish_sending();
  /// Closes; under TLS with a goodbye, unless `abort`, which also resets the connection.
  void close(bool abort);

 private:
  using Attempt = std::function<TlsSession::Step()>;

  void read_tls(boost::asio::mutable_buffer into, Handler handler);
  void write_tls(const Buffers& buffers, Handler handler);
  void begin(Attempt attempt, Handler handler);
  void go_on(Attempt attempt, Handler handler);
  void wait(TlsSession::Outcome wanted, Attempt attempt, Handler handler);

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
  std::string record_;  ///< a head and the beginning of its body, to go out together
};

}  // namespace strongroom::web
