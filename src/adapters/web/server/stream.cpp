#include "adapters/web/server/stream.hpp"

#include <algorithm>
#include <string_view>

namespace strongroom::web {

namespace asio = boost::asio;
using boost::system::error_code;
using Outcome = TlsSession::Outcome;

namespace {

/// What one TLS record holds (RFC 8446 5.1).
constexpr std::size_t kRecordMax = 16 * 1024;

bool has_to_wait(Outcome outcome) { return outcome == Outcome::wants_read || outcome == Outcome::wants_write; }

error_code error_of(Outcome outcome) {
  if (outcome == Outcome::done) return {};
  if (outcome == Outcome::ended) return asio::error::eof;
  return asio::error::connection_aborted;
}

std::string_view text_of(const asio::const_buffer& buffer) {
  return {static_cast<const char*>(buffer.data()), buffer.size()};
}

}  // namespace

void Stream::async_secure(const TlsContext& context, Handler handler) {
  error_code error;
  socket_.native_non_blocking(true, error);
  if (error) {
    return asio::post(socket_.get_executor(), [error, handler = std::move(handler)] { handler(error, 0); });
  }
  tls_ = std::make_unique<TlsSession>(context, socket_.native_handle());
  begin([this] { return tls_->handshake(); }, std::move(handler));
}

bool Stream::give_up_tls_for_http() {
  const bool plain = tls_ && tls_->met_plain_http();
  if (plain) tls_.reset();
  return plain;
}

void Stream::read_tls(asio::mutable_buffer into, Handler handler) {
  const std::span<char> room(static_cast<char*>(into.data()), into.size());
  begin([this, room] { return tls_->read(room); }, std::move(handler));
}

void Stream::write_tls(const Buffers& buffers, Handler handler) {
  std::string_view bytes;
  for (const asio::const_buffer& buffer : buffers) {
    const std::string_view next = text_of(buffer);
    if (next.empty()) continue;
    if (bytes.empty()) {
      bytes = next;
      record_.clear();
      continue;
    }
    // A small head alone would be a record and a packet of its own.
    if (bytes.size() >= kRecordMax) break;
    if (record_.empty()) record_ = bytes;
    record_.append(next.substr(0, kRecordMax - record_.size()));
    bytes = record_;
  }
  begin([this, bytes] { return tls_->write(bytes); },
        [this, then = std::move(handler)](const error_code& error, std::size_t n) {
          std::string().swap(record_);
          then(error, n);
        });
}

void Stream::begin(Attempt attempt, Handler handler) {
  const TlsSession::Step step = attempt();
  if (has_to_wait(step.outcome)) return wait(step.outcome, std::move(attempt), std::move(handler));
  asio::post(socket_.get_executor(),
             [step, handler = std::move(handler)] { handler(error_of(step.outcome), step.bytes); });
}

void Stream::go_on(Attempt attempt, Handler handler) {
  const TlsSession::Step step = attempt();
  if (has_to_wait(step.outcome)) return wait(step.outcome, std::move(attempt), std::move(handler));
  handler(error_of(step.outcome), step.bytes);
}

void Stream::wait(Outcome wanted, Attempt attempt, Handler handler) {
  socket_.async_wait(
      wanted == Outcome::wants_read ? Socket::wait_read : Socket::wait_write,
      [this, attempt = std::move(attempt), handler = std::move(handler)](const error_code& error) mutable {
        if (error) return handler(error, 0);
        if (!socket_.is_open()) return handler(asio::error::operation_aborted, 0);
        go_on(std::move(attempt), std::move(handler));
      });
}

void Stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Stream::finish_sending() {
  if (tls_) tls_->say_goodbye();
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close(bool abort) {
  error_code ignored;
  if (abort) {
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  } else if (tls_) {
    tls_->say_goodbye();
  }
  socket_.close(ignored);
}

}  // namespace strongroom::web
