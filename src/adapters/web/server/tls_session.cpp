#include "adapters/web/server/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/check.hpp"

namespace strongroom::web {
namespace {

// OpenSSL's own socket BIO writes so that a client which is gone would raise SIGPIPE.

int socket_of(BIO* bio) { return *static_cast<const int*>(BIO_get_data(bio)); }

bool is_passing(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int write_socket(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::send(socket_of(bio), bytes, size, MSG_NOSIGNAL);
  if (n < 0 && is_passing(errno)) BIO_set_retry_write(bio);
  *written = n > 0 ? static_cast<std::size_t>(n) : 0;
  return n > 0 ? 1 : 0;
}

int read_socket(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::recv(socket_of(bio), into, size, 0);
  if (n < 0 && is_passing(errno)) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  *got = n > 0 ? static_cast<std::size_t>(n) : 0;
  return n > 0 ? 1 : 0;
}

long control_socket(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

int create_socket(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "strongroom socket");
    CHECK(made != nullptr);
    BIO_meth_set_write_ex(made, write_socket);
    BIO_meth_set_read_ex(made, read_socket);
    BIO_meth_set_ctrl(made, control_socket);
    BIO_meth_set_create(made, create_socket);
    return made;
  }();
  return method;
}

}  // namespace

TlsSession::TlsSession(const TlsContext& context, int socket) : socket_(socket), session_(SSL_new(context.native())) {
  CHECK(session_ != nullptr);
  BIO* bio = BIO_new(socket_method());
  CHECK(bio != nullptr);
  BIO_set_data(bio, &socket_);
  SSL_set_bio(session_, bio, bio);
  SSL_set_accept_state(session_);
}

TlsSession::~TlsSession() { SSL_free(session_); }

TlsSession::Step TlsSession::handshake() {
  ERR_clear_error();
  return judge(SSL_do_handshake(session_), 0);
}

TlsSession::Step TlsSession::read(std::span<char> into) {
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(session_, into.data(), into.size(), &got);
  return judge(result, got);
}

TlsSession::Step TlsSession::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(session_, bytes.data(), bytes.size(), &written);
  return judge(result, written);
}

void TlsSession::say_goodbye() {
  if (!usable_ || SSL_in_init(session_) != 0) return;
  ERR_clear_error();
  SSL_shutdown(session_);
  ERR_clear_error();
}

TlsSession::Step TlsSession::judge(int result, std::size_t bytes) {
  if (result == 1) return {Outcome::done, bytes};
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
      return {Outcome::wants_read};
    case SSL_ERROR_WANT_WRITE:
      return {Outcome::wants_write};
    case SSL_ERROR_ZERO_RETURN:
      return {Outcome::ended};
    case SSL_ERROR_SYSCALL:
      usable_ = false;
      return {Outcome::ended};
    default:
      break;
  }
  usable_ = false;
  const int reason = ERR_GET_REASON(ERR_peek_error());
  met_plain_http_ = reason == SSL_R_HTTP_REQUEST;
  ERR_clear_error();
  return {reason == SSL_R_UNEXPECTED_EOF_WHILE_READING ? Outcome::ended : Outcome::failed};
}

}  // namespace strongroom::web
