#include "adapters/web/server/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/web/server/asio.hpp"
#include "adapters/web/server/connection.hpp"
#include "adapters/web/server/handler_pool.hpp"
#include "base/check.hpp"

namespace strongroom::web {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

/// After a failed accept (no descriptors left, mostly).
constexpr std::chrono::milliseconds kAcceptPause{200};
/// Connections beyond the limit that are accepted while others make room for them.
constexpr std::size_t kReserve = 64;

std::string with_port(const std::string& address, std::uint16_t port) {
  const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
  return host + ":" + std::to_string(port);
}

Error cannot_listen(const HttpServerOptions& options, const error_code& error) {
  std::string advice = error.message();
  if (error == asio::error::address_in_use) {
    advice = "another program listens there; stop it or choose another port";
  } else if (error == asio::error::access_denied) {
    advice = "this user may not use that port; choose one above 1023";
  } else if (error == error_code(EADDRNOTAVAIL, boost::system::system_category())) {
    advice = "this machine has no such address; choose one it has, such as 127.0.0.1";
  }
  return broken("cannot listen on " + with_port(options.address, options.port) + ": " + advice);
}

}  // namespace

class HttpServer::Impl final : public ServerSide {
 public:
  Impl(HttpServerOptions options, HttpHandler& handler) : options_(std::move(options)), handler_(handler) {}
  ~Impl() override { stop(); }

  Result<void> start();
  Result<std::shared_ptr<const TlsContext>> reload_tls();
  void stop();
  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[nodiscard]] const HttpServerOptions& options() const override { return options_; }
  [[nodiscard]] HttpHandler& handler() override { return handler_; }
  [[nodiscard]] HandlerPool& pool() override { return pool_; }
  [[nodiscard]] bool stopping() const override { return stopping_; }
  void retired(Connection& connection) override;

 private:
  using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
  using Guard = asio::executor_work_guard<asio::io_context::executor_type>;

  Result<void> listen();
  // On the thread of the first loop.
  void accept();
  void on_accepted(const std::shared_ptr<Loop>& loop, Stream::Socket socket);
  void accept_after_pause();
  void make_room(std::uint64_t for_number, std::size_t loop, std::size_t loops_left);

  template <class Step>
  void for_each_connection(Step step);
  void end_threads();

  const HttpServerOptions options_;
  HttpHandler& handler_;
  std::vector<std::shared_ptr<Loop>> loops_;
  std::vector<Guard> guards_;
  HandlerPool pool_;
  std::vector<std::thread> threads_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<asio::steady_timer> pause_;
  std::size_t next_loop_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint16_t port_ = 0;
  bool started_ = false;
  std::atomic<bool> stopping_ = false;

  std::mutex mutex_;
  std::shared_ptr<const TlsContext> tls_;  ///< null in clear
  std::condition_variable all_gone_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
  bool accepting_ = true;  ///< an accept is under way or about to be
};

Result<void> HttpServer::Impl::start() {
  CHECK(!started_ && options_.io_threads > 0 && options_.handler_threads > 0 && options_.connections_max > 0);
  TRY_VOID(reload_tls());
  try {
    for (std::size_t i = 0; i < options_.io_threads; ++i) {
      loops_.push_back(std::make_shared<Loop>());
      guards_.push_back(asio::make_work_guard(loops_.back()->io));
    }
    TRY_VOID(listen());
    pause_ = std::make_unique<asio::steady_timer>(loops_.front()->io);
    started_ = true;
    pool_.start(options_.handler_threads);
    for (const auto& loop : loops_) {
      threads_.emplace_back([loop] { loop->io.run(); });
    }
  } catch (const std::exception& error) {
    stop();
    return broken("cannot start the HTTP server on " + with_port(options_.address, options_.port) + ": " +
                  error.what());
  }
  asio::post(loops_.front()->io, [this] { accept(); });
  return {};
}

Result<std::shared_ptr<const TlsContext>> HttpServer::Impl::reload_tls() {
  if (!options_.tls) return std::shared_ptr<const TlsContext>();
  TRY(const std::shared_ptr<const TlsContext> loaded, TlsContext::load(*options_.tls));
  const std::lock_guard lock(mutex_);
  tls_ = loaded;
  return loaded;
}

