#include "adapters/web/server/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <utility>

#include "base/check.hpp"

namespace strongroom::web {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kIdleBuffer = 4 * 1024;
/// Smaller reads cost most of the throughput of an upload (DEPENDENCIES 1).
constexpr std::size_t kBodyBuffer = 256 * 1024;
/// So much of a body that nobody wants is taken to keep the connection; for more, closing is cheaper.
constexpr std::uint64_t kDropMax = 64 * 1024;

std::string peer_address(const Stream::Socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

std::string chunk_size_line(std::size_t size) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%zx\r\n", size);
  return text.data();
}

}  // namespace

Connection::Connection(ServerSide& server, std::uint64_t number, std::shared_ptr<Loop> loop, Stream::Socket socket,
                       std::shared_ptr<const TlsContext> tls)
    : server_(server),
      number_(number),
      loop_(std::move(loop)),
      stream_(std::move(socket)),
      tls_(std::move(tls)),
      timer_(loop_->io) {}

void Connection::start() {
  Stream::Socket& socket = stream_.socket();
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  // A peer that vanished while it waits for an event is found by probes.
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>(60), ignored);
  remote_ = peer_address(socket);
  if (server_.stopping()) return close(Close::plain);
  if (tls_) return secure();
  set_deadline(server_.options().header_timeout);
  next_request();
}

void Connection::wind_up() {
  if (doing_ == Doing::io && !first_byte_seen_) close(Close::plain);
}

void Connection::cut_off() { close(Close::reset); }

/// An answer that has begun must not look whole.
void Connection::give_way() { close(turn_ && turn_->answered() ? Close::reset : Close::plain); }

void Connection::secure() {
  set_deadline(server_.options().handshake_timeout);
  begin_io();
  stream_.async_secure(*tls_, [self = shared_from_this()](const error_code& error, std::size_t n) {
    self->run_io_step(&Connection::on_secured, error, n);
  });
}

void Connection::on_secured(const error_code& error, std::size_t /*n*/) {
  tls_.reset();
  if (error && !timed_out_ && stream_.give_up_tls_for_http()) {
    parser_ = std::make_unique<RequestParser>(server_.options().uri_max, server_.options().header_max);
    return run_job(&Connection::refuse_head, &Connection::on_handled);
  }
  if (error) return close(Close::plain);
  set_deadline(server_.options().header_timeout);
  next_request();
}

// ---- Reading

void Connection::next_request() {
  parser_ = std::make_unique<RequestParser>(server_.options().uri_max, server_.options().header_max);
  turn_.reset();
  first_byte_seen_ = false;
  may_continue_ = false;
  stuck_ = false;
  body_bytes_ = 0;
  body_waited_ = {};
  if (!in_.empty()) return parse_head();
  if (server_.stopping()) return close(Close::plain);
  read(kIdleBuffer, std::chrono::milliseconds(0), &Connection::on_head_bytes);
}

/// `timeout` 0: the deadline in force stays.
void Connection::read(std::size_t capacity, std::chrono::milliseconds timeout, IoStep then) {
  if (timeout.count() > 0) set_deadline(timeout);
  begin_io();
  const std::span<char> room = in_.room(capacity);
  CHECK(!room.empty());
  stream_.async_read_some(
      asio::buffer(room.data(), room.size()),
      [self = shared_from_this(), then](const error_code& error, std::size_t n) { self->run_io_step(then, error, n); });
}

void Connection::on_head_bytes(const error_code& error, std::size_t n) {
  if (error) {
    if (timed_out_ && first_byte_seen_) return run_job(&Connection::refuse_head, &Connection::on_handled);
    return close(Close::plain);
  }
  in_.commit(n);
  parse_head();
}

void Connection::parse_head() {
  if (!parser_->started()) {
    // RFC 9112 2.2: empty lines before a request are skipped.
    const std::string_view bytes = in_.unused();
    in_.consume(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
  }
  if (!first_byte_seen_) {
    // One deadline for the whole header, however it trickles; empty lines count.
    first_byte_seen_ = true;
    set_deadline(server_.options().header_timeout);
  }
  if (in_.empty()) return read(kIdleBuffer, std::chrono::milliseconds(0), &Connection::on_head_bytes);
  const RequestParser::Fed fed = parser_->feed_head(in_.unused());
  in_.consume(fed.used);
  parser_->head().remote = remote_;
  switch (fed.step) {
    case RequestParser::Step::refused:
      return run_job(&Connection::refuse_head, &Connection::on_handled);
    case RequestParser::Step::complete:
      turn_ = std::make_unique<Turn>(server_.handler());
      may_continue_ = !parser_->expects_continue();
      return run_job(&Connection::handle, &Connection::on_handled);
    case RequestParser::Step::need_more: {
      const std::size_t most = server_.options().header_max + 1;
      return read(std::min(std::max(kIdleBuffer, in_.size() * 2), std::max(most, in_.size() + 1)),
                  std::chrono::milliseconds(0), &Connection::on_head_bytes);
    }
  }
}

void Connection::read_body() {
  // Small bodies do not need the large buffer; `+ 1` because there must be room whatever is still unused.
  const std::uint64_t left = parser_->remaining().value_or(kBodyBuffer);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBodyBuffer));
  if (in_.size() >= kBodyBuffer) {
    stuck_ = true;  // a chunk's size line or the trailer, and no end of it
    return run_job(&Connection::refuse_body, &Connection::on_handled);
  }
  body_asked_ = Clock::now();
  read(std::max({wanted, kIdleBuffer, in_.size() + 1}), patience_for_body(), &Connection::on_body_bytes);
}

/// A client that never stops for long can still take for ever: what it has been waited for is weighed against what it
/// has sent.
std::chrono::milliseconds Connection::patience_for_body() const {
  const HttpServerOptions& options = server_.options();
  if (options.body_rate_min == 0) return options.body_timeout;
  const std::chrono::milliseconds earned(body_bytes_ * 1000 / options.body_rate_min);
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(body_waited_);
  const std::chrono::milliseconds left = options.body_timeout + earned - waited;
  return std::clamp(left, std::chrono::milliseconds(1), options.body_timeout);
}

void Connection::on_body_bytes(const error_code& error, std::size_t n) {
  if (error) {
    if (timed_out_) return run_job(&Connection::refuse_body, &Connection::on_handled);
    return close(Close::plain);
  }
  in_.commit(n);
  body_bytes_ += n;
  body_waited_ += Clock::now() - body_asked_;
  may_continue_ = true;  // a client that sends unasked needs no asking
  run_job(&Connection::handle, &Connection::on_handled);
}

// ---- Handling

void Connection::handle() {
  if (!turn_->begun()) turn_->begin(std::move(parser_->head()), !parser_->done());
  if (!turn_->answered() && !parser_->done() && !in_.empty()) {
    const RequestParser::Fed fed = parser_->feed_body(in_.unused(), [this](ByteView piece) { turn_->take(piece); });
    in_.consume(fed.used);
    if (fed.step == RequestParser::Step::refused && !turn_->answered()) turn_->refuse(parser_->status());
  }
  if (parser_->done()) turn_->complete();
  if (turn_->answered()) compose();
}

void Connection::refuse_head() {
  turn_ = std::make_unique<Turn>(server_.handler());
  parser_->head().remote = remote_;
  turn_->refuse(timed_out_ ? 408 : parser_->status(), parser_->head());
  compose();
}

void Connection::refuse_body() {
  turn_->refuse(stuck_ ? 400 : 408);
  compose();
}

void Connection::compose() {
  HttpResponse& response = turn_->response();
  // Bytes of the request that nobody took stand in the way of the next one: drop them if they are few and sure to come.
  const bool rest_is_small =
      parser_->done() || (may_continue_ && parser_->remaining().value_or(kDropMax + 1) <= kDropMax);
  const bool keep_alive = parser_->keep_alive() && rest_is_small && !timed_out_ && !stuck_ && !server_.stopping();
  framing_ = frame_response(response, parser_->is_head(), parser_->is_http_1_1(), keep_alive);
  written_ = 0;
  out_[0] = response_head(response, framing_, parser_->is_http_1_1(),
                          std::chrono::floor<Duration>(std::chrono::system_clock::now()));
  out_[1].clear();
  out_[2].clear();
  pulled_ = Turn::Pulled::end;
  if (!framing_.sends_body) return turn_->drop_body();
  if (!response.body) {
    out_[1] = std::move(response.text);
    return;
  }
  turn_->open_body(make_wake());
  fill_piece();
}