Result<void> HttpServer::Impl::listen() {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options_.address, error);
  if (error) {
    return broken("cannot listen on \"" + options_.address +
                  "\": it is not a numeric address; use one such as 127.0.0.1, 0.0.0.0 or ::1");
  }
  const tcp::endpoint endpoint(address, options_.port);
  auto acceptor = std::make_unique<Acceptor>(loops_.front()->io);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor->local_endpoint(error).port();
  if (error) {
    port_ = 0;
    return cannot_listen(options_, error);
  }
  acceptor_ = std::move(acceptor);
  return {};
}

void HttpServer::Impl::accept() {
  if (stopping_) return;
  const std::shared_ptr<Loop> loop = loops_[next_loop_++ % loops_.size()];
  acceptor_->async_accept(loop->io, [this, loop](const error_code& error, Stream::Socket socket) {
    if (stopping_) return;
    if (error && error != asio::error::connection_aborted) return accept_after_pause();
    if (!error) on_accepted(loop, std::move(socket));
    {
      const std::lock_guard lock(mutex_);
      accepting_ = connections_.size() < options_.connections_max + kReserve;
      if (!accepting_) return;  // retired() takes it up again
    }
    accept();
  });
}

void HttpServer::Impl::on_accepted(const std::shared_ptr<Loop>& loop, Stream::Socket socket) {
  const std::uint64_t number = ++accepted_;
  std::shared_ptr<Connection> connection;
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    connection = std::make_shared<Connection>(*this, number, loop, std::move(socket), tls_);
    full = connections_.size() >= options_.connections_max;
    connections_.emplace(connection.get(), connection);
  }
  if (full) make_room(number, next_loop_ % loops_.size(), loops_.size());
  asio::post(loop->io, [connection = std::move(connection)] { connection->start(); });
}

/// Ends an older connection of this loop, or of one of the next ones.
void HttpServer::Impl::make_room(std::uint64_t for_number, std::size_t loop, std::size_t loops_left) {
  asio::post(loops_[loop]->io, [this, for_number, loop, loops_left] {
    auto& waiting = loops_[loop]->waiting_for_clients;
    const auto older =
        std::find_if(waiting.begin(), waiting.end(), [&](const Connection* one) { return one->number() < for_number; });
    if (older != waiting.end()) return (*older)->give_way();
    if (loops_left > 1) make_room(for_number, (loop + 1) % loops_.size(), loops_left - 1);
  });
}

void HttpServer::Impl::accept_after_pause() {
  pause_->expires_after(kAcceptPause);
  pause_->async_wait([this](const error_code& error) {
    if (!error) accept();
  });
}

void HttpServer::Impl::retired(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(&connection);
  if (!accepting_ && !stopping_) {
    accepting_ = true;
    asio::post(loops_.front()->io, [this] { accept(); });
  }
  if (connections_.empty()) all_gone_.notify_all();
}

/// Has `step` done for every connection, on the connection's own thread.
template <class Step>
void HttpServer::Impl::for_each_connection(Step step) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, weak] : connections_) {
    auto connection = weak.lock();
    if (!connection) continue;
    asio::io_context& io = connection->loop().io;
    asio::post(io, [connection = std::move(connection), step] { step(*connection); });
  }
}

void HttpServer::Impl::stop() {
  if (!started_ || stopping_.exchange(true)) return;
  if (threads_.size() == loops_.size()) {
    // Behind this on the first loop no connection is added any more: a late accept sees stopping_.
    asio::post(loops_.front()->io, [this] {
      error_code ignored;
      acceptor_->close(ignored);
      pause_->cancel();
      for_each_connection([](Connection& connection) { connection.wind_up(); });
    });
    std::unique_lock lock(mutex_);
    const auto all_gone = [this] { return connections_.empty(); };
    if (!all_gone_.wait_for(lock, options_.drain_timeout, all_gone)) {
      lock.unlock();
      for_each_connection([](Connection& connection) { connection.cut_off(); });
      lock.lock();
      all_gone_.wait(lock, all_gone);
    }
  }
  end_threads();
}

void HttpServer::Impl::end_threads() {
  guards_.clear();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  pool_.stop();
  pause_.reset();
  acceptor_.reset();
}

HttpServer::HttpServer(HttpServerOptions options, HttpHandler& handler)
    : impl_(std::make_unique<Impl>(std::move(options), handler)) {}
HttpServer::~HttpServer() = default;
Result<void> HttpServer::start() { return impl_->start(); }
Result<std::shared_ptr<const TlsContext>> HttpServer::reload_tls() { return impl_->reload_tls(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace strongroom::web