void Connection::pull_piece() {
  if (!turn_->held()) {
    out_[0].clear();
    out_[1].clear();
  }
  out_[2].clear();
  written_ = 0;
  fill_piece();
}

void Connection::fill_piece() {
  pulled_ = turn_->pull(out_[1]);
  if (!framing_.chunked) return;
  if (!out_[1].empty()) {
    out_[0] += chunk_size_line(out_[1].size());
    out_[2] = "\r\n";
  }
  if (pulled_ == Turn::Pulled::end) out_[2] += "0\r\n\r\n";
}

void Connection::on_handled() {
  if (turn_->answered()) return on_pulled();
  if (!may_continue_ && in_.empty()) return say_continue();
  read_body();
}

void Connection::on_pulled() {
  if (pulled_ == Turn::Pulled::failed) return close(Close::reset);
  const bool nothing_to_write = out_[0].empty() && out_[1].empty() && out_[2].empty();
  after_write_ = &Connection::after_write;
  if (pulled_ == Turn::Pulled::not_yet && (turn_->held() || nothing_to_write)) return after_write();
  write();
}

std::function<void()> Connection::make_wake() {
  // Holds the loop, so that a wake after the end of the server finds something to post to; never the connection.
  return [loop = loop_, weak = weak_from_this()] {
    asio::post(loop->io, [weak] {
      if (const auto self = weak.lock()) self->on_wake();
    });
  };
}

void Connection::on_wake() {
  woken_ = true;
  if (doing_ == Doing::waiting) run_job(&Connection::pull_piece, &Connection::on_pulled);
}

/// While a body has nothing to send, a client that is gone for good must not stay unnoticed. A client that only
/// closed its sending side still waits for its answer.
void Connection::watch_peer() {
  if (watching_) return;
  watching_ = true;
  stream_.socket().async_wait(Stream::Socket::wait_error, [self = shared_from_this()](const error_code& error) {
    self->watching_ = false;
    if (error || self->gone_) return;
    pollfd state{self->stream_.socket().native_handle(), 0, 0};
    if (poll(&state, 1, 0) > 0 && (state.revents & (POLLERR | POLLHUP)) != 0) self->close(Close::plain);
  });
}

// ---- Writing

void Connection::say_continue() {
  may_continue_ = true;
  out_ = {"HTTP/1.1 100 Continue\r\n\r\n", "", ""};
  written_ = 0;
  after_write_ = &Connection::read_body;
  write();
}

void Connection::write() {
  set_deadline(server_.options().write_timeout);
  Stream::Buffers buffers;
  std::size_t skip = written_;
  for (std::size_t i = 0; i < out_.size(); ++i) {
    const std::size_t skipped = std::min(skip, out_[i].size());
    buffers[i] = asio::const_buffer(out_[i].data() + skipped, out_[i].size() - skipped);
    skip -= skipped;
  }
  begin_io();
  stream_.async_write_some(buffers, [self = shared_from_this()](const error_code& error, std::size_t n) {
    self->run_io_step(&Connection::on_written, error, n);
  });
}

void Connection::on_written(const error_code& error, std::size_t n) {
  if (error) return close(Close::reset);
  written_ += n;
  if (written_ < out_[0].size() + out_[1].size() + out_[2].size()) return write();
  (this->*after_write_)();
}

void Connection::after_write() {
  if (pulled_ == Turn::Pulled::end) return after_response();
  if (pulled_ == Turn::Pulled::more || woken_) return run_job(&Connection::pull_piece, &Connection::on_pulled);
  clear_deadline();
  doing_ = Doing::waiting;
  watch_peer();
}

void Connection::after_response() {
  for (std::string& text : out_) std::string().swap(text);
  if (framing_.keep_alive) {
    if (!parser_->done()) return drop_rest_of_body();
    set_deadline(server_.options().idle_timeout);
    return next_request();
  }
  if (parser_->done() && in_.empty()) return close(Close::plain);
  linger();
}

void Connection::drop_rest_of_body() {
  if (!in_.empty()) {
    const RequestParser::Fed fed = parser_->feed_body(in_.unused(), [](ByteView) {});
    in_.consume(fed.used);
    if (fed.step == RequestParser::Step::refused) return close(Close::plain);
  }
  if (parser_->done()) {
    set_deadline(server_.options().idle_timeout);
    return next_request();
  }
  read(4 * kIdleBuffer, server_.options().body_timeout, &Connection::on_dropped_bytes);
}

void Connection::on_dropped_bytes(const error_code& error, std::size_t n) {
  if (error) return close(Close::plain);
  in_.commit(n);
  drop_rest_of_body();
}

void Connection::linger() {
  stream_.finish_sending();
  set_deadline(server_.options().linger_timeout);
  on_linger_bytes({}, 0);
}

void Connection::on_linger_bytes(const error_code& error, std::size_t /*n*/) {
  if (error) return close(Close::plain);
  in_.clear();
  read(4 * kIdleBuffer, std::chrono::milliseconds(0), &Connection::on_linger_bytes);
}

// ---- Machinery

void Connection::run_job(Step work, Step then) {
  clear_deadline();
  woken_ = false;  // a wake up to here is answered by this job, a later one must not be lost
  doing_ = Doing::job;
  server_.pool().submit([self = shared_from_this(), work, then]() mutable {
    (self.get()->*work)();
    asio::io_context& io = self->loop_->io;
    asio::post(io, [self = std::move(self), then] {
      self->doing_ = Doing::nothing;
      if (self->gone_) return self->clean_up();
      (self.get()->*then)();
    });
  });
}

void Connection::begin_io() {
  doing_ = Doing::io;
  CHECK(!listed_);
  loop_->waiting_for_clients.splice(loop_->waiting_for_clients.end(), place_);
  listed_ = true;
}

void Connection::leave_list() {
  if (!listed_) return;
  listed_ = false;
  place_.splice(place_.end(), loop_->waiting_for_clients, node_);
}

void Connection::run_io_step(IoStep then, const error_code& error, std::size_t n) {
  doing_ = Doing::nothing;
  leave_list();
  if (gone_) return clean_up();
  // What arrived in the very moment the deadline passed is late as well.
  (this->*then)(timed_out_ ? error_code(asio::error::operation_aborted) : error, n);
}

/// The timer is moved only when it would ring too late; when it rings too early it is set again. So a new deadline for
/// every piece of a body costs nothing.
void Connection::set_deadline(std::chrono::milliseconds timeout) {
  timed_out_ = false;
  deadline_ = Clock::now() + timeout;
  if (!timer_armed_ || timer_.expiry() > deadline_) arm_timer();
}

void Connection::arm_timer() {
  timer_armed_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error != asio::error::operation_aborted) self->on_timer();
  });
}

void Connection::on_timer() {
  timer_armed_ = false;
  if (gone_ || deadline_ == Clock::time_point::max()) return;
  if (Clock::now() < deadline_) return arm_timer();
  timed_out_ = true;
  clear_deadline();
  stream_.cancel();
}

void Connection::close(Close how) {
  if (gone_) return;
  gone_ = true;
  leave_list();
  clear_deadline();
  timer_.cancel();
  stream_.close(how == Close::reset);
  if (doing_ == Doing::nothing || doing_ == Doing::waiting) clean_up();
}

void Connection::clean_up() {
  if (!turn_) return retire();
  doing_ = Doing::job;
  server_.pool().submit([self = shared_from_this()]() mutable {
    self->turn_->abandon();
    asio::io_context& io = self->loop_->io;
    asio::post(io, [self = std::move(self)] { self->retire(); });
  });
}

void Connection::retire() { server_.retired(*this); }

}  // namespace strongroom::web
